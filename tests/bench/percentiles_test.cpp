#include "bench/clients/percentiles.hpp"

#include <gtest/gtest.h>

namespace lath::bench {
namespace {

TEST(Percentiles, are_the_nearest_ranks_of_a_hundred) {
  Samples samples;
  for (int i = 100; i >= 1; --i) samples.add(i);
  EXPECT_EQ(samples.median(), 50);
  EXPECT_EQ(samples.percentile(99), 99);
  EXPECT_EQ(samples.percentile(99.1), 100);
  EXPECT_EQ(samples.percentile(100), 100);
  EXPECT_EQ(samples.percentile(0.5), 1);
}

TEST(Percentiles, of_one_sample_are_that_sample) {
  Samples samples;
  samples.add(7);
  EXPECT_EQ(samples.percentile(0.1), 7);
  EXPECT_EQ(samples.percentile(99.9), 7);
}

TEST(Percentiles, take_samples_after_they_were_asked) {
  Samples samples;
  samples.add(3);
  EXPECT_EQ(samples.median(), 3);
  samples.add(1);
  samples.add(2);
  EXPECT_EQ(samples.median(), 2);
}

}  // namespace
}  // namespace lath::bench
