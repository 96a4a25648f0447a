// A request frame's way: read whole, admitted once, executed in order. The table's memory is waited for by many operations together:
// their homes are asked for, then looked through, and only then is any of them executed.
#include <algorithm>
#include <array>

#include "shard/reply_writer.hpp"
#include "shard/shard.hpp"
#include "wire/reader.hpp"

namespace lath {

namespace {
constexpr std::size_t kTogether = 64;  // operations whose buckets are asked for at once: 8 KiB of a first cache of 32
}  // namespace

void Shard::on_request(const Message& message, const Turn& turn, Outbox& outbox) {
  Frame frame;
  frame.from = message.from;
  if (!read_request(message.bytes, frame)) return counters_.dropped_garbage.add();
  if (!contexts_.complete(message.from, frame.header)) return counters_.dropped_stale.add();
  counters_.frames.add();
  counters_.frame_bytes.add(message.bytes.size());
  if (!admit(frame)) return;
  counters_.reads.add(frame.header.count - frame.updates - frame.later);
  execute(frame, turn, outbox);
}

// false: some of it is not as it must be, and nothing of it is applied.
bool Shard::read_request(Bytes bytes, Frame& frame) {
  Reader reader(bytes);
  if (!read_request_header(reader, frame.header)) return false;
  for (std::uint16_t index = 0; index < frame.header.count; ++index) {
    Request& request = requests_[index];
    if (!read_operation(reader, request.operation)) return false;
    const Opcode opcode = request.operation.opcode;
    const Bytes key = request.operation.key;
    // A short key is its own word in the table. Keyless operations fetch a line in vain, which harms nothing.
    request.lookup = store_.look_up({key.size() > sizeof(std::uint64_t) ? key_hash(key) : 0, key});
    if (index < kTogether) store_.prefetch(request.lookup);
    request.index = index;
    frame.updates += is_update(opcode) ? 1U : 0U;
    frame.later += is_deferred(opcode) ? 1U : 0U;
    if (opcode == Opcode::kPutLarge && frame.header.count != 1) return false;  // its answer is the frame's
  }
  return reader.at_end();
}

bool Shard::admit(Frame& frame) {
  using Verdict = SessionWindow::Verdict;
  frame.ours = view_ != nullptr && frame.header.epoch == view_->epoch;
  if (frame.updates == 0 && frame.later == 0) return true;  // reads may be executed any number of times
  frame.window = &sessions_.open(frame.header.session, frame.from);
  switch (frame.window->judge(frame.header.sequence, frame.header.oldest)) {
    case Verdict::kNew: frame.window->peer = frame.from; break;  // not by what comes late, by a connection that is over
    case Verdict::kDeferred:
    case Verdict::kRepeated:
      frame.repeated = true;
      frame.memory = frame.window->find(frame.header.sequence);
      counters_.repeats_answered.add();
      return true;
    case Verdict::kStale: counters_.dropped_stale.add(); return false;
    case Verdict::kBeyond: counters_.dropped_beyond.add(); return false;
  }
  if (frame.updates > 0) frame.memory = &frame.window->remember(frame.header.sequence);
  return true;
}

void Shard::execute(const Frame& frame, const Turn& turn, Outbox& outbox) {
  const std::size_t count = frame.header.count;
  const bool is_large = requests_[0].operation.opcode == Opcode::kPutLarge;
  const bool holds_back = frame.header.ack_nodes > 1 && frame.updates > 0 && !frame.repeated && !is_large;
  replica_sets_.clear();
  ReplyWriter replies(outbox, frame.from, frame.header.sequence, !frame.ours);
  if (is_large) [[unlikely]]
    answer_put_large(frame, requests_[0], turn, replies);
  for (std::size_t begin = is_large ? count : 0; begin < count; begin += kTogether) {
    const std::size_t end = std::min(begin + kTogether, count);
    for (std::size_t index = end; index < std::min(end + kTogether, count); ++index) store_.prefetch(requests_[index].lookup);
    if (count > 1) {
      for (std::size_t index = begin; index < end; ++index) store_.approach(requests_[index].lookup);
    }
    execute_some(frame, std::span(requests_).subspan(begin, end - begin), turn, outbox, replies);
  }
  if (frame.updates > 0) {
    counters_.updates.add(frame.updates);
    store_changed_ = true;
  }
  if (holds_back) defer(frame, turn);
  counters_.replies.add(replies.finish());
}

void Shard::execute_some(const Frame& frame, std::span<const Request> requests, const Turn& turn, Outbox& outbox,
                         ReplyWriter& replies) {
  const bool holds_back = frame.header.ack_nodes > 1 && !frame.repeated;
  for (const Request& request : requests) {
    const Opcode opcode = request.operation.opcode;
    if (opcode == Opcode::kGet && frame.ours) {
      if (const Slot* slot = store_.get_short(request.lookup, request.operation.argument); slot != nullptr) [[likely]] {
        replies.answer_short(request.index, slot->value, meta_of(slot->control).size);
        continue;
      }
    }
    if (is_update(opcode)) {
      if (frame.repeated) [[unlikely]] {
        answer_again(frame, request.index, replies);
        continue;
      }
      const Code status = update(frame, request, turn, outbox);
      if (status == Code::kOk) [[likely]] {
        if (!holds_back) replies.answer_short(request.index, 0, 0);
      } else {
        const UpdateOutcome outcome = failed_once(frame, request, status);
        if (!holds_back) answer_update(request.index, outcome, replies);
      }
    } else if (opcode == Opcode::kWait) {
      answer_wait(frame, request, turn, replies, outbox);
    } else if (opcode == Opcode::kFlush) {
      answer_flush(frame, request, turn, replies);
    } else if (is_keyless(opcode)) {
      answer_about_shard(request, turn, replies);
    } else {
      answer_read(frame, request, turn, replies);
    }
  }
}

bool Shard::is_mine(bool ours, const Key& key) const {
  if (ours) return true;
  if (view_ == nullptr) return false;
  std::array<Place, kReplicasMax> places;
  const std::size_t count = view_->replicas(key.hash, key.bytes, places);
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(count);
  return std::find(places.begin(), end, Place{self_.node, self_.shard}) != end;
}

void Shard::count_refusal(Code status) {
  if (status == Code::kFull) counters_.refused_full.add();
  if (status == Code::kCrowded) counters_.refused_crowded.add();
  if (status == Code::kLater) counters_.put_off.add();
}

// What is remembered of an update that failed, for when its frame comes again.
UpdateOutcome Shard::failed_once(const Frame& frame, const Request& request, Code status) {
  UpdateOutcome outcome{request.index, status, {}};
  if (outcome.status == Code::kWrongType) outcome.held = store_.held_types(request.key(), request.operation);
  count_refusal(outcome.status);
  frame.memory->failures.push_back(outcome);
  return outcome;
}

void Shard::answer_again(const Frame& frame, std::uint16_t operation, ReplyWriter& replies) {
  if (frame.memory->deferred) return replies.answer_status(operation, Code::kInProgress);
  answer_update(operation, frame.memory->outcome_of(operation), replies);
}

void Shard::answer_update(std::uint16_t operation, const UpdateOutcome& outcome, ReplyWriter& replies) {
  if (outcome.status == Code::kWrongType) return replies.answer_wrong_type(operation, outcome.held);
  replies.answer_status(operation, outcome.status);
}

Code Shard::update(const Frame& frame, const Request& request, const Turn& turn, Outbox& outbox) {
  if (!frame.ours && !is_mine(frame.ours, request.key())) [[unlikely]] {
    counters_.wrong_owner.add();
    return Code::kWrongOwner;
  }
  if (frame.header.ack_nodes > 1) {
    if (deferred_.full()) {
      progressed_ = true;  // those whose sessions gave up make room at the end of this turn
      return Code::kCrowded;
    }
    if (!note_replicas(request.key(), frame.header.ack_nodes)) return Code::kInvalid;
  }
  const bool replicates = gossip_.replicates();
  const Stamp since{clock_.last().value + 1};
  const std::uint64_t bytes_before = store_.bytes_used();
  const WriteContext context{.writer = self_, .clock = &clock_, .wall_us = turn.wall_us};
  const auto& [opcode, key, argument] = request.operation;
  if (opcode == Opcode::kMapErase && may_lack(request.key(), turn, outbox)) [[unlikely]]
    return Code::kLater;
  Store::Outcome outcome = store_.update(request.lookup, opcode, argument, context, replicates ? &delta_ : nullptr);
  if (opcode == Opcode::kErase && !outcome.changed && outcome.status == Code::kOk && may_lack(request.key(), turn, outbox)) {
    WriteContext blind = context;
    blind.blind = true;
    outcome = store_.update(request.key(), opcode, argument, blind, &delta_);
  }
  if (outcome.status != Code::kOk || !outcome.changed) return outcome.status;
  if (replicates) {
    const auto grown = static_cast<std::int64_t>(store_.bytes_used() - bytes_before);
    store_.add_bytes_ahead(grown);
    gossip_.updated(request.key(), delta_, outcome.whole, since, turn.now_ns, grown);
    if (!outcome.whole) delta_ = Cell{};
  }
  if (!waiters_.empty() && waiters_.any_for(request.key().hash)) moved(request.key(), outbox);
  return Code::kOk;
}

void Shard::answer_read(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies) {
  if (!frame.ours && !is_mine(frame.ours, request.key())) [[unlikely]] {
    counters_.wrong_owner.add();
    return replies.answer_status(request.index, Code::kWrongOwner);
  }
  replies.answer(request.index, [&](FrameBuffer& reply) {
    const Code status = store_.read(request.lookup, request.operation.opcode, request.operation.argument, reply);
    if (status == Code::kLarge) return offer_large(frame.from, request.key(), turn, reply);
    if (status == Code::kWrongType) write_held_types(reply, store_.held_types(request.key(), request.operation));
    return status;
  });
}

}  // namespace lath
