// A session's gets of large values: offered, pulled, released.
#include <algorithm>
#include <cstring>

#include "client/large_transfers.hpp"
#include "lath/limits.hpp"

namespace lath {

// The offer lies in a reply's frame.
void LargeTransfers::on_offer(const Offered& offered) {
  const std::optional<LargeOffer> offer = read_large_offer(offered.payload);
  if (!offer || offered.stream >= peers_.size()) {
    return session_.end_apart(offered.request, offered.operation, Code::kInternal, Reason::kOddAnswer, offered.stream);
  }
  const PeerId from = peers_[offered.stream];
  const std::uint64_t number = room_next_++;
  Get& get = gets_[number];
  if (!open_room(offered, *offer, from, get)) {
    gets_.erase(number);
    return;
  }
  ++counters_.gets;
  get.request = offered.request;
  get.stream = offered.stream;
  get.bytes = offer->bytes;
  get.deadline = session_.deadline_of(offered.request);
  append_operation(get.operation, offered.operation);
  PullOrder order{.from = from, .source = offer->source, .room = number, .bytes = offer->bytes, .pieces = offer->pieces};
  for (const Bytes exported : offer->exports) order.exports.emplace_back(exported.begin(), exported.end());
  // By the time of the request's sending the offer was not made yet.
  order.good_until = offered.asked_at + offer->lease_ns / 2;
  room_of_[pulls_.begin(std::move(order), offered.now)] = number;
}

// Whether the caller's room takes what is offered; if not, the request has ended.
bool LargeTransfers::open_room(const Offered& offered, const LargeOffer& offer, PeerId from, Get& get) {
  const AnswerTarget target = session_.target_of(offered.request);
  Code code = Code::kInternal;
  if (target.kind == AnswerKind::kBytes && target.unit == 1) {
    if (target.room.size != nullptr) *target.room.size = offer.bytes;
    code = offer.bytes <= target.room.capacity ? Code::kOk : Code::kTooSmall;
    get.memory = static_cast<std::byte*>(target.room.bytes);
    get.layout = StridedLayout::dense(offer.bytes);
  } else if (target.kind == AnswerKind::kTensor) {
    auto* room = static_cast<TensorRoom*>(target.room.bytes);
    code = room->open(offer.head, offer.bytes);
    get.memory = room->data;
    get.header_bytes = kTensorHeaderBytes;
    if (code == Code::kOk) get.layout = room->places.layout(room->found.axes);
  }
  if (code == Code::kOk) return true;
  release(from, offer.source);
  send();
  session_.end_apart(offered.request, offered.operation, code, reason_of_delivery(code), offered.stream);
  return false;
}

std::span<std::byte> LargeTransfers::room(std::uint64_t room, std::uint64_t offset) {
  Get& get = gets_.at(room);
  if (offset < get.header_bytes) return std::span(get.header).subspan(offset);
  const std::uint64_t first = offset - get.header_bytes;
  if (!get.layout.is_dense() && get.layout.run_bytes < kRunBytesRead) {
    std::vector<std::byte>& gathered = get.gathered[offset];
    gathered.resize(std::min<std::uint64_t>(kLargePartBytesMax, get.bytes - offset));
    return gathered;
  }
  std::span<std::byte> run;
  get.layout.each_run(first, 1, [&](std::uint64_t at, std::uint64_t) {
    run = {get.memory + at, get.layout.run_bytes - first % get.layout.run_bytes};
  });
  return run;
}

void LargeTransfers::filled(std::uint64_t room, std::uint64_t offset, std::uint64_t bytes) {
  Get& get = gets_.at(room);
  const auto gathered = get.gathered.find(offset);
  if (gathered == get.gathered.end()) return;
  const std::byte* next = gathered->second.data();
  get.layout.each_run(offset - get.header_bytes, bytes, [&](std::uint64_t at, std::uint64_t run) {
    std::memcpy(get.memory + at, next, run);
    next += run;
  });
  get.gathered.erase(gathered);
}

bool LargeTransfers::is_leaving_rooms() const {
  return std::ranges::any_of(gets_, [&](const auto& entry) { return !session_.is_under_way(entry.second.request); });
}

// A get that was cancelled, or is out of time, ends once nothing is written into its room any more.
void LargeTransfers::watch_gets(TimeNs now) {
  for (const auto& [pull, room] : room_of_) {
    Get& get = gets_.at(room);
    if (get.ended || (session_.is_under_way(get.request) && now <= get.deadline)) continue;
    get.ended = true;
    pulls_.drop(pull);
  }
}

void LargeTransfers::pull_ended(const Pulls::Ended& ended, TimeNs now) {
  const auto found = room_of_.find(ended.pull);
  const auto at = gets_.find(found->second);
  Get get = std::move(at->second);
  gets_.erase(at);
  room_of_.erase(found);
  release(ended.from, ended.source);
  if (!session_.is_under_way(get.request)) return;
  Reader reader(get.operation.bytes());
  Operation operation;
  LATH_ASSERT(read_operation(reader, operation));
  if (ended.code == Code::kOk) return session_.end_apart(get.request, operation, Code::kOk, Reason::kAnswered, get.stream);
  if (now > get.deadline) return session_.end_apart(get.request, operation, Code::kTimeout, Reason::kNoAnswer, get.stream);
  ++counters_.begun_again;
  session_.retry_apart(get.request, operation, now);
}

void LargeTransfers::release(PeerId from, std::uint64_t source) {
  FrameBuffer frame = outbox_.acquire();
  write_release(frame, source);
  outbox_.send(from, std::move(frame));
}

}  // namespace lath
