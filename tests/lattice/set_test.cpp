// GSet and OrSet.
#include "lath/lattice/set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "lattice/laws.hpp"

namespace lath {
namespace {

using Text = std::string;
using GrownTexts = GSet<Text>;
using ObservedTexts = OrSet<Text>;

std::vector<ObservedTexts::Entry> entries_of(const ObservedTexts& set) {
  return {set.entries().begin(), set.entries().end()};
}

TEST(GSet, obeys_the_laws) {
  const GrownTexts empty_string = GrownTexts::of("");
  const GrownTexts a = GrownTexts::of("a");
  const GrownTexts nul = GrownTexts::of(Text("a\0", 2));
  expect_laws<GrownTexts>(
      {GrownTexts{}, empty_string, a, nul, joined(a, empty_string), joined(joined(a, nul), GrownTexts::of("\xff"))});
}

TEST(GSet, equals_a_standard_set_whatever_the_order_of_merges) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    GrownTexts full;
    std::set<Text> expected;
    std::vector<GrownTexts> deltas;
    for (int step = 0; step < 80; ++step) {
      const Text element = std::to_string(random.below(40));
      EXPECT_EQ(full.add(element), expected.insert(element).second);
      deltas.push_back(GrownTexts::of(element));
    }
    EXPECT_TRUE(std::ranges::equal(full.elements(), expected));
    EXPECT_TRUE(full.contains(*expected.begin()));
    EXPECT_FALSE(full.contains("absent"));
    expect_deltas_make(deltas, full, random);
  }
}

TEST(GSet, is_rebuilt_only_from_sorted_elements) {
  EXPECT_TRUE(GrownTexts::from_elements({"", "a"}));
  EXPECT_FALSE(GrownTexts::from_elements({"b", "a"}));
  EXPECT_FALSE(GrownTexts::from_elements({"a", "a"}));
}

TEST(OrSet, obeys_the_laws) {
  ObservedTexts added;
  added.add("x", {writer(1), 1});
  ObservedTexts again = added;
  again.add("x", {writer(1), 2});
  ObservedTexts removed = again;
  removed.remove("x");
  ObservedTexts elsewhere;
  elsewhere.add("x", {writer(2), 1});
  elsewhere.add("", {writer(2), 2});
  ObservedTexts gap;
  gap.add("y", {writer(1), 9});
  ObservedTexts reused_dot;  // a broken promise: the same dot on another element
  reused_dot.add("z", {writer(1), 1});
  ObservedTexts partly = joined(again, elsewhere);
  const ObservedTexts removal = partly.remove("x");
  expect_laws<ObservedTexts>(
      {ObservedTexts{}, added, again, removed, elsewhere, gap, reused_dot, partly, removal, joined(gap, added)});
}

TEST(OrSet, a_concurrent_add_wins_over_a_remove) {
  ObservedTexts here;
  here.add("x", *here.context().next(writer(1)));
  ObservedTexts there = here;
  here.remove("x");
  there.add("x", *there.context().next(writer(2)));
  EXPECT_FALSE(here.contains("x"));
  here.merge(there);
  there.merge(here);
  EXPECT_TRUE(here.contains("x"));
  EXPECT_EQ(here, there);
}

TEST(OrSet, a_remove_that_has_seen_the_add_wins_and_leaves_only_context) {
  ObservedTexts here;
  here.add("x", *here.context().next(writer(1)));
  ObservedTexts stale = here;
  const ObservedTexts removal = here.remove("x");
  EXPECT_TRUE(here.entries().empty());
  EXPECT_FALSE(here.is_bottom());
  EXPECT_TRUE(stale.merge(removal));
  EXPECT_FALSE(here.merge(stale));
  EXPECT_FALSE(stale.contains("x"));
  EXPECT_TRUE(stale.context().cloud().empty());
}

TEST(OrSet, changes_nothing_for_a_dot_already_seen) {
  ObservedTexts set;
  set.add("x", {writer(1), 1});
  const ObservedTexts before = set;
  EXPECT_TRUE(set.add("y", {writer(1), 1}).is_bottom());
  EXPECT_TRUE(set.add("y", {writer(1), 0}).is_bottom());
  EXPECT_TRUE(set.remove("absent").is_bottom());
  EXPECT_EQ(set, before);
}

