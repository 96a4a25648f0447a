// What a session does when a place is lost or the cluster looks otherwise: decision 4 of the architecture.
#include <algorithm>

#include "client/session.hpp"

namespace lath {

namespace {
constexpr TimeNs kAvoidNs = 250'000'000;  // a place whose connection failed: other replicas serve meanwhile
constexpr TimeNs kAgainNs = 1'000'000;    // before a place is asked again by another connection, should that fail as well
}  // namespace

void Session::follow_view(TimeNs now, FrameSink& sink) {
  router_.refresh();
  check_at(0);  // what is parked may go on
  for (std::uint32_t number = 0; number < streams_.size(); ++number) {
    Stream& stream = *streams_[number];
    const NodeEntry* node = view().view.find(stream.place().node);
    const bool gone = node == nullptr || node->state == NodeState::kDead || node->state == NodeState::kLeft;
    if (!gone && node->incarnation == stream.incarnation) continue;
    sink.forget(number);
    place_failed(number, now);
    // A new life is as good as any, and a place that is gone is not routed to.
    stream.avoided_until = stream.silent_until = 0;
    stream.silences = 0;
    if (node != nullptr) stream.incarnation = node->incarnation;
  }
}

void Session::place_failed(std::uint32_t number, TimeNs now) {
  Stream& stream = *streams_[number];
  stream.avoided_until = now + kAvoidNs;
  avoiding_until_ = std::max(avoiding_until_, stream.avoided_until);
  router_.ask_for_news();
  ask_again(number, now, false);
}

void Session::connection_failed(std::uint32_t number, TimeNs now, const FrameSink& sink) {
  Stream& stream = *streams_[number];
  if (!sink.is_connected(stream.place())) return place_failed(number, now);
  stream.silent_until = 0;  // by the connection that is over
  stream.silences = 0;
  ask_again(number, now, true);
}

void Session::ask_again(std::uint32_t number, TimeNs now, bool is_there) {
  Stream& stream = *streams_[number];
  stream.forget_context();
  while (RequestFrame* frame = stream.first()) {
    fail_frame(number, *frame, now, is_there);
    stream.remove(*frame, frames_);
  }
  stream.forget_unanswered();
}

// is_there: the place lives, and is asked itself. What it may have been asked already it drops as old when it comes late, which another
// place would not.
void Session::fail_frame(std::uint32_t number, RequestFrame& frame, TimeNs now, bool is_there) {
  Stream& stream = *streams_[number];
  for (OperationRef& ref : frame.operations) {
    RequestSlot* slot = ref.answered ? nullptr : own_slot(ref);
    if (slot == nullptr) continue;
    const Operation operation = operation_of(frame, ref);
    if (frame.sends > 0 && is_update(operation.opcode)) slot->may_be_applied = true;
    slot->is_parked = false;
    if (is_keyless(operation.opcode) && !is_there) {
      fail(ref.request, *slot, Failure(Code::kUnreachable, Reason::kAllFailed, operation), &stream);
    } else if (frame.sends > 0 && !slot->repeatable) {
      fail(ref.request, *slot, Failure(Code::kUnknown, Reason::kReplicaLost, operation), &stream);
    } else if (++slot->reroutes > kReroutesMax) {
      fail_without_route(ref.request, *slot, operation);
    } else {
      ++counters_.rerouted;
      park(ref.request, operation, is_there ? now + kAgainNs : now, is_there ? std::optional(stream.place()) : std::nullopt);
    }
  }
}

void Session::park(RequestId id, const Operation& operation, TimeNs retry_at, std::optional<Place> only) {
  Parked parked{.request = id, .operation = {}, .only = only, .retry_at = retry_at, .view_version = router_.version()};
  append_operation(parked.operation, operation);
  parked_.push_back(std::move(parked));
  check_at(retry_at);
}

void Session::retry(Parked& parked, TimeNs now) {
  RequestSlot& slot = *requests_.find(parked.request);
  Reader reader(parked.operation.bytes());
  Operation operation;
  LATH_ASSERT(read_operation(reader, operation));
  if (now > slot.deadline) {
    const Reason unanswered = slot.may_be_applied ? Reason::kNoAnswer : Reason::kNeverSent;
    const Reason reason = slot.awaits_replicas ? Reason::kReplicasMute : unanswered;
    Failure failure(Code::kTimeout, reason, operation);
    if (parked.only) failure.set_place(*parked.only);
    return fail(parked.request, slot, failure, nullptr);
  }
  Place place = parked.only.value_or(Place{});
  if (!parked.only && !route(operation.key, now, place)) return fail_without_route(parked.request, slot, operation);
  check_at(slot.deadline);
  append(stream_of(place), parked.request, operation);
}

}  // namespace lath
