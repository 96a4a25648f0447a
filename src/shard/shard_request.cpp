// A request frame's way: read whole, admitted once, executed in order with the table's lines fetched ahead, answered.
#include <algorithm>
#include <string>

#include "shard/reply_writer.hpp"
#include "shard/shard.hpp"
#include "topology/hash.hpp"
#include "wire/reader.hpp"
#include "wire/shard_memory.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {
constexpr std::size_t kFetchAhead = 8;  // operations: about a memory access's time
}

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
    const Key key{key_hash(request.operation.key), request.operation.key};
    // Keyless operations fetch a line in vain, which harms nothing.
    if (index < kFetchAhead) store_.prefetch(key);
    request.index = index;
    request.key = key;
    frame.updates += is_update(opcode) ? 1U : 0U;
    frame.later += is_deferred(opcode) ? 1U : 0U;
  }
  return reader.at_end();
}

bool Shard::admit(Frame& frame) {
  using Verdict = SessionWindow::Verdict;
  frame.ours = view_ != nullptr && frame.header.epoch == view_->epoch;
  if (frame.updates == 0 && frame.later == 0) return true;  // reads may be executed any number of times
  frame.window = &sessions_.open(frame.header.session, frame.from);
  switch (frame.window->judge(frame.header.sequence, frame.header.oldest)) {
    case Verdict::kNew: break;
    case Verdict::kRepeated:
      frame.repeated = true;
      frame.memory = frame.window->find(frame.header.sequence);
      counters_.repeats_answered.add();
      return true;
    case Verdict::kDeferred: return false;
    case Verdict::kStale: counters_.dropped_stale.add(); return false;
    case Verdict::kBeyond: counters_.dropped_beyond.add(); return false;
  }
  if (frame.updates > 0) frame.memory = &frame.window->remember(frame.header.sequence);
  return true;
}

void Shard::execute(const Frame& frame, const Turn& turn, Outbox& outbox) {
  const std::size_t count = frame.header.count;
  const bool holds_back = frame.header.ack_nodes > 1 && frame.updates > 0 && !frame.repeated;
  replica_sets_.clear();
  ReplyWriter replies(outbox, frame.from, frame.header.sequence, !frame.ours);
  for (std::size_t index = 0; index < count; ++index) {
    if (index + kFetchAhead < count) store_.prefetch(requests_[index + kFetchAhead].key);
    const Request& request = requests_[index];
    if (is_update(request.operation.opcode)) {
      const UpdateOutcome outcome = update_once(frame, request, turn, outbox);
      if (!holds_back) answer_update(request.index, outcome, replies);
    } else if (request.operation.opcode == Opcode::kWait) {
      answer_wait(frame, request, replies);
    } else if (request.operation.opcode == Opcode::kFlush) {
      answer_flush(frame, request, turn, replies);
    } else {
      answer_read(frame, request, turn, replies);
    }
  }
  if (frame.updates > 0) {
    counters_.updates.add(frame.updates);
    store_changed_ = true;
  }
  if (holds_back) defer(frame, turn);
  counters_.replies.add(replies.finish());
}

bool Shard::is_mine(const Frame& frame, const Key& key) const {
  if (frame.ours) return true;
  if (view_ == nullptr) return false;
  std::array<Place, kReplicasMax> places;
  const std::size_t count = view_->replicas(key.hash, key.bytes, places);
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(count);
  return std::find(places.begin(), end, Place{self_.node, self_.shard}) != end;
}

UpdateOutcome Shard::update_once(const Frame& frame, const Request& request, const Turn& turn, Outbox& outbox) {
  if (frame.repeated) return frame.memory->outcome_of(request.index);
  UpdateOutcome outcome{request.index, update(frame, request, turn, outbox), {}};
  if (outcome.status == Code::kOk) return outcome;
  if (outcome.status == Code::kWrongType) outcome.held = store_.held_types(request.key, request.operation);
  if (outcome.status == Code::kFull) counters_.refused_full.add();
  if (outcome.status == Code::kLater) counters_.put_off.add();
  frame.memory->failures.push_back(outcome);
  return outcome;
}

