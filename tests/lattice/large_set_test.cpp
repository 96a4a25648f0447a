// Sets of more than one chunk: the laws again, and what one element costs in steps, which are counted and not timed.
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lath/lattice/set.hpp"
#include "lattice/laws.hpp"

namespace lath {
namespace {

using Observed = OrSet<std::uint64_t>;
using Grown = GSet<std::uint64_t>;
constexpr std::size_t kChunk = Observed::Entries::kChunkValues;

Observed add(Observed& set, std::uint64_t element, std::uint32_t node) {
  return set.add(element, *set.context().next(writer(node)));
}

std::vector<Observed::Entry> entries_of(const Observed& set) {
  return {set.entries().begin(), set.entries().end()};
}

TEST(LargeSet, obeys_the_laws) {
  Observed full;
  for (std::uint64_t element = 0; element < 3 * kChunk; ++element) add(full, element * 7 % 1000, 1);
  Observed other;
  for (std::uint64_t element = 0; element < kChunk + 1; ++element) add(other, element * 5 % 1000, 2);
  Observed fewer = full;
  for (std::uint64_t element = 0; element < 200; ++element) fewer.remove(element * 2);
  Observed again = full;
  const Observed renewed = add(again, 0, 1);
  const Observed removal = again.remove(std::uint64_t{7});
  expect_laws<Observed>({Observed{}, full, other, fewer, again, renewed, removal, joined(other, fewer), joined(removal, renewed)});

  Grown even;
  Grown few;
  for (std::uint64_t element = 0; element < 3 * kChunk; ++element) even.add(2 * element);
  for (std::uint64_t element = 0; element < 9; ++element) few.add(100 * element + 1);
  expect_laws<Grown>({Grown{}, even, few, joined(even, few), Grown::of(3), Grown::of(1'000'000)});
}

// A replica that merges small deltas, by its index of dots, one that merges whole states, which forgets it, and one that is rebuilt
// at each step and so never has one: all the same.
TEST(LargeSet, is_the_same_whether_dots_are_found_by_the_index_or_by_looking_at_each) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Observed here;
    for (std::uint64_t element = 0; element < 5 * kChunk; ++element) add(here, element, 1);
    Observed by_deltas = here;
    Observed by_wholes = here;
    Observed rebuilt = here;
    Observed there = here;
    std::vector<Observed> deltas;
    for (int step = 0; step < 300; ++step) {
      Observed& at = random.below(2) == 0 ? here : there;
      const std::uint64_t element = random.below(6 * kChunk);
      const auto node = static_cast<std::uint32_t>(&at == &here ? 1 : 2);
      const Observed delta = random.below(3) == 0 ? add(at, element, node) : at.remove(element);
      deltas.push_back(delta);
      by_deltas.merge(delta);
      rebuilt = *Observed::from_parts(entries_of(rebuilt), rebuilt.context());
      rebuilt.merge(delta);
      if (step % 40 == 0) by_wholes.merge(joined(here, there));
      if (step % 90 == 0) by_deltas.merge(here);
      if (step % 40 == 0) here.merge(there);
    }
    const Observed full = joined(here, there);
    by_wholes.merge(full);
    EXPECT_EQ(by_deltas, full);
    EXPECT_EQ(by_wholes, full);
    EXPECT_EQ(rebuilt, full);
  }
}

// A peer may claim that two elements share a dot; whoever has seen it and holds neither removes both.
TEST(LargeSet, removes_every_element_that_a_removed_dot_is_on) {
  std::vector<Observed::Entry> entries;
  DotContext context;
  for (std::uint64_t element = 0; element < 4 * kChunk; ++element) {
    const Dot dot{writer(1), element / 2 + 1};
    context.insert(dot);
    entries.push_back({element, {dot}});
  }
  Observed set = *Observed::from_parts(entries, context);
  DotContext removed;
  removed.insert({writer(1), kChunk});
  EXPECT_TRUE(set.merge(*Observed::from_parts({}, removed)));
  EXPECT_EQ(set.entries().size(), 4 * kChunk - 2);
  EXPECT_FALSE(set.contains(2 * kChunk - 2));
  EXPECT_FALSE(set.contains(2 * kChunk - 1));
}

// Counts what is done with it.
struct Counted {
  std::uint64_t number = 0;

