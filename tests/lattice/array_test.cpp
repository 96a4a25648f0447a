// Element-wise arrays: greatest, least, and sums by writer, over all four element types.
#include "lath/lattice/array.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "lattice/laws.hpp"

namespace lath {
namespace {

template <class T>
class Array : public testing::Test {};
using ElementTypes = testing::Types<std::int32_t, std::int64_t, float, double>;
TYPED_TEST_SUITE(Array, ElementTypes, );

template <Number T>
std::vector<T> adversarial() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values{T{0}, T{1}, Limits::lowest(), Limits::max()};
  if constexpr (std::floating_point<T>) {
    const auto nan_bits = std::bit_cast<BitsOf<T>>(Limits::quiet_NaN());
    const auto sign = std::bit_cast<BitsOf<T>>(T{-0.0});
    values.insert(values.end(), {T{-0.0}, Limits::infinity(), -Limits::infinity(), std::bit_cast<T>(nan_bits),
                                 std::bit_cast<T>(nan_bits + 7), std::bit_cast<T>(nan_bits | sign)});
  }
  return values;
}

template <Number T>
std::vector<T> random_values(Random& random, std::size_t count) {
  const std::vector<T> pool = adversarial<T>();
  std::vector<T> values;
  for (std::size_t index = 0; index < count; ++index) {
    values.push_back(random.below(8) == 0 ? pool[random.below(pool.size())] : static_cast<T>(random.below(1000)) / T{7});
  }
  return values;
}

template <Number T>
bool all_same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, same_bits<T>);
}

TYPED_TEST(Array, extremes_obey_the_laws) {
  using T = TypeParam;
  std::vector<ArrayMax<T>> greatest{{}};
  std::vector<ArrayMin<T>> least{{}};
  for (const T value : adversarial<T>()) {
    for (const std::vector<T>& values : {std::vector<T>{value}, std::vector<T>{T{1}, value}}) {
      greatest.emplace_back(values);
      least.emplace_back(values);
    }
  }
  greatest.emplace_back(adversarial<T>());
  least.emplace_back(adversarial<T>());
  expect_laws(greatest);
  expect_laws(least);
}

TYPED_TEST(Array, sums_obey_the_laws) {
  using T = TypeParam;
  using Slot = typename ArraySum<T>::Slot;
  std::vector<ArraySum<T>> samples{{}, ArraySum<T>::of(Slot{writer(1), {1, {}}})};
  for (const T value : adversarial<T>()) samples.push_back(ArraySum<T>::of(Slot{writer(1), {1, {value}}}));
  samples.push_back(ArraySum<T>::of(Slot{writer(1), {2, {T{1}}}}));
  samples.push_back(ArraySum<T>::of(Slot{writer(2), {~std::uint64_t{0}, {T{1}, T{2}}}}));
  samples.push_back(joined(samples[2], samples.back()));
  expect_laws(samples);
}

TYPED_TEST(Array, deltas_equal_the_full_state) {
  using T = TypeParam;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    ArraySum<T> sum;
    ArrayMax<T> greatest;
    ArrayMin<T> least;
    std::vector<ArraySum<T>> sum_deltas;
    std::vector<ArrayMax<T>> greatest_deltas;
    std::vector<ArrayMin<T>> least_deltas;
    for (int step = 0; step < 30; ++step) {
      const std::vector<T> values = random_values<T>(random, random.below(9));
      sum_deltas.push_back(ArraySum<T>::of(*sum.add(writer(static_cast<std::uint32_t>(random.below(4))), values)));
      greatest.merge(values);
      least.merge(values);
      greatest_deltas.emplace_back(values);
      least_deltas.emplace_back(values);
    }
    expect_deltas_make(sum_deltas, sum, random);
    expect_deltas_make(greatest_deltas, greatest, random);
    expect_deltas_make(least_deltas, least, random);
    EXPECT_TRUE(all_same_bits(ArraySum<T>::from_slots({sum.slots().begin(), sum.slots().end()})->total(), sum.total()));
  }
}

