// What a session knows of reads that go past its streams.
#include "client/session.hpp"

namespace lath {

Session::ReadWay Session::way_of_read(Bytes key, TimeNs now) {
  // By a view that is out of date, or with an update between two places, messages know better.
  if (router_.is_stale() || !parked_.empty()) return {};
  Place place;
  if (!route(key, now, place)) return {};
  const std::uint32_t stream = stream_index_.find(place);
  if (stream == PlaceIndex::kNone) return {};
  return {stream, !streams_[stream]->empty() && streams_[stream]->awaits_updates()};
}

void Session::note_answered(const Operation& operation, Code code, std::uint32_t stream) {
  const Reason reason = code == Code::kNotFound ? Reason::kAnswered : reason_of_delivery(code);
  Failure failure(code, reason, operation);
  failure.order = next_order_++;
  failure.ack_nodes = settings_.ack_nodes;
  failure.set_place(streams_[stream]->place());
  note_failure(failure);
}

// For a caller who will ask how it ended. Its failure has just been noted.
RequestId Session::open_ended(const Call& call, Code code) {
  const Failure failure = last_failure_;
  const RequestId id = open(call);
  if (!id) return {};
  RequestSlot& slot = *requests_.find(id);
  slot.status = code;
  slot.state = RequestSlot::State::kEnded;
  if (code != Code::kOk) slot.failure = failure;
  return id;
}

void Session::answer_apart(RequestId id, const Operation& operation, Code status, Bytes payload, std::uint32_t stream) {
  RequestSlot& slot = *requests_.find_under_way(id);
  Reason reason = status == Code::kTimeout ? Reason::kNoAnswer : Reason::kAnswered;
  if (status == Code::kOk) {
    status = deliver(slot.target, payload);
    if (status != Code::kOk) reason = reason_of_delivery(status);
  }
  if (status == Code::kOk) return succeed(id, slot, streams_[stream].get());
  fail(id, slot, Failure(status, reason, operation), streams_[stream].get());
}

void Session::end_apart(RequestId id, const Operation& operation, Code code, Reason reason, std::uint32_t stream) {
  RequestSlot& slot = *requests_.find_under_way(id);
  if (code == Code::kOk) {
    if (is_update(slot.opcode)) note_replicas(operation.key);
    return succeed(id, slot, streams_[stream].get());
  }
  fail(id, slot, Failure(code, reason, operation), streams_[stream].get());
}

// What came to nothing is asked for again, in a moment and a bounded number of times.
void Session::retry_apart(RequestId id, const Operation& operation, TimeNs now) {
  RequestSlot& slot = *requests_.find_under_way(id);
  if (++slot.reroutes > kReroutesMax) return fail_without_route(id, slot, operation);
  ++counters_.rerouted;
  park_awhile(id, slot.reroutes, operation, now);
}

void Session::send_apart(RequestId id, const Operation& operation, TimeNs now) {
  Place place;
  if (!route(operation.key, now, place)) return fail_without_route(id, *requests_.find(id), operation);
  check_at(requests_.find(id)->deadline);  // nobody looked after it while it was apart
  append(stream_of(place), id, operation);
}

}  // namespace lath
