// Batches that get too little time, beside a real shard: each operation ends, and says how.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "lath/lath.h"

namespace lath::test {

namespace {

constexpr std::uint64_t kLong = 30'000'000'000;

// Puts, additions and reads in turn.
class ShortOfTime : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    setenv("LATH_ONE_SIDED", GetParam(), 1);
    lath_options options = LATH_OPTIONS_INIT;
    options.shards = 1;
    options.memory_bytes = std::uint64_t{64} << 20;
    ASSERT_EQ(lath_open("embedded:", &options, &store_), LATH_OK) << lath_last_error(nullptr);
    ASSERT_EQ(lath_session_open(store_, nullptr, &session_), LATH_OK) << lath_last_error(nullptr);
    ASSERT_EQ(lath_batch_open(session_, 0, &batch_), LATH_OK);
  }
  void TearDown() override {
    EXPECT_EQ(lath_session_close(session_), LATH_OK);
    EXPECT_EQ(lath_close(store_), LATH_OK) << lath_last_error(nullptr);
    unsetenv("LATH_ONE_SIDED");
  }

  void fill(std::size_t count) {
    rooms_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = (i % 3 == 1 ? "counter" : "key") + std::to_string(i / 3);
      if (i % 3 == 0) {
        ASSERT_EQ(lath_batch_put(batch_, key.data(), key.size(), "v", 1), LATH_OK);
      } else if (i % 3 == 1) {
        ASSERT_EQ(lath_batch_counter_add(batch_, key.data(), key.size(), 1), LATH_OK);
      } else {
        ASSERT_EQ(lath_batch_get(batch_, key.data(), key.size(), rooms_[i].value, sizeof rooms_[i].value, &rooms_[i].size),
                  LATH_OK);
      }
    }
  }
  // How many were out of time.
  std::size_t late(lath_status whole) {
    std::size_t count = 0;
    lath_status first = LATH_OK;
    for (std::size_t i = 0; i < lath_batch_count(batch_); ++i) {
      const lath_status status = lath_batch_status(batch_, i);
      const bool known = status == LATH_OK || status == LATH_E_TIMEOUT || status == LATH_E_NOT_FOUND || status == LATH_E_UNKNOWN;
      EXPECT_TRUE(known) << i << ": " << status;
      if (first == LATH_OK) first = status;
      count += status == LATH_E_TIMEOUT || status == LATH_E_UNKNOWN;
    }
    EXPECT_EQ(whole, first);
    return count;
  }

  struct Room {
    char value[8];
    std::size_t size;
  };
  std::vector<Room> rooms_;
  lath_store* store_ = nullptr;
  lath_session* session_ = nullptr;
  lath_batch* batch_ = nullptr;
};

}  // namespace

TEST_P(ShortOfTime, a_batch_ends_and_so_does_each_operation) {
  for (const std::size_t count : {5UL, 1000UL, 5000UL, 50'000UL}) {
    for (const std::uint64_t timeout_ns : {0UL, 1UL, 100'000UL, 1'000'000UL}) {
      fill(count);
      late(lath_batch_run(batch_, timeout_ns));
    }
    fill(count);
    EXPECT_EQ(late(lath_batch_run(batch_, kLong)), 0U);
  }
}

TEST_P(ShortOfTime, what_is_out_of_time_is_not_begun) {
  fill(50'000);
  EXPECT_GT(late(lath_batch_run(batch_, 0)), 40'000U);
  fill(4000);
  lath_request request = 0;
  ASSERT_EQ(lath_batch_run_nb(batch_, 0, &request), LATH_OK) << lath_last_error(session_);
  EXPECT_GT(late(lath_wait_request(session_, request, kLong)), 2000U);
  EXPECT_NE(std::string(lath_last_error(session_)).find("key \""), std::string::npos) << lath_last_error(session_);
}

INSTANTIATE_TEST_SUITE_P(OneSided, ShortOfTime, testing::Values("on", "off"));

}  // namespace lath::test
