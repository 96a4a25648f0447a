// One function checks the laws of every lattice, over samples that include bottom and ties; another checks deltas.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "lath/ids.hpp"
#include "lath/lattice/lattice.hpp"

namespace lath {

// The ends, where arithmetic wraps or saturates.
inline constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
inline constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

template <Lattice L>
void expect_laws(const std::vector<L>& samples) {
  EXPECT_TRUE(is_bottom(L{}));
  for (const L& a : samples) {
    EXPECT_EQ(a, a);
    EXPECT_EQ(is_bottom(a), a == L{});
    EXPECT_EQ(joined(a, a), a);
    EXPECT_EQ(joined(a, L{}), a);
    EXPECT_EQ(joined(L{}, a), a);
    L with_itself = a;
    EXPECT_FALSE(with_itself.merge(with_itself));
    EXPECT_EQ(with_itself, a);
    for (const L& b : samples) {
      L grown = a;
      const bool changed = grown.merge(b);
      EXPECT_EQ(changed, grown != a);
      EXPECT_EQ(grown, joined(b, a));
      EXPECT_FALSE(grown.merge(b));
      for (const L& c : samples) EXPECT_EQ(joined(grown, c), joined(a, joined(b, c)));
    }
  }
}

// Merges the deltas in several random orders, each with repeats, and expects the full state every time; folding some of them
// together first, as a delta buffer does, changes nothing either.
template <Lattice L>
void expect_deltas_make(const std::vector<L>& deltas, const L& full, Random& random) {
  for (int order = 0; order < 5; ++order) {
    std::vector<L> sent = deltas;
    for (std::size_t repeat = 0; repeat < deltas.size() / 2; ++repeat) sent.push_back(deltas[random.below(deltas.size())]);
    for (std::size_t left = sent.size(); left > 1; --left) std::swap(sent[left - 1], sent[random.below(left)]);
    L one_by_one;
    L folded_pairs;
    L buffer;
    for (std::size_t index = 0; index < sent.size(); ++index) {
      one_by_one.merge(sent[index]);
      buffer.merge(sent[index]);
      if (random.below(3) == 0) folded_pairs.merge(std::exchange(buffer, L{}));
    }
    folded_pairs.merge(buffer);
    EXPECT_EQ(one_by_one, full);
    EXPECT_EQ(folded_pairs, full);
  }
}

inline WriterId writer(std::uint32_t node) {
  return WriterId{NodeId{node}, ShardId{0}, 1};
}

}  // namespace lath
