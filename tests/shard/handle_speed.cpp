// How long does an operation take through Shard::handle, without a transport? Frames of 128 gets or puts of 8-byte keys and values
// at random over 1 M keys. Estimate: decode and encode some 20 ns, a hash 5 ns, one or two cache misses hidden by prefetching:
// 50 to 100 ns. Puts and gets alternate in the same run.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "base/region.hpp"
#include "shard/shard.hpp"
#include "store/extent_queue.hpp"
#include "topology/hash.hpp"
#include "wire/reply.hpp"
#include "wire/writer.hpp"

namespace lath {
namespace {

constexpr std::uint64_t kKeys = 1'000'000;
constexpr std::uint16_t kBatch = 128;
constexpr std::size_t kMemoryBytes = 512 << 20;
constexpr WriterId kSelf{NodeId{0}, ShardId{0}, 1};

class Bench {
 public:
  explicit Bench(std::uint32_t nodes) : extents_(kMemoryBytes) {
    View members;
    for (std::uint32_t node = 0; node < nodes; ++node) {
      NodeEntry entry;
      entry.id = NodeId{node};
      entry.incarnation = 1;
      entry.shard_addresses.resize(1);
      members.merge(entry);
    }
    view_ = ClusterView::make(members, Placement({.nodes = nodes, .shards = 1}));
    refill();
    shard_.emplace(ShardOptions{.self = kSelf}, Store({.self = kSelf, .memory_bytes = kMemoryBytes, .hash = &key_hash}, extents_));
    shard_->set_view(*view_);
    for (std::uint64_t key = 0; key < kKeys; key += kBatch) {
      handle(frame_of(Opcode::kPut, [&, next = key]() mutable { return next++; }));
    }
  }

  // Nanoseconds an operation, over `frames` frames made beforehand.
  double measure(Opcode opcode, std::size_t frames) {
    std::vector<FrameBuffer> requests;
    for (std::size_t made = 0; made < frames; ++made) {
      requests.push_back(frame_of(opcode, [&] { return random_.below(kKeys); }));
    }
    const auto begin = std::chrono::steady_clock::now();
    for (const FrameBuffer& request : requests) handle(request);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return took.count() / static_cast<double>(frames * kBatch);
  }

 private:
  void refill() {
    while (extents_.wants_more()) {
      if (!extents_.refill(memory_)) std::abort();
    }
  }
  template <class NextKey>
  FrameBuffer frame_of(Opcode opcode, NextKey&& next_key) {
    FrameBuffer frame;
    ++sequence_;
    begin_request(frame, {.count = kBatch, .sequence = sequence_, .session = 1, .epoch = view_->epoch, .oldest = sequence_});
    for (std::uint16_t index = 0; index < kBatch; ++index) {
      const std::uint64_t key = next_key();
      const Bytes bytes{reinterpret_cast<const std::byte*>(&key), sizeof key};
      append_operation(frame, {opcode, bytes, opcode == Opcode::kPut ? bytes : Bytes{}});
    }
    return frame;
  }
  void handle(const FrameBuffer& request) {
    turn_.now_ns += 10'000;
    turn_.wall_us += 10;
    shard_->handle({{1, 1}, request.bytes()}, turn_, outbox_);
    shard_->tick(turn_, outbox_);
    outbox_.flush([&](const Outbox::Destination&, FrameBuffer& frame) {
      if (frame.size() < kReplyHeaderBytes) std::abort();
      outbox_.release(std::move(frame));
      return Outbox::Offer::kTaken;
    });
    refill();
  }

  HeapRegionProvider memory_;
  ExtentQueue extents_;
  std::shared_ptr<const ClusterView> view_;
  std::optional<Shard> shard_;
  Outbox outbox_;
  Turn turn_{.now_ns = 1, .wall_us = 1'700'000'000'000'000};
  Random random_{1};
  std::uint32_t sequence_ = 0;
};

}  // namespace
}  // namespace lath

int main() {
  for (const std::uint32_t nodes : {1U, 2U}) {
    lath::Bench bench(nodes);
    for (int round = 0; round < 4; ++round) {
      const double get = bench.measure(lath::Opcode::kGet, 8000);
      const double put = bench.measure(lath::Opcode::kPut, 8000);
      std::printf("%u node(s): get %.0f ns, put %.0f ns%s\n", nodes, get, put, nodes > 1 ? " (the peer never answers)" : "");
    }
  }
}
