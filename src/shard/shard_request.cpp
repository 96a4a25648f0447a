// What a request frame asks of the shard itself: its counters, its memory, and to hold an answer back until other nodes hold the updates.
#include <algorithm>
#include <array>
#include <string>

#include "shard/reply_writer.hpp"
#include "shard/shard.hpp"
#include "topology/hash.hpp"
#include "wire/reader.hpp"
#include "wire/shard_memory.hpp"
#include "wire/writer.hpp"

namespace lath {

void Shard::answer_about_shard(const Request& request, const Turn& turn, ReplyWriter& replies) {
  replies.answer(request.index, [&](FrameBuffer& reply) {
    if (request.operation.opcode == Opcode::kShardStats) {
      write_stats(turn, reply);
    } else {
      write_memory(reply);
    }
    return Code::kOk;
  });
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
