// How many entries of merge batches a second does one core make and take, by the real code of two shards: a shard takes puts, makes
// batches (round), the other reads and merges them (merge), the first takes the acknowledgements? Random keys over 1 M; 8-byte
// keys, values of 8 bytes and of 4 KiB. Estimate for 8 B: an entry is 49 bytes (1 ns to read), a hash 5 ns, a slot 10 ns once its
// line is prefetched, its check 5 ns: 25 to 50 ns, 20 to 40 M entries a second; for 4 KiB: a copy and a check at some 10 GB/s each.
// The receiver must hold the sender's last value of every key at the end.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "base/region.hpp"
#include "shard/shard.hpp"
#include "store/extent_queue.hpp"
#include "topology/hash.hpp"
#include "wire/request.hpp"

namespace lath {
namespace {

using Clock = std::chrono::steady_clock;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "merge_bench: %s\n", what);
  std::exit(1);
}

std::shared_ptr<const ClusterView> two_nodes() {
  View members;
  for (std::uint32_t node = 0; node < 2; ++node) {
    NodeEntry entry;
    entry.id = NodeId{node};
    entry.incarnation = 1;
    entry.shard_addresses.resize(1);
    members.merge(entry);
  }
  return ClusterView::make(members, Placement({.nodes = 2, .shards = 1}));
}

// A shard, its memory, and what it wants sent.
struct Side {
  Side(std::uint32_t node, const ClusterView& view, std::size_t memory_bytes) : extents(memory_bytes, 64 << 20, 64 << 20) {
    refill();
    const WriterId self{NodeId{node}, ShardId{0}, 1};
    shard.emplace(ShardOptions{.self = self}, Store({.self = self, .memory_bytes = memory_bytes, .hash = &key_hash}, extents));
    shard->set_view(view);
  }
  void refill() {
    while (extents.wants_more()) require(extents.refill(memory).has_value(), "no memory");
  }
  void handle(const FrameBuffer& frame, const Turn& turn) { shard->handle({PeerId{0, 1}, frame.bytes()}, turn, outbox); }
  std::vector<FrameBuffer> take() {
    std::vector<FrameBuffer> frames;
    outbox.flush([&](const Outbox::Destination&, FrameBuffer& frame) {
      frames.push_back(std::move(frame));
      return Outbox::Offer::kTaken;
    });
    return frames;
  }
  void give_back(std::vector<FrameBuffer> frames) {
    for (FrameBuffer& frame : frames) outbox.release(std::move(frame));
  }

  HeapRegionProvider memory;
  ExtentQueue extents;
  std::optional<Shard> shard;
  Outbox outbox;
};

struct Measured {
  double update_ns = 0;  // each an entry
  double round_ns = 0;
  double merge_ns = 0;
  double bytes = 0;
};

double median(std::vector<double> all) {
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
  return all[all.size() / 2];
}

class Bench {
 public:
  Bench(std::uint64_t keys, std::size_t value_bytes, std::size_t memory_bytes)
      : keys_(keys), value_(value_bytes), view_(two_nodes()), from_(0, *view_, memory_bytes), to_(1, *view_, memory_bytes) {
    cycle(0);
    for (std::uint64_t key = 0; key < keys_; key += updates()) put_and_merge([&, next = key]() mutable { return next++ % keys_; });
  }

  Measured measure(int cycles) {
    std::vector<double> updates, rounds, merges;
    for (int index = 0; index < cycles; ++index) {
      const Measured one = put_and_merge([&] { return random_.below(keys_); });
      updates.push_back(one.update_ns);
      rounds.push_back(one.round_ns);
      merges.push_back(one.merge_ns);
    }
    return {median(updates), median(rounds), median(merges), static_cast<double>(bytes_) / static_cast<double>(entries_)};
  }

  void check() {
    FrameBuffer mine;
    FrameBuffer theirs;
    for (std::uint64_t key = 0; key < keys_; ++key) {
      const Bytes bytes = std::as_bytes(std::span(&key, 1));
      mine.clear();
      theirs.clear();
      require(from_.shard->store().read({key_hash(bytes), bytes}, Opcode::kGet, {}, mine) == Code::kOk, "a key is not there");
      require(to_.shard->store().read({key_hash(bytes), bytes}, Opcode::kGet, {}, theirs) == Code::kOk, "a key was not merged");
      require(std::ranges::equal(mine.bytes(), theirs.bytes()), "a merged value is another");
    }
  }

