// What a session does with a place that answers nothing, though its connection stands: a process that is stopped, a host that stalls.
// What another replica may do as well goes there, and the place is avoided for a while. What it may not (a counter's addition, but also
// a put: the place may wake up and apply it, stamped anew, over what was written since) goes on being sent to where it was.
#include <algorithm>

#include "client/retry_rule.hpp"
#include "client/session.hpp"

namespace lath {

namespace {
constexpr TimeNs kSilentNs = 300'000'000;  // without an answer of any kind: a shard that shares its core may stall for 100 ms
constexpr TimeNs kAvoidSilentMinNs = 1'000'000'000;  // then it is tried again, which costs kSilentNs; doubling
constexpr unsigned kAvoidDoublingsMax = 4;
}  // namespace

// Whether a frame is one that the shard owes a word about, and since when: 0 if not. Reads and updates are answered at once; a wait that
// is parked is told so at once, and each time it is asked again; a flush, and updates that other nodes must hold, when they are asked
// again.
TimeNs Session::owed_since(const RequestFrame& frame) {
  const TimeNs since = frame.sends == 0 ? frame.tried_at : frame.owed_at;
  const bool is_awaited = std::ranges::any_of(
      frame.operations, [&](const OperationRef& ref) { return !ref.answered && requests_.find_under_way(ref.request) != nullptr; });
  return is_awaited ? since : 0;
}

bool Session::is_silent(Stream& stream, TimeNs now) {
  const TimeNs patience = std::max(kSilentNs, stream.patience());
  for (const RequestFrame* frame = stream.first(); frame != nullptr && frame->tried_at != 0; frame = frame->next) {
    const TimeNs owed = owed_since(*frame);
    if (owed == 0) continue;
    const TimeNs silent_at = std::max(owed, stream.heard_at) + patience;
    if (now >= silent_at) return true;
    check_at(silent_at);
  }
  return false;
}

void Session::leave_silent(std::uint32_t number, TimeNs now) {
  Stream& stream = *streams_[number];
  if (now >= stream.silent_until) {
    stream.silent_until = now + (kAvoidSilentMinNs << stream.silences);
    stream.silences = std::min(stream.silences + 1, kAvoidDoublingsMax);
    avoiding_until_ = std::max(avoiding_until_, stream.silent_until);
    router_.ask_for_news();
  }
  for (RequestFrame* frame = stream.first(); frame != nullptr;) {
    RequestFrame* next = frame->next;
    for (OperationRef& ref : frame->operations) {
      RequestSlot* slot = ref.answered ? nullptr : requests_.find_under_way(ref.request);
      if (slot == nullptr) continue;
      const Operation operation = operation_of(*frame, ref);
      const bool has_left = frame->sends > 0;
      slot->is_parked = false;  // for all that is known; a group's record never is
      if (has_left && !may_be_asked_elsewhere(operation, stream.place(), now)) continue;
      slot = own_slot(ref);
      slot->may_be_applied |= has_left && is_update(operation.opcode);
      ref.answered = true;
      --frame->left;
      ++counters_.rerouted;
      park(ref.request, operation, now, is_keyless(operation.opcode) ? std::optional(stream.place()) : std::nullopt);
    }
    // What never left is routed anew as a whole, so that none of it can be applied twice.
    if (frame->left == 0 || frame->sends == 0) stream.remove(*frame, frames_);
    frame = next;
  }
  if (!stream.awaits_updates()) stream.forget_unanswered();
}

bool Session::may_be_asked_elsewhere(const Operation& operation, Place here, TimeNs now) {
  if (is_keyless(operation.opcode) || !is_free_of_order(operation)) return false;
  Place elsewhere;
  return route(operation.key, now, elsewhere) && elsewhere != here;
}

}  // namespace lath
