// A table grows to ten million keys without a stall. What counts is the inserting thread's own CPU time, so that a busy machine does
// not matter; its extents are mapped by another thread, as the control thread does.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <thread>
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

// Keeps the queue filled until it goes.
class Refiller {
 public:
  explicit Refiller(ExtentQueue& queue)
      : thread_([this, &queue] {
          while (!stop_.load(std::memory_order_relaxed)) {
            if (queue.wants_more())
              failed_ = failed_ || !queue.refill(memory_);
            else
              std::this_thread::sleep_for(std::chrono::milliseconds(1));
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

TEST(StoreGrowth, ten_million_inserts_stall_for_less_than_a_millisecond) {
  ExtentQueue queue(kMemoryBytes);
  Refiller refiller(queue);
  Store store({.self = kSelf, .memory_bytes = kMemoryBytes}, queue);
  HybridClock clock;
  std::uint64_t longest_ns = 0;
  std::uint64_t longest_at = 0;
  std::uint64_t waits = 0;  // for an extent that was not mapped yet: the inserter answers kFull, and does not stall
  std::uint64_t before = thread_cpu_ns();
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    const auto put = [&] {
      return store.update(key_of(key), Opcode::kPut, std::as_bytes(std::span(&key, 1)), {kSelf, &clock, 1}, nullptr).status;
    };
    Code code = put();
    std::uint64_t now = thread_cpu_ns();
    while (code == Code::kFull && ++waits < 60'000) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      before = thread_cpu_ns();
      code = put();
      now = thread_cpu_ns();
    }
    ASSERT_EQ(code, Code::kOk) << "key " << key;
    if (now - before > longest_ns) {
      longest_ns = now - before;
      longest_at = key;
    }
    before = now;
  }
  EXPECT_EQ(store.counters().keys, kKeys);
  EXPECT_LT(longest_ns, 1'000'000U) << "at key " << longest_at;
  RecordProperty("longest_us", static_cast<int>(longest_ns / 1000));
  std::printf("longest insert: %.1f us of CPU time, at key %lu; %lu waits for memory\n", static_cast<double>(longest_ns) / 1e3,
              longest_at, waits);
  FrameBuffer reply;
  for (std::uint64_t key = 0; key < kKeys; key += 997) {
    reply.clear();
    ASSERT_EQ(store.read(key_of(key), Opcode::kGet, {}, reply), Code::kOk) << key;
    ASSERT_TRUE(std::ranges::equal(reply.bytes(), std::as_bytes(std::span(&key, 1)))) << key;
  }
}

}  // namespace
}  // namespace lath
