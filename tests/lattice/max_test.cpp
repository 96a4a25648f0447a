// Max and Min over 64-bit integers and doubles, with the values that break naive comparisons.
#include "lath/lattice/max.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "lattice/laws.hpp"

namespace lath {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double nan_of(std::uint64_t bits) {
  return std::bit_cast<double>(bits);
}
std::uint64_t bits_of(double number) {
  return std::bit_cast<std::uint64_t>(number);
}

std::vector<double> adversarial_doubles() {
  return {0.0,
          -0.0,
          1.5,
          -1.5,
          kInfinity,
          -kInfinity,
          std::numeric_limits<double>::denorm_min(),
          std::numeric_limits<double>::max(),
          std::numeric_limits<double>::lowest(),
          nan_of(0x7ff8000000000000),
          nan_of(0x7ff8000000000001),
          nan_of(0xfff8000000000000),
          nan_of(0xffffffffffffffff),
          nan_of(0x7ff0000000000001),
          nan_of(0xfff0000000000001)};
}

template <class L, class T>
std::vector<L> samples_of(const std::vector<T>& values) {
  std::vector<L> samples{L{}};
  for (const T value : values) samples.emplace_back(value);
  return samples;
}

TEST(Max, obeys_the_laws) {
  expect_laws(samples_of<Max<std::int64_t>>(std::vector<std::int64_t>{kLowest, kLowest + 1, -1, 0, 0, 1, kHighest}));
  expect_laws(samples_of<Max<double>>(adversarial_doubles()));
}

TEST(Min, obeys_the_laws) {
  expect_laws(samples_of<Min<std::int64_t>>(std::vector<std::int64_t>{kLowest, kLowest + 1, -1, 0, 0, 1, kHighest}));
  expect_laws(samples_of<Min<double>>(adversarial_doubles()));
}

TEST(Max, grows_from_bottom_by_the_lowest_value) {
  Max<std::int64_t> max;
  EXPECT_FALSE(max.value().has_value());
  EXPECT_TRUE(max.merge(kLowest));
  EXPECT_EQ(max.value(), kLowest);
  EXPECT_FALSE(max.merge(kLowest));
  Min<std::int64_t> min;
  EXPECT_TRUE(min.merge(kHighest));
  EXPECT_EQ(min.value(), kHighest);
}

TEST(Max, agrees_with_the_standard_on_random_integers) {
  Random random(1);
  Max<std::int64_t> max;
  Min<std::int64_t> min;
  std::vector<std::int64_t> values;
  for (int draw = 0; draw < 1000; ++draw) {
    values.push_back(static_cast<std::int64_t>(random.next()));
    max.merge(values.back());
    min.merge(values.back());
    EXPECT_EQ(max.value(), *std::max_element(values.begin(), values.end()));
    EXPECT_EQ(min.value(), *std::min_element(values.begin(), values.end()));
  }
}

TEST(Max, is_never_poisoned_by_nan) {
  for (const double number : adversarial_doubles()) {
    if (is_nan(number)) continue;
    for (const double nan : adversarial_doubles()) {
      if (!is_nan(nan)) continue;
      EXPECT_EQ(bits_of(*joined(Max<double>(number), Max<double>(nan)).value()), bits_of(number));
      EXPECT_EQ(bits_of(*joined(Max<double>(nan), Max<double>(number)).value()), bits_of(number));
      EXPECT_EQ(bits_of(*joined(Min<double>(nan), Min<double>(number)).value()), bits_of(number));
      EXPECT_EQ(bits_of(*joined(Min<double>(number), Min<double>(nan)).value()), bits_of(number));
    }
  }
}

TEST(Max, holds_every_nan_in_one_form) {
  for (const double nan : adversarial_doubles()) {
    if (!is_nan(nan)) continue;
    EXPECT_EQ(bits_of(*Max<double>(nan).value()), 0x7ff8000000000000U);
    EXPECT_EQ(bits_of(*Min<double>(nan).value()), 0x7ff8000000000000U);
    EXPECT_FALSE(Max<double>(nan).is_bottom());
  }
}

TEST(Max, orders_the_signed_zeros) {
  EXPECT_EQ(bits_of(*joined(Max<double>(-0.0), Max<double>(0.0)).value()), bits_of(0.0));
  EXPECT_EQ(bits_of(*joined(Min<double>(0.0), Min<double>(-0.0)).value()), bits_of(-0.0));
  EXPECT_NE(Max<double>(0.0), Max<double>(-0.0));
}

}  // namespace
}  // namespace lath
