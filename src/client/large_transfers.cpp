#include "client/large_transfers.hpp"

#include <algorithm>

#include "lath/limits.hpp"

namespace lath {

LargeTransfers::LargeTransfers(Session& session, Transport& transport, RegionProvider* memory, bool one_sided)
    : session_(session),
      transport_(transport),
      memory_(one_sided ? memory : nullptr),
      attachments_(transport),
      pulls_(one_sided ? this : nullptr) {
  session_.set_offer_taker(this);
}

LargeTransfers::~LargeTransfers() {
  session_.set_offer_taker(nullptr);
}

void LargeTransfers::handle(PeerId from, Bytes frame, TimeNs now) {
  Ask ask;
  Chunk chunk;
  if (read_ask(frame, ask)) {
    answer(from, ask);
  } else if (read_chunk(frame, chunk)) {
    counters_.bytes_asked += chunk.bytes.size();
    pulls_.on_chunk(from, chunk, *this, now);
  }
}

void LargeTransfers::connected(std::uint32_t stream, PeerId peer) {
  if (peers_.size() <= stream) peers_.resize(stream + 1U);
  peers_[stream] = peer;
}

void LargeTransfers::lost(std::uint32_t, PeerId peer) {
  pulls_.peer_failed(peer);
  attachments_.forget(peer);
  outbox_.drop(peer);
}

TimeNs LargeTransfers::next_deadline() const {
  TimeNs next = pulls_.next_deadline();
  for (const auto& [room, get] : gets_) next = std::min(next, get.deadline);
  return next;
}

void LargeTransfers::work(TimeNs now) {
  if (!puts_.empty()) drop_ended_puts();
  if (!gets_.empty()) watch_gets(now);
  pulls_.tick(*this, now, outbox_);
  Pulls::Ended ended;
  while (pulls_.take_ended(ended)) pull_ended(ended, now);
  send();
}

void LargeTransfers::send() {
  if (outbox_.empty()) return;
  outbox_.flush([this](const Outbox::Destination& to, FrameBuffer& frame) {
    switch (transport_.send(std::get<PeerId>(to), frame)) {
      case Sent::kAccepted: outbox_.release(transport_.acquire()); return Outbox::Offer::kTaken;
      case Sent::kBusy: return Outbox::Offer::kLater;
      case Sent::kClosed: break;
    }
    return Outbox::Offer::kGone;
  });
}

PortRead LargeTransfers::read(PeerId peer, Bytes exported, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) {
  const Attached* region = attachments_.find(peer, exported);
  if (region == nullptr) return PortRead::kNot;
  switch (attachments_.read(*region, address, room, token | kTokenMark)) {
    case ReadBegun::kDone: return PortRead::kDone;
    case ReadBegun::kUnderWay: return PortRead::kUnderWay;
    case ReadBegun::kBusy: return PortRead::kBusy;
    default: return PortRead::kNot;
  }
}

}  // namespace lath
