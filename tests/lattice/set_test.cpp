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

using Bytes = std::string;
using Grown = GSet<Bytes>;
using Observed = OrSet<Bytes>;

std::vector<Observed::Entry> entries_of(const Observed& set) {
  return {set.entries().begin(), set.entries().end()};
}

TEST(GSet, obeys_the_laws) {
  const Grown empty_string = Grown::of("");
  const Grown a = Grown::of("a");
  const Grown nul = Grown::of(Bytes("a\0", 2));
  expect_laws<Grown>({Grown{}, empty_string, a, nul, joined(a, empty_string), joined(joined(a, nul), Grown::of("\xff"))});
}

TEST(GSet, equals_a_standard_set_whatever_the_order_of_merges) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Grown full;
    std::set<Bytes> expected;
    std::vector<Grown> deltas;
    for (int step = 0; step < 80; ++step) {
      const Bytes element = std::to_string(random.below(40));
      EXPECT_EQ(full.add(element), expected.insert(element).second);
      deltas.push_back(Grown::of(element));
    }
    EXPECT_TRUE(std::ranges::equal(full.elements(), expected));
    EXPECT_TRUE(full.contains(*expected.begin()));
    EXPECT_FALSE(full.contains("absent"));
    expect_deltas_make(deltas, full, random);
  }
}

TEST(GSet, is_rebuilt_only_from_sorted_elements) {
  EXPECT_TRUE(Grown::from_elements({"", "a"}));
  EXPECT_FALSE(Grown::from_elements({"b", "a"}));
  EXPECT_FALSE(Grown::from_elements({"a", "a"}));
}

TEST(OrSet, obeys_the_laws) {
  Observed added;
  added.add("x", {writer(1), 1});
  Observed again = added;
  again.add("x", {writer(1), 2});
  Observed removed = again;
  removed.remove("x");
  Observed elsewhere;
  elsewhere.add("x", {writer(2), 1});
  elsewhere.add("", {writer(2), 2});
  Observed gap;
  gap.add("y", {writer(1), 9});
  Observed reused_dot;  // a broken promise: the same dot on another element
  reused_dot.add("z", {writer(1), 1});
  Observed partly = joined(again, elsewhere);
  const Observed removal = partly.remove("x");
  expect_laws<Observed>({Observed{}, added, again, removed, elsewhere, gap, reused_dot, partly, removal, joined(gap, added)});
}

TEST(OrSet, a_concurrent_add_wins_over_a_remove) {
  Observed here;
  here.add("x", *here.context().next(writer(1)));
  Observed there = here;
  here.remove("x");
  there.add("x", *there.context().next(writer(2)));
  EXPECT_FALSE(here.contains("x"));
  here.merge(there);
  there.merge(here);
  EXPECT_TRUE(here.contains("x"));
  EXPECT_EQ(here, there);
}

TEST(OrSet, a_remove_that_has_seen_the_add_wins_and_leaves_only_context) {
  Observed here;
  here.add("x", *here.context().next(writer(1)));
  Observed stale = here;
  const Observed removal = here.remove("x");
  EXPECT_TRUE(here.entries().empty());
  EXPECT_FALSE(here.is_bottom());
  EXPECT_TRUE(stale.merge(removal));
  EXPECT_FALSE(here.merge(stale));
  EXPECT_FALSE(stale.contains("x"));
  EXPECT_TRUE(stale.context().cloud().empty());
}

TEST(OrSet, changes_nothing_for_a_dot_already_seen) {
  Observed set;
  set.add("x", {writer(1), 1});
  const Observed before = set;
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
    std::array<Observed, 3> replicas;
    std::vector<Observed> deltas;
    for (int step = 0; step < 80; ++step) {
      const std::size_t at = random.below(replicas.size());
      const Bytes element = std::to_string(random.below(6));
      switch (random.below(4)) {
        case 0: deltas.push_back(replicas[at].remove(element)); break;
        case 1: replicas[at].merge(replicas[random.below(replicas.size())]); break;
        default: {
          const auto dot = replicas[at].context().next(writer(static_cast<std::uint32_t>(at)));
          deltas.push_back(replicas[at].add(element, *dot));
        }
      }
    }
    const Observed full = joined(joined(replicas[0], replicas[1]), replicas[2]);
    EXPECT_TRUE(full.context().cloud().empty());
    expect_deltas_make(deltas, full, random);
    EXPECT_EQ(*Observed::from_parts(entries_of(full), full.context()), full);
  }
}

// The definition, dot by dot: unseen on one side takes the other's; seen on both sides needs both to hold it.
TEST(OrSet, merges_as_the_definition_says) {
  Random random(9);
  const auto random_set = [&random] {
    Observed set;
    for (int step = 0; step < 12; ++step) {
      set.add(std::to_string(random.below(5)), {writer(static_cast<std::uint32_t>(random.below(2))), 1 + random.below(9)});
      if (random.below(3) == 0) set.remove(std::to_string(random.below(5)));
    }
    return set;
  };
  const auto held = [](const Observed& set, const Bytes& element, Dot dot) {
    for (const auto& entry : set.entries()) {
      if (entry.element == element) return std::ranges::find(entry.dots, dot) != entry.dots.end();
    }
    return false;
  };
  for (int round = 0; round < 300; ++round) {
    const Observed a = random_set();
    const Observed b = random_set();
    const Observed both = joined(a, b);
    EXPECT_TRUE(Observed::from_parts(entries_of(both), both.context()));
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
  EXPECT_TRUE(Observed::from_parts({{"a", {one}}, {"b", {two}}}, context));
  EXPECT_FALSE(Observed::from_parts({{"b", {one}}, {"a", {two}}}, context));
  EXPECT_FALSE(Observed::from_parts({{"a", {one}}, {"a", {two}}}, context));
  EXPECT_FALSE(Observed::from_parts({{"a", {}}}, context));
  EXPECT_FALSE(Observed::from_parts({{"a", {two, one}}}, context));
  EXPECT_FALSE(Observed::from_parts({{"a", {one, one}}}, context));
  EXPECT_FALSE(Observed::from_parts({{"a", {{writer(1), 3}}}}, context));
  EXPECT_FALSE(Observed::from_parts({{"a", {{writer(1), 0}}}}, context));
}

}  // namespace
}  // namespace lath
