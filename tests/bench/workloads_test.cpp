#include "bench/clients/workloads.hpp"

#include <gtest/gtest.h>

#include <map>

namespace lath::bench {
namespace {

// A store that can lose what is put under one key, or put it under another.
struct MapTarget {
  void put(std::uint64_t key, std::span<const std::byte> value) {
    if (key == lost) return;
    values[key == misplaced ? key_of(0) : key].assign(value.begin(), value.end());
  }
  std::optional<std::size_t> get(std::uint64_t key, std::span<std::byte> room) {
    const auto found = values.find(key);
    if (found == values.end()) return std::nullopt;
    std::copy(found->second.begin(), found->second.end(), room.begin());
    return found->second.size();
  }
  void begin_put(std::uint64_t key, std::span<const std::byte> value) { put(key, value); }
  void begin_get(std::uint64_t key, std::span<std::byte> room, std::optional<std::size_t>& size) { size = get(key, room); }
  void run() {}
  int start_put(std::uint64_t key, std::span<const std::byte> value) { return put(key, value), 0; }
  int start_get(std::uint64_t key, std::span<std::byte> room, std::size_t& size) { return size = get(key, room).value_or(0), 0; }
  void wait(std::span<int>) {}

  std::map<std::uint64_t, std::vector<std::byte>> values;
  std::uint64_t lost = 0, misplaced = 0;
};

constexpr Load kLoad{.keys = 50, .seconds = 0.3, .batch = 8};

TEST(Workloads, puts_that_arrived_are_read_back) {
  for (const char* work : {"put", "put-batches", "put-window"}) {
    MapTarget target;
    EXPECT_TRUE(run_work(target, work, kLoad)) << work;
    EXPECT_EQ(target.values.size(), kLoad.keys) << work;
  }
}

TEST(Workloads, a_put_that_was_lost_or_went_elsewhere_is_told) {
  for (const char* work : {"put", "put-batches", "put-window"}) {
    MapTarget losing, misplacing;
    losing.lost = misplacing.misplaced = key_of(7);
    EXPECT_EXIT(run_work(losing, work, kLoad), ::testing::ExitedWithCode(1), "answers were wrong") << work;
    EXPECT_EXIT(run_work(misplacing, work, kLoad), ::testing::ExitedWithCode(1), "answers were wrong") << work;
  }
}

TEST(Workloads, the_last_put_is_among_those_that_are_read_back) {
  MapTarget target;
  const Load load{.keys = 1'000'000};
  constexpr std::uint64_t kPuts = 10'000;
  Random random(load.seed);
  std::vector<std::byte> value(load.value_bytes);
  std::uint32_t number = 0;
  for (std::uint64_t i = 0; i < kPuts; ++i) {
    number = static_cast<std::uint32_t>(random.below(load.keys));
    write_value(number, i, value);
    target.put(key_of(number), value);
  }
  EXPECT_EQ(wrong_when_read_back(target, load, kPuts), 0U);
  target.values.erase(key_of(number));
  EXPECT_EQ(wrong_when_read_back(target, load, kPuts), 1U);
}

}  // namespace
}  // namespace lath::bench
