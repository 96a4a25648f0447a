// What a session does with a reply. Whatever does not fit what was asked is counted and dropped.
#include "client/session.hpp"
#include "wire/reply.hpp"

namespace lath {

namespace {
constexpr TimeNs kReroutePauseNs = 1'000'000;  // doubled with each time that shards disagree, or put an operation off
constexpr unsigned kPauseDoublingsMax = 6;
}  // namespace

// false: the answer does not fit its room, or the operation.
bool Session::answer_member(RequestId id, RequestSlot& members, std::uint32_t index, Bytes payload, Stream& stream) {
  OperationGroup::Member& member = members.group->member(index);
  if (!deliver_plainly(member.kind, member.unit, member.room, payload) &&
      deliver_any(members.group->target(index), payload) != Code::kOk)
    return false;
  member.status = Code::kOk;
  if (is_update(member.opcode)) {
    stream.note_answered(members.group->first_order + index);
    note_replicas(members.group->key(member));
  }
  requests_.release(1);
  std::size_t* const left = &members.group->left;
  const RequestId batch = members.completion.batch;
  release_member(id, members);
  count_down(left, batch);
  return true;
}

void Session::handle(std::uint32_t number, Bytes reply, TimeNs now) {
  Reader reader(reply);
  ReplyHeader header;
  RequestFrame* frame = nullptr;
  if (number < streams_.size() && read_reply_header(reader, header)) frame = streams_[number]->find(header.sequence);
  if (frame == nullptr || frame->sends == 0 || std::size_t{header.first} + header.count > frame->operations.size()) {
    ++counters_.replies_dropped;
    return;
  }
  Stream& stream = *streams_[number];
  stream.answered_at(*frame, now);
  frame->owed_at = 0;
  stream.heard_at = now;
  stream.silent_until = 0;
  stream.silences = 0;
  if (header.other_view) router_.ask_for_news();
  RequestId members_id;  // what the answer before was for, where that was a group's
  RequestSlot* members = nullptr;
  for (std::size_t i = header.first; i < std::size_t{header.first} + header.count; ++i) {
    Answer got;
    if (!read_answer(reader, got)) {
      ++counters_.replies_dropped;
      break;
    }
    OperationRef& ref = frame->operations[i];
    if (ref.answered) continue;
    if (got.status == Code::kInProgress) {
      note_under_way(*frame, ref, got);
      members_id = {};
      stream.is_under_way(*frame, now);
      continue;
    }
    ref.answered = true;
    --frame->left;
    if (ref.member != OperationRef::kAlone) {
      if (ref.request != members_id) {
        members_id = ref.request;
        members = requests_.find_under_way(members_id);
      }
      if (members == nullptr) continue;  // cancelled
      if (got.status == Code::kOk && answer_member(members_id, *members, ref.member, got.payload, stream)) continue;
      split(ref);
      members_id = {};
    }
    answer(stream, *frame, ref, got, now);
  }
  if (frame->left == 0) stream.remove(*frame, frames_);
}

// Of a flush the shard says which nodes it waits for.
void Session::note_under_way(const RequestFrame& frame, OperationRef& ref, const Answer& got) {
  RequestSlot* slot = own_slot(ref);
  if (slot == nullptr) return;
  slot->is_parked = true;
  if (operation_of(frame, ref).opcode == Opcode::kFlush) slot->failure.lagging = read_lagging(got.payload);
}

void Session::answer(Stream& stream, RequestFrame& frame, OperationRef& ref, const Answer& got, TimeNs now) {
  RequestSlot* slot = requests_.find_under_way(ref.request);
  if (slot == nullptr) return;
  if (got.status != Code::kOk) {
    if (got.status == Code::kLarge) return answer_offered(stream, frame, ref, got.payload, now);
    return answer_failed(stream, operation_of(frame, ref), ref.request, got, now);
  }
  const Code delivered = deliver(slot->target, got.payload);
  if (delivered == Code::kOk) {
    if (is_update(slot->opcode)) note_replicas(operation_of(frame, ref).key);
    return succeed(ref.request, *slot, &stream);
  }
  const Reason reason = reason_of_delivery(delivered);
  fail(ref.request, *slot, Failure(delivered, reason, operation_of(frame, ref)), &stream);
}

void Session::answer_offered(Stream& stream, const RequestFrame& frame, const OperationRef& ref, Bytes payload, TimeNs now) {
  const Operation operation = operation_of(frame, ref);
  if (offer_taker_ == nullptr) {
    RequestSlot& slot = *requests_.find_under_way(ref.request);
    return fail(ref.request, slot, Failure(Code::kInternal, Reason::kOddAnswer, operation), &stream);
  }
  offer_taker_->on_offer({.request = ref.request,
                          .operation = operation,
                          .stream = stream_index_.find(stream.place()),
                          .payload = payload,
                          .asked_at = frame.tried_at,
                          .now = now});
}

void Session::answer_failed(Stream& stream, const Operation& operation, RequestId id, const Answer& got, TimeNs now) {
  RequestSlot& slot = *requests_.find_under_way(id);
  if (got.status == Code::kUsedUp) return fail(id, slot, Failure(Code::kTooLarge, Reason::kUsedUp, operation), &stream);
  if (got.status == Code::kCrowded) return fail(id, slot, Failure(Code::kFull, Reason::kCrowded, operation), &stream);
  if (got.status == Code::kLater) return put_off(stream, operation, id, now);
  if (got.status != Code::kWrongOwner) {
    Failure failure(got.status, Reason::kAnswered, operation);
    if (got.status == Code::kWrongType) failure.held = read_held_types(got.payload);
    return fail(id, slot, failure, &stream);
  }
  ++counters_.rerouted;
  if (is_keyless(operation.opcode)) return fail(id, slot, Failure(Code::kNotFound, Reason::kNoSuchPlace, operation), &stream);
  router_.ask_for_news();
  if (++slot.reroutes > kReroutesMax) {
    const Code code = slot.may_be_applied ? Code::kUnknown : Code::kUnreachable;
    return fail(id, slot, Failure(code, Reason::kNoAgreement, operation), &stream);
  }
  park_awhile(id, slot.reroutes, operation, now);
}

// The shard's next memory is being mapped, or its replicas are about to make room, which takes some milliseconds: it is asked again.
// Nothing was applied. A map's erase waits for what replicas may still send of the map, and they have its whole time to say so.
void Session::put_off(Stream& stream, const Operation& operation, RequestId id, TimeNs now) {
  RequestSlot& slot = *requests_.find_under_way(id);
  slot.awaits_replicas = operation.opcode == Opcode::kMapErase;
  if (slot.awaits_replicas) slot.reroutes = 0;  // one of the replicas answers, however often another is found lost meanwhile
  if (slot.put_offs <= kReroutesMax) ++slot.put_offs;
  if (slot.put_offs > kReroutesMax && !slot.awaits_replicas)
    return fail(id, slot, Failure(Code::kFull, Reason::kNoMemory, operation), &stream);
  park_awhile(id, slot.put_offs, operation, now);
}

void Session::park_awhile(RequestId id, unsigned times, const Operation& operation, TimeNs now) {
  const unsigned doublings = std::min(times - 1U, kPauseDoublingsMax);
  park(id, operation, now + (kReroutePauseNs << doublings));
}

}  // namespace lath
