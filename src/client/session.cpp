#include "client/session.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "client/retry_rule.hpp"

namespace lath {

Operation operation_of(const RequestFrame& frame, const OperationRef& ref) {
  Reader reader(frame.bytes.bytes().subspan(ref.offset));
  Operation operation;
  LATH_ASSERT(read_operation(reader, operation));
  return operation;
}

Session::Session(const SessionSettings& settings, ViewSource& views, Random random)
    : settings_(settings), router_(views, settings.local, settings.own), random_(random), session_(random_.next()) {}

RequestId Session::open(const Call& call) {
  const RequestId id = requests_.open();
  if (!id) {
    Failure failure(Code::kFull, Reason::kTooMany, call.operation);
    failure.order = call.order != 0 ? call.order : next_order_++;  // a call like any: the next one's failure is newer
    note_failure(failure);
    return {};
  }
  RequestSlot& slot = *requests_.find(id);
  slot.opcode = call.operation.opcode;
  slot.repeatable = is_repeatable(call.operation);
  slot.deadline = call.deadline;
  slot.order = call.order != 0 ? call.order : next_order_++;
  slot.target = call.target;
  slot.completion = call.completion;
  check_at(call.deadline);
  return id;
}

RequestId Session::submit(const Call& call, TimeNs now) {
  if (call.operation.opcode == Opcode::kFlush) [[unlikely]] {
    return flush(std::to_integer<std::uint8_t>(call.operation.argument[0]), call, now);
  }
  const RequestId id = open(call);
  if (!id) return {};
  Place place;
  if (route(call.operation.key, now, place)) {
    append(stream_of(place), id, call.operation);
  } else {
    fail_without_route(id, *requests_.find(id), call.operation);
  }
  return id;
}

RequestId Session::submit_at(Place place, const Call& call, TimeNs) {
  const RequestId id = open(call);
  if (id) append(stream_of(place), id, call.operation);
  return id;
}

bool Session::route_around(Bytes key, TimeNs now, Place& out) {
  const auto avoided_until = [&](Place place, bool silent_too) -> TimeNs {
    const std::uint32_t stream = stream_index_.find(place);
    if (stream == PlaceIndex::kNone) return 0;
    return std::max(streams_[stream]->avoided_until, silent_too ? streams_[stream]->silent_until : 0);
  };
  if (router_.route(key, out, [&](Place each) { return avoided_until(each, true) > now; })) return true;
  return router_.route(key, out, [&](Place each) { return avoided_until(each, false) > now; });  // a silent one may yet speak
}

std::uint32_t Session::look_up_stream(Place place) {
  last_place_ = place;
  last_stream_ = stream_index_.find(place);
  if (last_stream_ != PlaceIndex::kNone) return last_stream_;
  const auto number = static_cast<std::uint32_t>(streams_.size());
  streams_.push_back(std::make_unique<Stream>(place, session_, settings_.frames_per_id));
  const NodeEntry* node = view().view.find(place.node);
  streams_.back()->incarnation = node != nullptr ? node->incarnation : 0;
  stream_index_.add(place, number);
  last_stream_ = number;
  return number;
}

void Session::append(std::uint32_t number, RequestId id, const Operation& operation) {
  Stream& stream = *streams_[number];
  const bool alone = operation.opcode == Opcode::kPutLarge;
  if (alone) [[unlikely]]
    stream.close_frame();
  RequestFrame& frame = room_for(stream, bytes_of(operation));
  frame.operations.emplace_back(id, static_cast<std::uint32_t>(frame.bytes.size()));
  ++frame.left;
  frame.only_deferred = frame.only_deferred && is_answered_late(operation.opcode);
  frame.owes_at_once |= operation.opcode != Opcode::kFlush && operation.opcode != Opcode::kPutLarge &&
                        (settings_.ack_nodes <= 1 || !is_update(operation.opcode));
  append_operation(frame.bytes, operation);
  if (is_update(operation.opcode)) {
    stream.note_update(next_order_ - 1);
    frame.has_updates = true;
  }
  if (alone) [[unlikely]]
    stream.close_frame();
  enqueue(number, stream);
}

void Session::fail(RequestId id, RequestSlot& slot, Failure failure, Stream* stream) {
  failure.order = slot.order;
  failure.ack_nodes = settings_.ack_nodes;
  if (stream != nullptr) failure.set_place(stream->place());
  if (slot.parent) {
    part_failed(slot.parent, failure);
  } else if (slot.completion.batch) {
    keep_failure(slot.completion.batch, failure);
  } else if (slot.completion.status != nullptr) {
    if (!slot.completion.quiet) note_failure(failure);
  } else {
    slot.failure = failure;
  }
  end(id, slot, failure.code, stream);
}

void Session::end(RequestId id, RequestSlot& slot, Code code, Stream* stream) {
  slot.status = code;
  if (code == Code::kOk && stream != nullptr && is_update(slot.opcode)) stream->note_answered(slot.order);
  if (!flushes_.empty()) flush_may_advance_ = true;
  if (slot.parent) {
    const RequestId parent = slot.parent;
    requests_.close(id);
    part_ended(parent, code, stream);
  } else if (slot.completion.status != nullptr) {
    const Completion told = slot.completion;
    requests_.close(id);
    *told.status = code;
    if (told.left != nullptr) count_down(told.left, told.batch);
  } else {
    slot.state = RequestSlot::State::kEnded;
  }
}

void Session::fail_without_route(RequestId id, RequestSlot& slot, const Operation& operation) {
  const bool unknown = slot.may_be_applied;
  const Reason reason = view().ring.empty() ? Reason::kNoView : Reason::kAllFailed;
  router_.ask_for_news();
  fail(id, slot, Failure(unknown ? Code::kUnknown : Code::kUnreachable, unknown ? Reason::kAllFailed : reason, operation), nullptr);
}

void Session::note_failure(const Failure& failure) {
  const bool is_older_call = last_failure_.code == Code::kOk || last_failure_.order < floor_;
  if (is_older_call || failure.order < last_failure_.order) last_failure_ = failure;
}

std::optional<Code> Session::take(RequestId id) {
  RequestSlot* slot = requests_.find(id);
  if (slot == nullptr || !is_held(*slot)) return std::nullopt;
  if (slot->state == RequestSlot::State::kUnderWay) return Code::kInProgress;
  const Code code = slot->status;
  if (code != Code::kOk) last_failure_ = slot->failure;
  requests_.close(id);
  flush_may_advance_ = !flushes_.empty();
  return code;
}

bool Session::cancel(RequestId id) {
  RequestSlot* slot = requests_.find(id);
  if (slot == nullptr || !is_held(*slot)) return false;
  if (slot->kind == RequestSlot::Kind::kBatch) cancel_batch(id);
  // Its frame finds no request any more, and leaves with its next look.
  requests_.close(id);
  flush_may_advance_ = !flushes_.empty();
  check_at(0);
  return true;
}

}  // namespace lath
