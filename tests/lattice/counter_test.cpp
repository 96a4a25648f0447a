// GCounter and PnCounter.
#include "lath/lattice/counter.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "lattice/laws.hpp"

namespace lath {
namespace {

TEST(GCounter, obeys_the_laws) {
  GCounter both = GCounter::of({writer(1), {3}});
  both.add(writer(2), 4);
  expect_laws<GCounter>({GCounter{}, GCounter::of({writer(1), {1}}), GCounter::of({writer(1), {3}}), GCounter::of({writer(2), {1}}),
                         GCounter::of({writer(2), {kAll}}), GCounter::of({writer(3), {0}}), both});
}

TEST(PnCounter, obeys_the_laws) {
  PnCounter both = PnCounter::of({writer(1), {3, 1}});
  both.add(writer(2), kLowest);
  expect_laws<PnCounter>({PnCounter{}, PnCounter::of({writer(1), {1, 0}}), PnCounter::of({writer(1), {0, 1}}),
                          PnCounter::of({writer(1), {kAll, kAll}}), PnCounter::of({writer(2), {5, 5}}),
                          PnCounter::of({writer(1), {0, 0}}), both});
}

TEST(GCounter, sums_what_each_writer_added_once) {
  GCounter here;
  GCounter there;
  here.add(writer(1), 5);
  there.add(writer(2), 7);
  here.merge(there);
  there.merge(here);
  there.merge(here);
  EXPECT_EQ(here.value(), 12U);
  EXPECT_EQ(there, here);
}

TEST(GCounter, refuses_what_its_slot_cannot_hold_and_saturates_the_sum) {
  GCounter counter;
  ASSERT_NE(counter.add(writer(1), kAll), nullptr);
  EXPECT_EQ(counter.add(writer(1), 1), nullptr);
  EXPECT_EQ(counter.slots().size(), 1U);
  ASSERT_NE(counter.add(writer(2), 1), nullptr);
  EXPECT_EQ(counter.value(), kAll);
}

TEST(PnCounter, wraps_as_twos_complement) {
  PnCounter counter;
  counter.add(writer(1), kHighest);
  EXPECT_EQ(counter.value(), kHighest);
  counter.add(writer(2), 1);
  EXPECT_EQ(counter.value(), kLowest);
  counter.add(writer(1), kLowest);
  EXPECT_EQ(counter.value(), 0);
  EXPECT_EQ(counter.add(writer(1), kLowest), nullptr);  // its subtractions would pass 2^64 - 1
  EXPECT_EQ(counter.value(), 0);
}

template <class Counter>
void expect_zero_makes_one() {
  Counter counter;
  const auto* slot = counter.add(writer(1), 0);
  ASSERT_NE(slot, nullptr);
  EXPECT_FALSE(counter.is_bottom());
  EXPECT_EQ(counter.value(), 0);
  Counter elsewhere;
  EXPECT_TRUE(elsewhere.merge(*slot));
  EXPECT_FALSE(elsewhere.merge(*slot));
  EXPECT_EQ(elsewhere, counter);
  counter.add(writer(1), 5);
  counter.add(writer(1), 0);
  EXPECT_EQ(counter.value(), 5);
}

TEST(GCounter, of_which_only_0_was_added_is_there_and_stands_at_0) {
  expect_zero_makes_one<GCounter>();
}

TEST(PnCounter, of_which_only_0_was_added_is_there_and_stands_at_0) {
  expect_zero_makes_one<PnCounter>();
}

TEST(PnCounter, deltas_equal_the_full_state) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    PnCounter full;
    GCounter full_up;
    std::vector<PnCounter> deltas;
    std::vector<GCounter> deltas_up;
    std::int64_t expected = 0;
    for (int step = 0; step < 60; ++step) {
      const WriterId who = writer(static_cast<std::uint32_t>(random.below(5)));
      const std::int64_t amount = static_cast<std::int64_t>(random.below(2000)) - 1000;
      if (const auto* slot = full.add(who, amount)) deltas.push_back(PnCounter::of(*slot));
      if (const auto* slot = full_up.add(who, random.below(9))) deltas_up.push_back(GCounter::of(*slot));
      expected += amount;
    }
    EXPECT_EQ(full.value(), expected);
    expect_deltas_make(deltas, full, random);
    expect_deltas_make(deltas_up, full_up, random);
  }
}

TEST(GCounter, is_rebuilt_only_from_sorted_slots) {
  GCounter counter;
  counter.add(writer(2), 1);
  counter.add(writer(1), 1);
  EXPECT_EQ(*GCounter::from_slots({counter.slots().begin(), counter.slots().end()}), counter);
  EXPECT_FALSE(GCounter::from_slots({{writer(2), {1}}, {writer(1), {1}}}));
  EXPECT_FALSE(GCounter::from_slots({{writer(1), {1}}, {writer(1), {2}}}));
  EXPECT_TRUE(GCounter::from_slots({{writer(1), {0}}}));
  EXPECT_TRUE(PnCounter::from_slots({{writer(1), {0, 0}}}));
}

}  // namespace
}  // namespace lath