// Three replicas add and remove, and now and then merge each other's whole state; the deltas alone must make the same union.
TEST(OrSet, deltas_equal_the_full_state) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::array<ObservedTexts, 3> replicas;
    std::vector<ObservedTexts> deltas;
    for (int step = 0; step < 80; ++step) {
      const std::size_t at = random.below(replicas.size());
      const Text element = std::to_string(random.below(6));
      switch (random.below(4)) {
        case 0: deltas.push_back(replicas[at].remove(element)); break;
        case 1: replicas[at].merge(replicas[random.below(replicas.size())]); break;
        default: {
          const auto dot = replicas[at].context().next(writer(static_cast<std::uint32_t>(at)));
          deltas.push_back(replicas[at].add(element, *dot));
        }
      }
    }
    const ObservedTexts full = joined(joined(replicas[0], replicas[1]), replicas[2]);
    EXPECT_TRUE(full.context().cloud().empty());
    expect_deltas_make(deltas, full, random);
    EXPECT_EQ(*ObservedTexts::from_parts(entries_of(full), full.context()), full);
  }
}

// The definition, dot by dot: unseen on one side takes the other's; seen on both sides needs both to hold it.
TEST(OrSet, merges_as_the_definition_says) {
  Random random(9);
  const auto random_set = [&random] {
    ObservedTexts set;
    for (int step = 0; step < 12; ++step) {
      set.add(std::to_string(random.below(5)), {writer(static_cast<std::uint32_t>(random.below(2))), 1 + random.below(9)});
      if (random.below(3) == 0) set.remove(std::to_string(random.below(5)));
    }
    return set;
  };
  const auto held = [](const ObservedTexts& set, const Text& element, Dot dot) {
    for (const auto& entry : set.entries()) {
      if (entry.element == element) return std::ranges::find(entry.dots, dot) != entry.dots.end();
    }
    return false;
  };
  for (int round = 0; round < 300; ++round) {
    const ObservedTexts a = random_set();
    const ObservedTexts b = random_set();
    const ObservedTexts both = joined(a, b);
    EXPECT_TRUE(ObservedTexts::from_parts(entries_of(both), both.context()));
    for (std::uint32_t node = 0; node < 2; ++node) {
      for (std::uint64_t counter = 1; counter < 10; ++counter) {
        const Dot dot{writer(node), counter};
        EXPECT_EQ(both.context().contains(dot), a.context().contains(dot) || b.context().contains(dot));
        for (const char* element : {"0", "1", "2", "3", "4"}) {
          const bool in_a = held(a, element, dot);
          const bool in_b = held(b, element, dot);
          const bool expected = (in_a && in_b) || (in_a && !b.context().contains(dot)) || (in_b && !a.context().contains(dot));
          EXPECT_EQ(held(both, element, dot), expected);
        }
      }
    }
  }
}

TEST(OrSet, is_rebuilt_only_from_parts_that_keep_its_invariant) {
  DotContext context;
  context.insert({writer(1), 1});
  context.insert({writer(1), 2});
  const Dot one{writer(1), 1};
  const Dot two{writer(1), 2};
  EXPECT_TRUE(ObservedTexts::from_parts({{"a", {one}}, {"b", {two}}}, context));
  EXPECT_FALSE(ObservedTexts::from_parts({{"b", {one}}, {"a", {two}}}, context));
  EXPECT_FALSE(ObservedTexts::from_parts({{"a", {one}}, {"a", {two}}}, context));
  EXPECT_FALSE(ObservedTexts::from_parts({{"a", {}}}, context));
  EXPECT_FALSE(ObservedTexts::from_parts({{"a", {two, one}}}, context));
  EXPECT_FALSE(ObservedTexts::from_parts({{"a", {one, one}}}, context));
  EXPECT_FALSE(ObservedTexts::from_parts({{"a", {{writer(1), 3}}}}, context));
  EXPECT_FALSE(ObservedTexts::from_parts({{"a", {{writer(1), 0}}}}, context));
}

}  // namespace
}  // namespace lath
