// A flush in two steps: wait until the updates begun before it are answered (one that is lost and sent again could arrive after the
// flush), then ask each shard that took some, and be done when all have answered.
#include <algorithm>

#include "client/session.hpp"

namespace lath {

RequestId Session::flush(std::uint8_t nodes, const Call& call, TimeNs now) {
  const RequestId id = open(call);
  if (!id) return {};
  const std::size_t there = view().ring.node_count();
  const bool is_possible = there == 0 || nodes <= view().placement.spread(there).most;
  if (!is_possible || nodes > fewest_nodes_) {
    const Reason reason = is_possible ? Reason::kFewNodes : Reason::kAnswered;
    fail(id, *requests_.find(id), Failure(Code::kInvalid, reason, {Opcode::kFlush, {}, {}}), nullptr);
    return id;
  }
  flushes_.push_back({.request = id, .nodes = nodes, .order = requests_.find(id)->order});
  advance_flushes(now);
  return id;
}

bool Session::updates_under_way_before(std::uint64_t order) {
  bool found = false;
  requests_.each_under_way([&](RequestId, RequestSlot& slot) { found = found || (slot.order < order && is_update(slot.opcode)); });
  return found;
}

void Session::advance_flushes(TimeNs now) {
  flush_may_advance_ = false;
  for (std::size_t at = 0; at < flushes_.size();) {
    RequestSlot* slot = requests_.find_under_way(flushes_[at].request);
    if (slot != nullptr && !flushes_[at].parts_begun && !updates_under_way_before(flushes_[at].order))
      begin_parts(flushes_[at], now);
    if (slot != nullptr && (!flushes_[at].parts_begun || flushes_[at].parts_left > 0)) {
      ++at;
      continue;
    }
    const Flush done = flushes_[at];
    flushes_.erase(flushes_.begin() + static_cast<std::ptrdiff_t>(at));
    if (slot == nullptr) continue;  // cancelled
    if (done.first_failure.code == Code::kOk) {
      succeed(done.request, *slot, nullptr);
    } else {
      fail(done.request, *slot, done.first_failure, nullptr);
    }
  }
}

// The first of its parts that came to nothing; before they were begun, the first place that has not answered an update.
Failure Session::why_late(const Flush& flush) {
  if (flush.first_failure.code != Code::kOk) return flush.first_failure;
  Failure failure(Code::kTimeout, Reason::kUpdatesLate, {Opcode::kFlush, {}, {}});
  for (const std::unique_ptr<Stream>& stream : streams_) {
    for (const RequestFrame* frame = stream->first(); frame != nullptr; frame = frame->next) {
      for (const OperationRef& ref : frame->operations) {
        const RequestSlot* slot = ref.answered ? nullptr : requests_.find_under_way(ref.request);
        if (slot == nullptr || !is_update(slot->opcode) || slot->order >= flush.order) continue;
        failure.set_place(stream->place());
        return failure;
      }
    }
  }
  return failure;
}

void Session::begin_parts(Flush& flush, TimeNs now) {
  if (flush.nodes > fewest_nodes_) {  // as an update has shown that was under way when the flush began
    flush.first_failure = Failure(Code::kInvalid, Reason::kFewNodes, {Opcode::kFlush, {}, {}});
    flush.parts_begun = true;
    return;
  }
  const auto is_asked = [&](const std::unique_ptr<Stream>& stream) {
    return !stream->cover.holds(stream->updated_before, flush.nodes) && !has_handed_over(stream->place());
  };
  const auto parts = static_cast<std::size_t>(std::ranges::count_if(streams_, is_asked));
  if (requests_.in_use() + parts > kRequestsUnderWayMax) {
    if (room_will_come()) return;
    flush.first_failure = Failure(Code::kFull, Reason::kTooMany, {Opcode::kFlush, {}, {}});
    flush.parts_begun = true;
    return;
  }
  const TimeNs deadline = requests_.find(flush.request)->deadline;
  const RequestId parent = flush.request;
  const std::byte nodes{flush.nodes};
  flush.parts_begun = true;
  for (const std::unique_ptr<Stream>& stream : streams_) {
    if (!is_asked(stream)) continue;
    const Call call{.operation = {Opcode::kFlush, {}, {&nodes, 1}}, .target = {}, .deadline = deadline, .completion = {}};
    const RequestId part = submit_at(stream->place(), call, now);
    requests_.find(part)->parent = parent;
    ++flush.parts_left;
  }
}

// A node that has left had given the others all that it held; one that could not is told of as dead.
bool Session::has_handed_over(Place place) const {
  const NodeEntry* node = view().view.find(place.node);
  return node != nullptr && node->state == NodeState::kLeft;
}

// Requests that somebody waits for free their slots as they end; those that are held to be asked about do not.
bool Session::room_will_come() {
  bool found = false;
  requests_.each_under_way(
      [&](RequestId, RequestSlot& slot) { found = found || (!is_held(slot) && !slot.parent && slot.opcode != Opcode::kFlush); });
  return found;
}

void Session::part_failed(RequestId parent, const Failure& failure) {
  const auto flush = std::ranges::find(flushes_, parent, &Flush::request);
  if (flush == flushes_.end()) return;
  if (flush->first_failure.code != Code::kOk) {
    ++flush->first_failure.others;
    return;
  }
  if (failure.code == Code::kUnreachable && failure.has_place && has_handed_over(failure.place)) return;
  flush->first_failure = failure;
  // Updates that were answered are no more where they were: whether others hold them cannot be known from here.
  if (failure.code == Code::kUnreachable) flush->first_failure.code = Code::kUnknown;
}

// What a shard has confirmed need not be asked again. A lost shard is told once: nobody can be asked about its updates any more. After
// any other failure the next flush asks again.
void Session::part_ended(RequestId parent, Code code, Stream* stream) {
  const auto flush = std::ranges::find(flushes_, parent, &Flush::request);
  if (flush == flushes_.end()) return;
  --flush->parts_left;
  if (stream == nullptr || flush->order < stream->cover.order) return;
  if (code == Code::kOk) stream->cover = {flush->order, flush->nodes};
  if (code == Code::kUnreachable || code == Code::kUnknown) stream->cover = {flush->order, 0};
}

}  // namespace lath