void Shard::answer_update(std::uint16_t operation, const UpdateOutcome& outcome, ReplyWriter& replies) {
  if (outcome.status == Code::kWrongType) return replies.answer_wrong_type(operation, outcome.held);
  replies.answer_status(operation, outcome.status);
}

Code Shard::update(const Frame& frame, const Request& request, const Turn& turn, Outbox& outbox) {
  if (!is_mine(frame, request.key)) {
    counters_.wrong_owner.add();
    return Code::kWrongOwner;
  }
  if (frame.header.ack_nodes > 1) {
    if (deferred_.full()) {
      progressed_ = true;  // those whose sessions gave up make room at the end of this turn
      return Code::kFull;
    }
    if (!note_replicas(request.key, frame.header.ack_nodes)) return Code::kInvalid;
  }
  const bool replicates = gossip_.replicates();
  const Stamp since{clock_.last().value + 1};
  const WriteContext context{.writer = self_, .clock = &clock_, .wall_us = turn.wall_us};
  const auto& [opcode, key, argument] = request.operation;
  const Store::Outcome outcome = store_.update(request.key, opcode, argument, context, replicates ? &delta_ : nullptr);
  if (outcome.status != Code::kOk || !outcome.changed) return outcome.status;
  if (replicates) {
    gossip_.updated(request.key, delta_, outcome.whole, since, turn.now_ns);
    if (!outcome.whole) delta_ = Cell{};
  }
  if (waiters_.any_for(request.key.hash)) moved(request.key, outbox);
  return Code::kOk;
}

void Shard::answer_read(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies) {
  if (request.operation.opcode == Opcode::kShardStats) {
    replies.answer(request.index, [&](FrameBuffer& reply) {
      write_stats(turn, reply);
      return Code::kOk;
    });
  } else if (request.operation.opcode == Opcode::kShardMemory) {
    replies.answer(request.index, [&](FrameBuffer& reply) {
      write_memory(reply);
      return Code::kOk;
    });
  } else if (!is_mine(frame, request.key)) {
    counters_.wrong_owner.add();
    replies.answer_status(request.index, Code::kWrongOwner);
  } else {
    replies.answer(request.index, [&](FrameBuffer& reply) {
      const Code status = store_.read(request.key, request.operation.opcode, request.operation.argument, reply);
      if (status == Code::kWrongType) write_held_types(reply, store_.held_types(request.key, request.operation));
      return status;
    });
  }
}

void Shard::answer_wait(const Frame& frame, const Request& request, ReplyWriter& replies) {
  counters_.waits.add();
  Stamp since;
  Reader argument(request.operation.argument);
  argument.read(since.value);
  if (!argument.at_end()) return replies.answer_status(request.index, Code::kInvalid);
  if (!is_mine(frame, request.key)) {
    counters_.wrong_owner.add();
    return replies.answer_status(request.index, Code::kWrongOwner);
  }
  const Stamp version = store_.version(request.key);
  if (version > since) {
    replies.answer(request.index, [&](FrameBuffer& reply) {
      write(reply, version.value);
      return Code::kOk;
    });
    return;
  }
  const ParkedWait waiter{frame.header.session, frame.header.sequence, request.index, since};
  if (waiters_.park(request.key, waiter)) return;
  waiters_.drop_if([&](const ParkedWait& parked) {  // of calls that timed out
    const SessionWindow* session = sessions_.find(parked.session);
    return session == nullptr || parked.sequence < session->oldest();
  });
  if (!waiters_.park(request.key, waiter)) {
    counters_.refused_full.add();
    replies.answer_status(request.index, Code::kFull);
  }
}

