// Time from the processor's counter: as good as the kernel's, whatever the counter does.
#include "base/tick_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace lath {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

// A kernel's clock and a counter of 3 ticks a nanosecond, turned by hand.
struct Turned {
  std::uint64_t ticks = 5'000'000;
  std::uint64_t ns = 77'000'000'000;
  unsigned looked = 0;
  TickClock clock;

  void pass(std::uint64_t by_ns) {
    ticks += 3 * by_ns;
    ns += by_ns;
  }
  std::uint64_t now() {
    return clock.at(ticks, [this] {
      ++looked;
      return TickClock::Reading{ticks, ns};
    });
  }
  void learn_rate() {
    now();
    pass(kMs);
    now();
  }
};

TEST(TickClock, carries_on_without_the_kernel_once_the_rate_is_known) {
  Turned turned;
  turned.learn_rate();
  const unsigned looked = turned.looked;
  for (int step = 0; step < 900; ++step) {
    turned.pass(1000);
    EXPECT_NEAR(static_cast<double>(turned.now()), static_cast<double>(turned.ns), 2);
  }
  EXPECT_EQ(turned.looked, looked);
  turned.pass(kMs);
  EXPECT_EQ(turned.now(), turned.ns);
  EXPECT_EQ(turned.looked, looked + 1);
}

TEST(TickClock, follows_the_kernel_after_a_counter_that_jumps) {
  Turned turned;
  turned.learn_rate();
  turned.pass(1000);
  turned.ticks += 1'000'000'000'000;  // ahead
  EXPECT_NEAR(static_cast<double>(turned.now()), static_cast<double>(turned.ns), kMs);
  turned.pass(5 * kMs);
  EXPECT_EQ(turned.now(), turned.ns);
  turned.learn_rate();
  turned.ticks -= 4'000'000;  // back
  EXPECT_NEAR(static_cast<double>(turned.now()), static_cast<double>(turned.ns), kMs);
}

TEST(TickClock, never_goes_back) {
  Turned turned;
  turned.learn_rate();
  std::uint64_t last = turned.now();
  for (std::uint64_t step = 0; step < 10'000; ++step) {
    turned.pass(700);
    turned.ticks += step % 5 == 0 ? 900U : 0U;                                                  // the counter runs fast
    if (step % 997 == 0) turned.ticks -= std::min<std::uint64_t>(turned.ticks / 2, 2'000'000);  // and is set back
    const std::uint64_t now = turned.now();
    ASSERT_GE(now, last) << step;
    last = now;
  }
}

TEST(TickClock, a_counter_that_stands_still_leaves_the_kernels_clock) {
  Turned turned;
  turned.now();
  for (int step = 0; step < 10; ++step) {
    turned.ns += kMs;
    turned.now();
    EXPECT_LE(turned.ns - turned.now(), kMs);
  }
}

TEST(TickClock, this_machines_agrees_with_the_kernel) {
  const auto kernel = [] {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
  };
  std::uint64_t last = 0;
  for (const std::uint64_t end = kernel() + 20 * kMs; kernel() < end;) {
    const std::uint64_t before = kernel();
    const std::uint64_t now = TickClock::now_ns();
    const std::uint64_t after = kernel();
    ASSERT_GE(now, last);
    ASSERT_GE(now + kMs, before);
    ASSERT_LE(now, after + kMs);
    last = now;
  }
}

}  // namespace
}  // namespace lath
