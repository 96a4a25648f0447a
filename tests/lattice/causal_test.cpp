// Version vectors, dot contexts and MvRegister.
#include "lath/lattice/causal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lattice/laws.hpp"

namespace lath {
namespace {

using Register = MvRegister<std::string>;

DotContext context_of(const std::vector<Dot>& dots) {
  DotContext context;
  for (const Dot dot : dots) context.insert(dot);
  return context;
}

TEST(VersionVector, obeys_the_laws) {
  std::vector<VersionVector> samples{{}};
  for (const Dot dot : {Dot{writer(1), 1}, Dot{writer(1), 5}, Dot{writer(2), 1}, Dot{writer(2), kAll}, Dot{writer(3), 0}}) {
    VersionVector vector;
    vector.raise(dot);
    samples.push_back(vector);
  }
  samples.push_back(joined(samples[2], samples[3]));
  expect_laws(samples);
}

TEST(DotContext, obeys_the_laws) {
  const WriterId a = writer(1);
  const WriterId b = writer(2);
  VersionVector everything;
  everything.raise({a, kAll});
  expect_laws<DotContext>({{},
                           context_of({{a, 1}}),
                           context_of({{a, 2}}),
                           context_of({{a, 1}, {a, 2}}),
                           context_of({{a, 3}, {a, 5}, {b, 2}}),
                           context_of({{a, 2}, {a, 4}, {b, 1}}),
                           context_of({{b, 1}, {b, 2}, {a, 0}}),
                           context_of({{a, kAll}, {a, kAll - 1}}),
                           *DotContext::from_parts(everything, {})});
}

TEST(DotContext, has_one_form_whatever_the_order_of_its_dots) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::set<Dot> expected;
    DotContext one_by_one;
    std::vector<DotContext> deltas;
    for (int step = 0; step < 60; ++step) {
      const Dot dot{writer(static_cast<std::uint32_t>(random.below(3))), 1 + random.below(25)};
      EXPECT_EQ(one_by_one.insert(dot), expected.insert(dot).second);
      deltas.push_back(context_of({dot}));
    }
    for (std::uint32_t node = 0; node < 4; ++node) {
      std::uint64_t greatest = 0;
      for (std::uint64_t counter = 0; counter < 30; ++counter) {
        const Dot dot{writer(node), counter};
        EXPECT_EQ(one_by_one.contains(dot), expected.contains(dot));
        if (expected.contains(dot)) greatest = counter;
      }
      EXPECT_EQ(one_by_one.next(writer(node))->counter, greatest + 1);
    }
    EXPECT_EQ(*DotContext::from_parts(one_by_one.versions(), one_by_one.cloud()), one_by_one);
    expect_deltas_make(deltas, one_by_one, random);
  }
}

TEST(DotContext, meets_exactly_the_contexts_with_a_common_event) {
  const auto events_of = [](unsigned chosen) {
    std::vector<Dot> events;
    for (unsigned bit = 0; bit < 6; ++bit) {
      if ((chosen >> bit & 1) != 0) events.push_back(Dot{writer(bit / 3), bit % 3 + 1});
    }
    return context_of(events);
  };
  for (unsigned a = 0; a < 64; ++a) {
    for (unsigned b = 0; b < 64; ++b) EXPECT_EQ(events_of(a).meets(events_of(b)), (a & b) != 0) << a << " and " << b;
  }
}

TEST(DotContext, folds_its_cloud_in_when_a_gap_closes) {
  DotContext context = context_of({{writer(1), 3}, {writer(1), 2}});
  EXPECT_EQ(context.cloud().size(), 2U);
  EXPECT_TRUE(context.insert({writer(1), 1}));
  EXPECT_TRUE(context.cloud().empty());
  EXPECT_EQ(context.versions().count(writer(1)), 3U);
}

TEST(DotContext, gives_no_dot_once_the_counter_is_used_up) {
  EXPECT_EQ(context_of({{writer(1), kAll}}).next(writer(1)), std::nullopt);
  EXPECT_EQ(context_of({{writer(1), kAll}}).next(writer(2)), (Dot{writer(2), 1}));
}