  Counted() = default;
  explicit Counted(std::uint64_t of) : number(of) {}
  Counted(const Counted& other) : number(other.number) { ++steps; }
  Counted(Counted&& other) noexcept : number(other.number) { ++steps; }
  Counted& operator=(const Counted& other) {
    number = other.number;
    ++steps;
    return *this;
  }
  Counted& operator=(Counted&& other) noexcept {
    number = other.number;
    ++steps;
    return *this;
  }
  ~Counted() = default;
  bool operator<(const Counted& other) const {
    ++steps;
    return number < other.number;
  }
  bool operator==(const Counted& other) const {
    ++steps;
    return number == other.number;
  }

  static inline std::uint64_t steps = 0;
};

struct Steps {
  double contains = 0, add = 0, add_again = 0, remove = 0, grow = 0;
  double merge_add = 0, merge_add_again = 0, merge_remove = 0, merge_grow = 0;
};

// Of one operation, on average over many.
Steps steps_at(std::uint64_t size) {
  using Set = OrSet<Counted>;
  Set here;
  GSet<Counted> grown;
  const auto element = [&](std::uint64_t index) { return Counted{index * 0x9e3779b97f4a7c15ULL}; };
  const auto next = [&] { return *here.context().next(writer(1)); };
  for (std::uint64_t index = 0; index < size; ++index) {
    here.add(element(index), next());
    grown.add(element(index));
  }
  Set there = here;
  GSet<Counted> grown_there = grown;
  there.merge(there.add(element(size), next()));
  const auto first = here.add(element(0), next());
  there.merge(first);  // makes the index
  Steps sum;
  const auto counted = [](double& to, auto&& work) {
    const std::uint64_t before = Counted::steps;
    auto answer = work();
    to += static_cast<double>(Counted::steps - before);
    return answer;
  };
  constexpr std::uint64_t kRounds = 200;
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    const Counted held = element(round);
    const Counted fresh = element(size + round);
    EXPECT_TRUE(counted(sum.contains, [&] { return here.contains(held); }));
    const Set added = counted(sum.add, [&] { return here.add(fresh, next()); });
    const Set again = counted(sum.add_again, [&] { return here.add(held, next()); });
    const Set removed = counted(sum.remove, [&] { return here.remove(held); });
    EXPECT_TRUE(counted(sum.merge_add, [&] { return there.merge(added); }));
    EXPECT_TRUE(counted(sum.merge_add_again, [&] { return there.merge(again); }));
    EXPECT_TRUE(counted(sum.merge_remove, [&] { return there.merge(removed); }));
    EXPECT_TRUE(counted(sum.grow, [&] { return grown.add(fresh); }));
    EXPECT_TRUE(counted(sum.merge_grow, [&] { return grown_there.merge(GSet<Counted>::of(fresh)); }));
    EXPECT_FALSE(there.contains(held));
    EXPECT_TRUE(there.contains(fresh));
  }
  for (double* each : {&sum.contains, &sum.add, &sum.add_again, &sum.remove, &sum.grow, &sum.merge_add, &sum.merge_add_again,
                       &sum.merge_remove, &sum.merge_grow})
    *each /= kRounds;
  return sum;
}

// A search is one comparison for each doubling, and a few searches and half a chunk's moves are all that an operation does.
TEST(LargeSet, takes_steps_for_one_element_that_grow_as_a_logarithm) {
  for (const std::uint64_t size : {std::uint64_t{1000}, std::uint64_t{10'000}, std::uint64_t{50'000}}) {
    SCOPED_TRACE(size);
    const double search = std::log2(static_cast<double>(size)) + 4;
    const double change = 2 * search + 3 * static_cast<double>(kChunk);
    const Steps steps = steps_at(size);
    EXPECT_LT(steps.contains, search);
    EXPECT_LT(steps.grow, change);
    EXPECT_LT(steps.merge_grow, change);
    EXPECT_LT(steps.add, change);
    EXPECT_LT(steps.add_again, change);
    EXPECT_LT(steps.remove, change);
    EXPECT_LT(steps.merge_add, 3 * change);  // of the index, too
    EXPECT_LT(steps.merge_add_again, 4 * change);
    EXPECT_LT(steps.merge_remove, 3 * change);
  }
}

}  // namespace
}  // namespace lath
