// Two threads that share a shard: never both inside, and neither is kept out for good.
#include "shard/hand_over.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>
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
  std::atomic<std::uint64_t> attended{0};
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
  // On one core, or a loaded machine, the attendant may not have run at all by then.
  std::uint64_t turn = 0;
  for (; turn < kOwnerTurns || (attended == 0 && turn < 10'000 * kOwnerTurns); ++turn) {
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
  EXPECT_EQ(turns, turn + attended.load());
  EXPECT_EQ(turns_again, turns);
  EXPECT_GT(attended.load(), 0U);
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

// Every other system call goes on as before.
bool refuse_membarrier() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {.len = std::size(program), .filter = program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// What the child ends with: 0 where the owner alone comes in, once the system orders nobody any more.
int owner_alone_comes_in(HandOver::Order order) {
  HandOver hand(order);
  if (!hand.try_attend()) return 1;
  hand.end_attending();
  if (!refuse_membarrier()) return 2;
  const bool attends = hand.try_attend();
  if (attends != (order == HandOver::Order::kEach)) return 3;
  if (attends) hand.end_attending();
  hand.enter();  // is not kept out by who tried
  hand.leave();
  return 0;
}

TEST_P(HandOvers, let_nobody_attend_where_the_system_refuses_to_order_the_threads) {
  EXPECT_EXIT(std::exit(owner_alone_comes_in(GetParam())), ::testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Orders, HandOvers, ::testing::ValuesIn(orders()));

}  // namespace
}  // namespace lath