TEST(DotContext, is_rebuilt_only_from_its_one_form) {
  VersionVector two;
  two.raise({writer(1), 2});
  EXPECT_TRUE(DotContext::from_parts(two, {{writer(1), 4}, {writer(1), 5}}));
  EXPECT_FALSE(DotContext::from_parts(two, {{writer(1), 5}, {writer(1), 4}}));
  EXPECT_FALSE(DotContext::from_parts(two, {{writer(1), 4}, {writer(1), 4}}));
  EXPECT_FALSE(DotContext::from_parts(two, {{writer(1), 2}}));
  EXPECT_FALSE(DotContext::from_parts(two, {{writer(1), 3}}));
  EXPECT_FALSE(DotContext::from_parts(two, {{writer(2), 0}}));
  EXPECT_FALSE(VersionVector::from_entries({{writer(1), {0}}}));
}

TEST(MvRegister, obeys_the_laws) {
  Register first;
  first.put("", {}, {writer(1), 1});
  Register second = first;
  second.put("b", first.context(), {writer(1), 2});
  Register beside = first;
  beside.put("c", {}, {writer(2), 1});
  Register broken_promise;  // the same dot with another value
  broken_promise.put("other", {}, {writer(1), 1});
  Register gap;
  gap.put("gap", {}, {writer(1), 9});
  const Register emptied = *Register::from_parts({}, second.context());
  expect_laws<Register>({{}, first, second, beside, broken_promise, gap, emptied, joined(second, beside), joined(gap, beside)});
}

TEST(MvRegister, keeps_concurrent_writes_until_one_that_saw_them) {
  Register here;
  Register there;
  here.put("a", {}, {writer(1), 1});
  there.put("b", {}, {writer(2), 1});
  here.merge(there);
  there.merge(here);
  EXPECT_EQ(here, there);
  ASSERT_EQ(here.siblings().size(), 2U);
  EXPECT_EQ(here.siblings()[0].value, "a");
  EXPECT_EQ(here.siblings()[1].value, "b");
  const DotContext seen = here.context();
  here.put("c", {}, *here.context().next(writer(1)));  // blind: beside what is there
  EXPECT_EQ(here.siblings().size(), 3U);
  here.put("d", seen, *here.context().next(writer(1)));  // over "a" and "b", which it saw, and not over "c"
  ASSERT_EQ(here.siblings().size(), 2U);
  EXPECT_EQ(here.siblings()[0].value, "c");
  EXPECT_EQ(here.siblings()[1].value, "d");
  EXPECT_TRUE(there.merge(here));
  EXPECT_EQ(here, there);
}

TEST(MvRegister, changes_nothing_for_a_dot_already_seen) {
  Register held;
  held.put("a", {}, {writer(1), 1});
  const Register before = held;
  EXPECT_TRUE(held.put("b", {}, {writer(1), 1}).is_bottom());
  EXPECT_TRUE(held.put("b", {}, {writer(1), 0}).is_bottom());
  EXPECT_TRUE(held.put("b", context_of({{writer(1), 1}, {writer(1), 2}}), {writer(1), 2}).is_bottom());
  EXPECT_EQ(held, before);
}

TEST(MvRegister, deltas_equal_the_full_state) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::array<Register, 3> replicas;
    std::vector<DotContext> read{{}};
    std::vector<Register> deltas;
    for (int step = 0; step < 60; ++step) {
      const std::size_t at = random.below(replicas.size());
      if (random.below(4) == 0) {
        replicas[at].merge(replicas[random.below(replicas.size())]);
        continue;
      }
      const DotContext& seen = read[random.below(read.size())];
      const Dot dot = *joined(replicas[at].context(), seen).next(writer(static_cast<std::uint32_t>(at)));
      deltas.push_back(replicas[at].put(std::to_string(step), seen, dot));
      read.push_back(replicas[random.below(replicas.size())].context());
    }
    const Register full = joined(joined(replicas[0], replicas[1]), replicas[2]);
    EXPECT_GE(full.siblings().size(), 1U);
    expect_deltas_make(deltas, full, random);
  }
}

TEST(MvRegister, is_rebuilt_only_from_sorted_siblings_in_its_context) {
  const Dot one{writer(1), 1};
  const Dot two{writer(1), 2};
  const DotContext both = context_of({one, two});
  EXPECT_TRUE(Register::from_parts({{one, "a"}, {two, "b"}}, both));
  EXPECT_FALSE(Register::from_parts({{two, "a"}, {one, "b"}}, both));
  EXPECT_FALSE(Register::from_parts({{one, "a"}, {one, "b"}}, both));
  EXPECT_FALSE(Register::from_parts({{two, "a"}}, context_of({one})));
}

}  // namespace
}  // namespace lath
