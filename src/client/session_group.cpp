// What a session does for many operations on one record: operation_group.hpp says why, and when they part.
#include "client/retry_rule.hpp"
#include "client/session.hpp"

namespace lath {

void Session::number(OperationGroup& group) {
  group.first_order = next_order_;
  next_order_ += group.size();
}

RequestId Session::open_members(OperationGroup& group, std::size_t first, TimeNs deadline, RequestId batch) {
  const RequestId id = requests_.open();
  if (!id) return {};
  RequestSlot& members = *requests_.find(id);
  members.kind = RequestSlot::Kind::kMembers;
  members.opcode = Opcode::kGet;  // until one is an update
  members.group = &group;
  members.members_left = 1;
  members.deadline = deadline;
  members.order = group.first_order + first;
  members.completion = {.batch = batch};
  check_at(deadline);
  return id;
}

void Session::append_members(RequestId id, std::size_t first, std::size_t end, TimeNs now) {
  RequestSlot& members = *requests_.find(id);
  OperationGroup& group = *members.group;
  check_at(members.deadline);  // which may have been looked at, and be past
  group.left += end - first;
  members.members_left += end - first;
  requests_.reserve(end - first);
  for (std::size_t index = first; index < end; ++index) {
    OperationGroup::Member& member = group.member(index);
    member.status = Code::kInProgress;
    Place place;
    if (!route(group.key(member), now, place)) [[unlikely]] {
      OperationRef ref(id, 0, static_cast<std::uint32_t>(index));
      RequestSlot& alone = split(ref);
      fail_without_route(ref.request, alone, group.operation(index));
      continue;
    }
    const std::uint32_t number = stream_of(place);
    Stream& stream = *streams_[number];
    RequestFrame& frame = room_for(stream, member.bytes);
    frame.operations.emplace_back(id, static_cast<std::uint32_t>(frame.bytes.size()), static_cast<std::uint32_t>(index));
    ++frame.left;
    frame.only_deferred = false;
    frame.owes_at_once |= settings_.ack_nodes <= 1 || !is_update(member.opcode);
    frame.bytes.append(group.encoded(member));
    if (is_update(member.opcode)) {
      members.opcode = Opcode::kPut;
      stream.note_update(group.first_order + index);
      frame.has_updates = true;
    }
    enqueue(number, stream);
  }
}

void Session::refuse_member(OperationGroup& group, std::size_t index, Code code, RequestId batch) {
  group.member(index).status = code;
  Failure failure(code, code == Code::kFull ? Reason::kTooMany : Reason::kNeverSent, group.operation(index));
  failure.order = group.first_order + index;
  if (batch)
    keep_failure(batch, failure);
  else
    note_failure(failure);
}

// Gives a member a record of its own: it goes on alone.
RequestSlot& Session::split(OperationRef& ref) {
  const RequestId members_id = ref.request;
  RequestSlot& members = *requests_.find_under_way(members_id);
  OperationGroup::Member& member = members.group->member(ref.member);
  const RequestId id = requests_.open_reserved();
  RequestSlot& slot = *requests_.find(id);
  slot.opcode = member.opcode;
  slot.repeatable = is_repeatable(members.group->operation(ref.member));
  slot.deadline = members.deadline;
  slot.order = members.group->first_order + ref.member;
  slot.target = members.group->target(ref.member);
  slot.completion = {.status = &member.status, .left = &members.group->left, .batch = members.completion.batch};
  ref.request = id;
  ref.member = OperationRef::kAlone;
  release_member(members_id, members);
  return slot;
}

RequestSlot* Session::own_slot(OperationRef& ref) {
  RequestSlot* slot = requests_.find_under_way(ref.request);
  return slot != nullptr && ref.member != OperationRef::kAlone ? &split(ref) : slot;
}

void Session::close_members(RequestId id) {
  requests_.close(id);
  if (!flushes_.empty()) flush_may_advance_ = true;
}

RequestId Session::open_batch(OperationGroup& group) {
  const RequestId id = open({.operation = {Opcode::kGet, {}, {}}, .target = {}, .deadline = kForeverNs, .completion = {}});
  if (!id) return {};
  RequestSlot& slot = *requests_.find(id);
  slot.kind = RequestSlot::Kind::kBatch;
  slot.group = &group;
  slot.failure = {};
  return id;
}

void Session::end_batch(RequestId batch) {
  RequestSlot* slot = requests_.find_under_way(batch);
  if (slot == nullptr) return;
  slot->status = slot->group->first_failure();
  slot->state = RequestSlot::State::kEnded;
}

// That of the first member that fails is the batch's.
void Session::keep_failure(RequestId batch, const Failure& failure) {
  RequestSlot* slot = requests_.find_under_way(batch);
  if (slot == nullptr) return;
  if (slot->failure.code == Code::kOk || failure.order < slot->failure.order) slot->failure = failure;
}

// Their frames find them no more.
void Session::cancel_batch(RequestId batch) {
  requests_.each_under_way([&](RequestId id, RequestSlot& slot) {
    if (slot.completion.batch != batch) return;
    if (slot.kind == RequestSlot::Kind::kMembers) requests_.release(slot.members_left);
    requests_.close(id);
  });
}

}  // namespace lath