// Summing in the order of arrival would differ in the last bits; the parts are kept apart, so the total cannot.
TYPED_TEST(Array, total_has_the_same_bits_whatever_the_order_of_merges) {
  using T = TypeParam;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<ArraySum<T>> parts;
    for (std::uint32_t node = 0; node < 8; ++node) {
      ArraySum<T> part;
      for (int step = 0; step < 3; ++step) part.add(writer(node), random_values<T>(random, 16));
      parts.push_back(part);
    }
    ArraySum<T> forwards;
    ArraySum<T> backwards;
    ArraySum<T> grouped_even;
    ArraySum<T> grouped_odd;
    for (std::size_t index = 0; index < parts.size(); ++index) {
      forwards.merge(parts[index]);
      backwards.merge(parts[parts.size() - 1 - index]);
      (index % 2 == 0 ? grouped_even : grouped_odd).merge(parts[index]);
    }
    EXPECT_TRUE(all_same_bits(forwards.total(), backwards.total()));
    EXPECT_TRUE(all_same_bits(forwards.total(), joined(grouped_odd, grouped_even).total()));
  }
}

TEST(ArrayMax, takes_each_greatest_element_and_the_longer_length) {
  ArrayMax<double> held({1.0, -0.0, std::numeric_limits<double>::quiet_NaN()});
  EXPECT_TRUE(held.merge(ArrayMax<double>({0.5, 0.0, -7.0, 9.0})));
  EXPECT_TRUE(all_same_bits(held.values(), {1.0, 0.0, -7.0, 9.0}));
  EXPECT_FALSE(held.merge(ArrayMax<double>({1.0})));
  ArrayMin<std::int32_t> least({3, 3});
  EXPECT_TRUE(least.merge(std::vector<std::int32_t>{4, 2, 8}));
  EXPECT_EQ(least.values(), (std::vector<std::int32_t>{3, 2, 8}));
}

TEST(ArraySum, adds_exactly_and_wraps_as_twos_complement) {
  ArraySum<std::int32_t> sum;
  const std::vector<std::int32_t> most{std::numeric_limits<std::int32_t>::max(), 1};
  const std::vector<std::int32_t> one{1, 1, 5};
  sum.add(writer(1), most);
  sum.add(writer(1), one);
  EXPECT_EQ(sum.total(), (std::vector<std::int32_t>{std::numeric_limits<std::int32_t>::min(), 2, 5}));
  sum.add(writer(2), most);
  EXPECT_EQ(sum.total(), (std::vector<std::int32_t>{-1, 3, 5}));
  EXPECT_EQ(sum.slots().begin()->value.version, 2U);
}

// Processors differ in the NaN that they make of inf - inf, and in whose payload they keep.
TEST(ArraySum, totals_every_nan_in_one_form) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double payload = std::bit_cast<double>(std::uint64_t{0xfff8000000000123});
  ArraySum<double> sum;
  sum.add(writer(1), std::vector<double>{infinity, 1.0, payload});
  sum.add(writer(2), std::vector<double>{-infinity, payload, 1.0});
  ASSERT_EQ(sum.total().size(), 3U);
  for (const double total : sum.total()) EXPECT_EQ(std::bit_cast<std::uint64_t>(total), 0x7ff8000000000000U);
  const auto decoded = ArraySum<double>::of({writer(1), {1, {payload}}});
  EXPECT_EQ(std::bit_cast<std::uint64_t>(decoded.total()[0]), 0x7ff8000000000000U);
}

TEST(ArraySum, refuses_an_addition_once_the_version_is_used_up) {
  auto sum = ArraySum<double>::of({writer(1), {~std::uint64_t{0}, {1.0}}});
  const std::vector<double> one{1.0};
  EXPECT_EQ(sum.add(writer(1), one), nullptr);
  EXPECT_EQ(sum.total(), one);
  EXPECT_FALSE(ArraySum<double>::from_slots({{writer(1), {0, {}}}}));
  EXPECT_FALSE(ArraySum<double>::from_slots({{writer(2), {1, {}}}, {writer(1), {1, {}}}}));
}

}  // namespace
}  // namespace lath
