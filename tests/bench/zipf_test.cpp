#include "bench/clients/zipf.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lath::bench {
namespace {

constexpr std::uint64_t kItems = 1000;
constexpr std::size_t kDraws = 1'000'000;

template <class Zipf>
std::vector<double> shares(const Zipf& zipf) {
  Random random(7);
  std::vector<double> share(kItems);
  for (std::size_t i = 0; i < kDraws; ++i) share.at(zipf.draw(random)) += 1.0 / kDraws;
  return share;
}

double expected(std::uint64_t rank, double exponent) {
  return std::pow(static_cast<double>(rank + 1), -exponent) / GrayZipf::zeta(kItems, exponent);
}

// Each of the first ranks within five standard deviations of its share.
void expect_exact(double exponent) {
  const std::vector<double> share = shares(RejectionInversionZipf(kItems, exponent));
  for (const std::uint64_t rank : {0UL, 1UL, 2UL, 5UL, 20UL, 100UL, 999UL}) {
    const double wanted = expected(rank, exponent);
    EXPECT_NEAR(share[rank], wanted, 5 * std::sqrt(wanted / kDraws) + 2.0 / kDraws) << "rank " << rank << ", exponent " << exponent;
  }
}

TEST(RejectionInversionZipf, draws_each_rank_by_its_share) {
  expect_exact(0.5);
  expect_exact(4.0);
  expect_exact(0.99);
}

TEST(GrayZipf, draws_the_first_two_ranks_exactly_and_the_others_nearly) {
  const std::vector<double> share = shares(GrayZipf(kItems, 0.99));
  for (const std::uint64_t rank : {0UL, 1UL}) EXPECT_NEAR(share[rank], expected(rank, 0.99), 5 * std::sqrt(share[rank] / kDraws));
  double first_hundred = 0, wanted = 0;
  for (std::uint64_t rank = 0; rank < 100; ++rank) {
    first_hundred += share[rank];
    wanted += expected(rank, 0.99);
  }
  EXPECT_NEAR(first_hundred, wanted, 0.02);
}

TEST(GrayZipf, draws_no_rank_beyond_the_items) {
  Random random(3);
  const GrayZipf zipf(10, 0.99);
  for (int i = 0; i < 100'000; ++i) ASSERT_LT(zipf.draw(random), 10U);
}

}  // namespace
}  // namespace lath::bench
