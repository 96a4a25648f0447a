#include "shard/offers.hpp"

#include <algorithm>

#include "lath/limits.hpp"

namespace lath {

bool Offers::write(const Terms& terms, Store& store, LargeOffer& out) {
  if (offers_.size() >= kLargeOffersMax) return false;
  const Store::LargeHeld& held = terms.held;
  const LargeValues::Content& content = store.large().content(held.number);
  if (offers_.empty()) look_at_ = terms.now + kLookNs;
  out.source = source_next_++;
  offers_[out.source] = {terms.to, held.number, terms.now + kLargeOfferNs};
  store.large().hold(held.number);
  out.bytes = content.bytes;
  out.lease_ns = kLargeOfferNs;
  out.stamp = held.id.stamp;
  out.writer = held.id.writer;
  out.head = content.pieces.front().first(std::min(content.pieces.front().size(), kLargeHeadBytesMax));
  for (const std::span<std::byte> piece : content.pieces) {
    const Bytes exported = terms.exports ? store.export_of(piece.data()) : Bytes{};
    std::uint32_t index = 0;
    if (!exported.empty()) {  // pieces of one extent follow each other mostly
      const auto found =
          std::find_if(out.exports.rbegin(), out.exports.rend(), [&](const Bytes& told) { return told.data() == exported.data(); });
      index = static_cast<std::uint32_t>(out.exports.rend() - found) - 1U;
      if (found == out.exports.rend()) {
        index = static_cast<std::uint32_t>(out.exports.size());
        out.exports.push_back(exported);
      }
    }
    out.pieces.push_back({index, reinterpret_cast<std::uint64_t>(piece.data()), piece.size()});
  }
  return true;
}

void Offers::ask(PeerId from, const Ask& ask) {
  if (asks_.size() < kLargeAsksMax) asks_.push_back({from, ask});
}

void Offers::release(PeerId from, std::uint64_t source, Store& store) {
  const auto found = offers_.find(source);
  if (found == offers_.end() || found->second.to != from) return;
  store.large().release(found->second.content);
  offers_.erase(found);
}

void Offers::forget(PeerId peer, Store& store) {
  std::erase_if(asks_, [&](const Asked& asked) { return asked.from == peer; });
  std::erase_if(offers_, [&](const auto& entry) {
    if (entry.second.to != peer) return false;
    store.large().release(entry.second.content);
    return true;
  });
}

void Offers::tick(Store& store, TimeNs now, Outbox& outbox) {
  for (std::size_t bytes = 0; !asks_.empty() && bytes < kBytesPerTurn; asks_.pop_front()) {
    bytes += asks_.front().ask.bytes;
    answer(asks_.front(), store, now, outbox);
  }
  if (offers_.empty() || now < look_at_) return;
  look_at_ = now + kLookNs;
  std::erase_if(offers_, [&](const auto& entry) {
    if (now < entry.second.ends_at) return false;
    store.large().release(entry.second.content);
    return true;
  });
}

void Offers::answer(const Asked& asked, Store& store, TimeNs now, Outbox& outbox) {
  const Ask& ask = asked.ask;
  const auto found = offers_.find(ask.source);
  const bool known = found != offers_.end() && found->second.to == asked.from && now < found->second.ends_at;
  const bool within = known && ask.offset <= store.large().content(found->second.content).bytes &&
                      ask.bytes <= store.large().content(found->second.content).bytes - ask.offset;
  FrameBuffer frame = outbox.acquire();
  begin_chunk(frame, {.token = ask.token, .source = ask.source, .gone = !within});
  if (within) {
    found->second.ends_at = now + kLargeOfferNs;
    store.large().each_run(found->second.content, ask.offset, ask.bytes, [&](Bytes run) { frame.append(run); });
  }
  outbox.send(asked.from, std::move(frame));
}

}  // namespace lath
