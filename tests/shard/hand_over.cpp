// Two threads that share a shard: never both inside, and neither is kept out for good.
#include "shard/hand_over.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace lath {
namespace {

constexpr std::uint64_t kOwnerTurns = 300'000;

// Those that work in this program.
std::vector<HandOver::Order> orders() {
  if (HandOver::order_here() == HandOver::Order::kEach) return {HandOver::Order::kEach};
  return {HandOver::Order::kEach, HandOver::Order::kMembarrier};
}

class HandOvers : public ::testing::TestWithParam<HandOver::Order> {};

TEST_P(HandOvers, let_one_thread_in_at_a_time) {
  HandOver hand(GetParam());
  // Neither is atomic: where both threads are inside, one of them misses what the other did (and ThreadSanitizer tells).
  std::uint64_t turns = 0;
  std::uint64_t turns_again = 0;
  std::uint64_t attended = 0;
  std::uint64_t differences = 0;  // seen by either, inside
  std::atomic<bool> done{false};
  std::thread attendant([&] {
    while (!done.load(std::memory_order_relaxed)) {
      if (!hand.try_attend()) continue;
      differences += turns != turns_again ? 1U : 0U;
      ++turns;
      for (int i = 0; i < 20; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
      ++turns_again;
      ++attended;
      hand.end_attending();
    }
  });
  for (std::uint64_t turn = 0; turn < kOwnerTurns; ++turn) {
    hand.enter();
    differences += turns != turns_again ? 1U : 0U;
    ++turns;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    ++turns_again;
    hand.leave();
    if (turn % 64 == 0) std::this_thread::yield();
  }
  done.store(true);
  attendant.join();
  EXPECT_EQ(differences, 0U);
  EXPECT_EQ(turns, kOwnerTurns + attended);
  EXPECT_EQ(turns_again, turns);
  EXPECT_GT(attended, 0U);
}

TEST_P(HandOvers, keep_the_attendant_out_while_the_owner_is_inside) {
  HandOver hand(GetParam());
  hand.enter();
  std::thread([&] { EXPECT_FALSE(hand.try_attend()); }).join();
  hand.leave();
  std::thread([&] {
    EXPECT_TRUE(hand.try_attend());
    EXPECT_FALSE(hand.owner_waits());
    hand.end_attending();
  }).join();
}

TEST_P(HandOvers, let_the_attendant_see_that_the_owner_waits) {
  HandOver hand(GetParam());
  ASSERT_TRUE(hand.try_attend());
  std::atomic<bool> inside{false};
  std::thread owner([&] {
    hand.enter();
    inside.store(true);
    hand.leave();
  });
  while (!hand.owner_waits()) std::this_thread::yield();
  EXPECT_FALSE(inside.load());
  hand.end_attending();
  owner.join();
  EXPECT_TRUE(inside.load());
}

INSTANTIATE_TEST_SUITE_P(Orders, HandOvers, ::testing::ValuesIn(orders()));

}  // namespace
}  // namespace lath