 private:
  static constexpr std::uint64_t kUpdates = 2048;
  static constexpr std::uint16_t kBatch = 128;

  std::size_t updates() const { return value_.size() > 1024 ? kBatch : kUpdates; }  // of a round: some tens of batches

  template <class Next>
  Measured put_and_merge(Next&& next) {
    std::vector<FrameBuffer> requests;
    for (std::size_t made = 0; made < updates(); made += kBatch) {
      FrameBuffer& frame = requests.emplace_back();
      begin_request(frame, {.count = kBatch, .sequence = ++sequence_, .session = 1, .epoch = view_->epoch, .oldest = sequence_});
      for (std::uint16_t index = 0; index < kBatch; ++index) {
        const std::uint64_t key = next();
        const std::uint64_t content = random_.next();
        std::memcpy(value_.data(), &content, sizeof content);
        append_operation(frame, {Opcode::kPut, std::as_bytes(std::span(&key, 1)), value_});
      }
    }
    const auto begun = Clock::now();
    for (const FrameBuffer& request : requests) from_.handle(request, turn_);
    const std::chrono::duration<double, std::nano> took = Clock::now() - begun;
    from_.give_back(from_.take());  // the answers
    Measured measured = cycle(updates());
    measured.update_ns = took.count() / static_cast<double>(updates());
    return measured;
  }

  // Until nothing is left to send.
  Measured cycle(std::size_t updates) {
    double round_ns = 0;
    double merge_ns = 0;
    const std::uint64_t sent_before = from_.shard->counters().entries_sent.value();
    do {
      turn_.now_ns += 1'000'000;
      turn_.wall_us += 1000;
      from_.refill();
      to_.refill();
      const auto begun = Clock::now();
      from_.shard->tick(turn_, from_.outbox);
      const auto made = Clock::now();
      auto batches = from_.take();
      const auto left = Clock::now();
      for (const FrameBuffer& batch : batches) to_.handle(batch, turn_);
      to_.shard->tick(turn_, to_.outbox);
      const auto merged = Clock::now();
      for (const FrameBuffer& batch : batches) bytes_ += batch.size();
      from_.give_back(std::move(batches));
      auto acks = to_.take();
      for (const FrameBuffer& ack : acks) from_.handle(ack, turn_);
      to_.give_back(std::move(acks));
      round_ns += std::chrono::duration<double, std::nano>(made - begun).count();
      merge_ns += std::chrono::duration<double, std::nano>(merged - left).count();
    } while (!from_.shard->settled());
    const std::uint64_t entries = from_.shard->counters().entries_sent.value() - sent_before;
    entries_ += entries;
    if (updates == 0) return {};
    return {0, round_ns / static_cast<double>(entries), merge_ns / static_cast<double>(entries), 0};
  }

  std::uint64_t keys_;
  std::vector<std::byte> value_;
  std::shared_ptr<const ClusterView> view_;
  Side from_;
  Side to_;
  Turn turn_{.now_ns = 1'000'000, .wall_us = 1'700'000'000'000'000};
  Random random_{1};
  std::uint32_t sequence_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;
};

void report(std::uint64_t keys, std::size_t value_bytes, int cycles) {
  Bench bench(keys, value_bytes, value_bytes > 1024 ? std::size_t{400} << 20 : std::size_t{256} << 20);
  const Measured all = bench.measure(cycles);
  bench.check();
  std::printf("%7lu keys, %5zu B: update %6.1f ns, round %6.1f ns (%5.1f M/s), merge %6.1f ns (%5.1f M/s, %6.0f MB/s of batches)\n",
              keys, value_bytes, all.update_ns, all.round_ns, 1e3 / all.round_ns, all.merge_ns, 1e3 / all.merge_ns,
              all.bytes * 1e3 / all.merge_ns);
}

}  // namespace
}  // namespace lath

int main() {
  lath::report(10'000, 8, 2000);
  lath::report(1'000'000, 8, 2000);
  lath::report(50'000, 4096, 1000);
  return 0;
}
