// A table grows to ten million keys without a stall, be it of the insert itself or of one that waits until memory is mapped. Of the first
// the inserting thread's own CPU time counts, so that a busy machine does not matter; extents are mapped by another thread, as the control
// thread does.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/region.hpp"
#include "store/store.hpp"

namespace lath {
namespace {

constexpr std::uint64_t kKeys = 10'000'000;
constexpr std::size_t kMemoryBytes = std::size_t{1} << 30;
constexpr WriterId kSelf{NodeId{1}, ShardId{0}, 1};

std::uint64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

Key key_of(const std::uint64_t& number) {
  return {number * 0x9e3779b97f4a7c15ULL, std::as_bytes(std::span(&number, 1))};
}

// Keeps the queue filled until it goes, and looks as seldom as the control thread.
class Refiller {
 public:
  explicit Refiller(ExtentQueue& queue)
      : thread_([this, &queue] {
          while (!stop_.load(std::memory_order_relaxed)) {
            if (queue.wants_more())
              failed_ = failed_ || !queue.refill(memory_);
            else
              std::this_thread::sleep_for(std::chrono::milliseconds(10));
          }
        }) {}
  ~Refiller() {
    stop_ = true;
    thread_.join();
    EXPECT_FALSE(failed_) << "no memory for the table";
  }

 private:
  HeapRegionProvider memory_;
  std::atomic<bool> stop_{false};
  bool failed_ = false;
  std::thread thread_;
};

using WallClock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr Milliseconds kStall{1};

struct Growth {
  std::vector<std::uint64_t> stalls;  // the keys whose inserts took longer than kStall of CPU time
  std::vector<Milliseconds> waits;    // of inserts that were told kLater, from the first refusal to the acceptance
};

// Inserts all keys. The thread's CPU time is asked for by a system call that takes as long as an insert, and is never more than what
// passes by the wall: so it is read where the wall shows a stall, and each kKeysPerReading keys, which a stall may seem longer by.
class Inserter {
 public:
  Inserter() : refiller_(queue_), store_({.self = kSelf, .memory_bytes = kMemoryBytes}, queue_) {}

  Growth run() {
    // Nothing is ahead of the first insert of all; a node is ready before its first client is.
    while (put(0) == Code::kLater) std::this_thread::sleep_for(kStall);
    cpu_read_ns_ = thread_cpu_ns();
    before_ = WallClock::now();
    for (std::uint64_t key = 1; key < kKeys && !::testing::Test::HasFailure(); ++key) insert(key);
    return std::move(growth_);
  }
  void expect_all_keys() const {
    EXPECT_EQ(store_.counters().keys, kKeys);
    FrameBuffer reply;
    for (std::uint64_t key = 0; key < kKeys; key += 997) {
      reply.clear();
      EXPECT_EQ(store_.read(key_of(key), Opcode::kGet, {}, reply), Code::kOk) << key;
      EXPECT_TRUE(std::ranges::equal(reply.bytes(), std::as_bytes(std::span(&key, 1)))) << key;
    }
  }

 private:
  static constexpr std::uint64_t kKeysPerReading = 64;

  Code put(const std::uint64_t& key) {
    return store_.update(key_of(key), Opcode::kPut, std::as_bytes(std::span(&key, 1)), {kSelf, &clock_, 1}, nullptr).status;
  }

  void insert(std::uint64_t key) {
    Code code = put(key);
    auto now = WallClock::now();
    if (now - before_ > kStall && thread_cpu_ns() - cpu_read_ns_ > 1'000'000) growth_.stalls.push_back(key);
    if (code == Code::kLater) {
      const auto refused = now;
      for (; code == Code::kLater && now - refused < std::chrono::seconds(20); now = WallClock::now()) {
        std::this_thread::sleep_for(kStall / 10);
        code = put(key);
      }
      growth_.waits.push_back(now - refused);
    }
    EXPECT_EQ(code, Code::kOk) << "key " << key;
    if (key % kKeysPerReading == 0) cpu_read_ns_ = thread_cpu_ns();
    before_ = now;
  }

  ExtentQueue queue_{kMemoryBytes};
  Refiller refiller_;
  Store store_;
  HybridClock clock_;
  Growth growth_;
  std::uint64_t cpu_read_ns_ = 0;
  WallClock::time_point before_;
};

Growth grow() {
  const auto began = WallClock::now();
  const auto inserter = std::make_unique<Inserter>();
  Growth growth = inserter->run();
  const auto longest = std::ranges::max_element(growth.waits);
  std::printf("%.1f s: %zu inserts took over 1 ms; %zu waited for memory, the longest %.1f ms\n",
              std::chrono::duration<double>(WallClock::now() - began).count(), growth.stalls.size(), growth.waits.size(),
              longest == growth.waits.end() ? 0.0 : longest->count());
  inserter->expect_all_keys();
  return growth;
}

// The table grows at the same keys each time: what a virtual machine's host or an interrupt took does not come again. Nor does a wait for a
// mapping thread that others kept from its core, while one that maps too late is waited for each time; so in one growth of three nobody
// may have waited for longer than a stall.
TEST(StoreGrowth, ten_million_inserts_stall_for_less_than_a_millisecond) {
  Growth growth = grow();
  std::vector<std::uint64_t> stalls = growth.stalls;
  const auto waited_long = [&] { return std::ranges::any_of(growth.waits, [](Milliseconds wait) { return wait > kStall; }); };
  bool always_waited = waited_long();
  for (int time = 0; time < 2 && (!stalls.empty() || always_waited) && !HasFailure(); ++time) {
    growth = grow();
    std::erase_if(stalls, [&](std::uint64_t key) { return !std::ranges::binary_search(growth.stalls, key); });
    always_waited = always_waited && waited_long();
  }
  EXPECT_EQ(stalls, std::vector<std::uint64_t>{}) << "keys whose inserts took over 1 ms each time";
  EXPECT_FALSE(always_waited) << "inserts waited for memory for over 1 ms each time: it is not mapped ahead of need";
}

}  // namespace
}  // namespace lath