void Shard::answer_flush(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies) {
  counters_.flushes.add();
  std::uint8_t nodes = 0;
  Reader argument(request.operation.argument);
  argument.read(nodes);
  bool possible = argument.at_end();
  const std::size_t allowed = lagging_nodes_allowed(nodes, possible);
  if (!possible) return replies.answer_status(request.index, Code::kInvalid);
  if (gossip_.nodes_behind(gossip_.last_update()) <= allowed) return replies.answer_status(request.index, Code::kOk);
  if (deferred_.holds_flush(frame.header.session, frame.header.sequence, request.index)) return;
  if (deferred_.full()) {
    progressed_ = true;
    counters_.refused_full.add();
    return replies.answer_status(request.index, Code::kFull);
  }
  DeferredAnswer answer;
  answer.session = frame.header.session;
  answer.sequence = frame.header.sequence;
  answer.operation = request.index;
  answer.is_flush = true;
  answer.nodes = nodes;
  answer.update = gossip_.last_update();
  deferred_.add(std::move(answer));
  gossip_.hurry(turn.now_ns);
}

// Every key is on at least (its replica nodes - those that lag) nodes. `possible` is cleared where no key can be on so many.
std::size_t Shard::lagging_nodes_allowed(std::uint8_t nodes, bool& possible) const {
  if (nodes == 0 || view_ == nullptr) return 0;
  const auto [least, most] = view_->placement.spread(view_->ring.node_count());
  possible &= nodes <= most;
  return least > nodes ? least - nodes : 0;
}

void Shard::defer(const Frame& frame, const Turn& turn) {
  DeferredAnswer answer;
  answer.session = frame.header.session;
  answer.sequence = frame.header.sequence;
  answer.nodes = frame.header.ack_nodes;
  answer.update = gossip_.last_update();
  answer.sets = replica_sets_;
  for (const Request& request : std::span(requests_).first(frame.header.count)) {
    if (is_update(request.operation.opcode)) answer.operations.push_back(request.index);
  }
  frame.memory->deferred = true;
  deferred_.add(std::move(answer));
  gossip_.hurry(turn.now_ns);
  progressed_ = true;
}

// false: the key is on fewer nodes than must hold it.
bool Shard::note_replicas(const Key& key, std::uint8_t nodes) {
  OtherReplicas others;
  std::array<Place, kReplicasMax> places;
  const std::size_t count = view_->replicas(key.hash, key.bytes, places);
  std::size_t other_nodes = 0;
  for (std::size_t index = 0; index < count; ++index) {
    if (places[index].node == self_.node) continue;
    if (others.count == 0 || others.places[others.count - 1U].node != places[index].node) ++other_nodes;
    others.places[others.count++] = places[index];
  }
  if (other_nodes + 1 < nodes) return false;
  if (std::ranges::find(replica_sets_, others) == replica_sets_.end()) replica_sets_.push_back(others);
  return true;
}

// The turn's own time would not do: it may have begun long before this question was sent, and a reader takes what it is told for a
// time no earlier than that.
void Shard::write_memory(FrameBuffer& reply) const {
  ShardMemory memory{.incarnation = self_.incarnation, .now_ns = 0, .root = 0, .exports = {}};
  if (export_clock_ != nullptr) {
    memory.now_ns = export_clock_->now_ns();
    memory.root = reinterpret_cast<std::uint64_t>(store_.root());
    memory.exports = store_.exports();
  }
  append_shard_memory(reply, memory);
}

void Shard::write_stats(const Turn& turn, FrameBuffer& reply) {
  publish_store();
  const std::size_t begun = reply.size();
  write(reply, std::uint32_t{0});
  std::uint32_t count = 0;
  const auto tell = [&](std::string_view name, std::uint64_t value) {
    const std::string line = std::string(name) + '=' + std::to_string(value);
    write(reply, static_cast<std::uint32_t>(line.size()));
    reply.append(as_bytes(line));
    ++count;
  };
  tell("wall_us", turn.wall_us);  // by which the asker sees how far our clock is from its own
  counters_.for_each([&](std::string_view name, const ShardCounter& counter) { tell(name, counter.value()); });
  for (const CounterSource& source : sources_) source(tell);
  write_at(reply, begun, count);
}

}  // namespace lath
