#include "store/memory_watch.hpp"

#include <gtest/gtest.h>

namespace lath {
namespace {

constexpr TimeNs kSecond = 1'000'000'000;

struct Watched {
  std::uint64_t mib = 20'000;
  unsigned looks = 0;
  MemoryWatch watch{[this] {
    ++looks;
    return MemoryLeft{mib << 20, "the machine"};
  }};
};

TEST(MemoryWatch, tells_once_when_memory_runs_short_and_once_when_there_is_some_again) {
  Watched all;
  EXPECT_FALSE(all.watch.turn(0));
  EXPECT_FALSE(all.watch.is_short());
  all.mib = 63;
  EXPECT_TRUE(all.watch.turn(kSecond));
  EXPECT_TRUE(all.watch.is_short());
  EXPECT_EQ(all.watch.left().bytes >> 20, 63u);
  EXPECT_FALSE(all.watch.turn(2 * kSecond));
  all.mib = 64;
  EXPECT_TRUE(all.watch.turn(3 * kSecond));
  EXPECT_FALSE(all.watch.is_short());
}

TEST(MemoryWatch, looks_once_a_second_where_there_is_plenty) {
  Watched all;
  for (TimeNs now = 0; now < 10 * kSecond; now += kSecond / 100) all.watch.turn(now);
  EXPECT_EQ(all.looks, 10u);
}

// Just under 4 bytes a nanosecond, from wherever it begins.
TEST(MemoryWatch, sees_the_fastest_growth_before_everything_is_gone) {
  for (const std::uint64_t begun_mib : {300u, 1'000u, 4'000u, 9'000u}) {
    Watched all;
    all.mib = begun_mib;
    TimeNs now = 0;
    for (; !all.watch.turn(now) && all.mib > 0; now += MemoryWatch::kLookNsMin) all.mib -= std::min<std::uint64_t>(all.mib, 38);
    EXPECT_TRUE(all.watch.is_short()) << begun_mib;
    EXPECT_GT(all.mib, 0u) << begun_mib;
  }
}

}  // namespace
}  // namespace lath
