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

// The inserts that took more than a millisecond, by key.
std::vector<std::uint64_t> stalls_of_growth() {
  ExtentQueue queue(kMemoryBytes);
  Refiller refiller(queue);
  Store store({.self = kSelf, .memory_bytes = kMemoryBytes}, queue);
  HybridClock clock;
  std::vector<std::uint64_t> stalls;
  std::uint64_t longest_ns = 0;
  std::uint64_t waits = 0;  // for an extent that was not mapped yet: the insert answers kLater, and does not stall
  std::uint64_t before = thread_cpu_ns();
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    const auto put = [&] {
      return store.update(key_of(key), Opcode::kPut, std::as_bytes(std::span(&key, 1)), {kSelf, &clock, 1}, nullptr).status;
    };
    Code code = put();
    std::uint64_t now = thread_cpu_ns();
    while (code == Code::kLater && ++waits < 60'000) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      before = thread_cpu_ns();
      code = put();
      now = thread_cpu_ns();
    }
    EXPECT_EQ(code, Code::kOk) << "key " << key;
    if (code != Code::kOk) break;
    longest_ns = std::max(longest_ns, now - before);
    if (now - before > 1'000'000) stalls.push_back(key);
    before = now;
  }
  std::printf("longest insert: %.1f us of CPU time; %zu over 1 ms; %lu waits for memory\n", static_cast<double>(longest_ns) / 1e3,
              stalls.size(), waits);
  EXPECT_EQ(store.counters().keys, kKeys);
  FrameBuffer reply;
  for (std::uint64_t key = 0; key < kKeys; key += 997) {
    reply.clear();
    EXPECT_EQ(store.read(key_of(key), Opcode::kGet, {}, reply), Code::kOk) << key;
    EXPECT_TRUE(std::ranges::equal(reply.bytes(), std::as_bytes(std::span(&key, 1)))) << key;
  }
  return stalls;
}

// The table grows at the same keys each time; what a virtual machine's host or an interrupt took does not come again.
TEST(StoreGrowth, ten_million_inserts_stall_for_less_than_a_millisecond) {
  std::vector<std::uint64_t> stalls = stalls_of_growth();
  for (int time = 0; time < 2 && !stalls.empty(); ++time) {
    const std::vector<std::uint64_t> again = stalls_of_growth();
    std::erase_if(stalls, [&](std::uint64_t key) { return !std::ranges::binary_search(again, key); });
  }
  EXPECT_EQ(stalls, std::vector<std::uint64_t>{}) << "keys whose inserts took over 1 ms each time";
}

}  // namespace
}  // namespace lath
