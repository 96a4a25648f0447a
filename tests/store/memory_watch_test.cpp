#include "store/memory_watch.hpp"

#include <gtest/gtest.h>

namespace lath {
namespace {

constexpr TimeNs kSecond = 1'000'000'000;

struct Watched {
  std::uint64_t mib = 20'000;
  unsigned looks = 0;
  bool is_blind = false;
  MemoryWatch watch{[this] {
                      ++looks;
                      if (is_blind) return MemoryLeft{};
                      return MemoryLeft{mib << 20, "the machine"};
                    },
                    4};
};

TEST(MemoryWatch, refuses_writes_then_merges_and_is_over_only_when_there_is_enough) {
  Watched all;
  TimeNs now = 0;
  const auto look = [&](std::uint64_t mib) {
    all.mib = mib;
    return all.watch.turn(now += kSecond);
  };
  EXPECT_FALSE(look(65));
  EXPECT_EQ(all.watch.shortage(), HeapShortage::kNone);
  EXPECT_TRUE(look(63));
  EXPECT_EQ(all.watch.shortage(), HeapShortage::kWrites);
  EXPECT_EQ(all.watch.left().bytes >> 20, 63u);
  EXPECT_TRUE(look(15));
  EXPECT_EQ(all.watch.shortage(), HeapShortage::kMerges);
  EXPECT_TRUE(look(16));
  EXPECT_EQ(all.watch.shortage(), HeapShortage::kWrites);
  EXPECT_FALSE(look(127));
  EXPECT_TRUE(look(128));
  EXPECT_EQ(all.watch.shortage(), HeapShortage::kNone);
}

TEST(MemoryWatch, keeps_what_it_saw_last_where_nothing_can_be_read) {
  Watched all;
  all.is_blind = true;
  EXPECT_FALSE(all.watch.turn(kSecond));
  EXPECT_EQ(all.watch.left().bytes, MemoryLeft::kUnknown);
  all.is_blind = false;
  all.mib = 10;
  EXPECT_TRUE(all.watch.turn(3 * kSecond));
  all.is_blind = true;
  EXPECT_FALSE(all.watch.turn(5 * kSecond));
  EXPECT_EQ(all.watch.shortage(), HeapShortage::kMerges);
  EXPECT_EQ(all.watch.left().bytes >> 20, 10u);
}

// What is refused leaves the system where it is, at the limit: that is no news each time that somebody takes a page.
TEST(MemoryWatch, tells_nothing_of_a_wobble) {
  Watched all;
  unsigned told = 0;
  for (TimeNs now = 0; now < kSecond; now += MemoryWatch::kLookNsMin) {
    all.mib = 60 + now / MemoryWatch::kLookNsMin % 9;
    told += all.watch.turn(now) ? 1U : 0U;
  }
  EXPECT_EQ(told, 1u);
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
    EXPECT_NE(all.watch.shortage(), HeapShortage::kNone) << begun_mib;
    EXPECT_GT(all.mib, 0u) << begun_mib;
  }
}

}  // namespace
}  // namespace lath
