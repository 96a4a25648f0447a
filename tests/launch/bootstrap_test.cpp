#include "launch/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "lath/limits.hpp"
#include "thread_group.hpp"

namespace lath {
namespace {

using testing::run_group;

Record record(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(Bootstrap, records_of_different_sizes_reach_everybody_in_the_order_of_ranks) {
  run_group(4, [](GroupBootstrap& group) {
    const std::vector<Record> sent = {record("zero"), record(""), record("a much longer record"), record("3")};
    const auto all = gather(group, "a test", sent[static_cast<std::size_t>(group.rank())]);
    ASSERT_TRUE(all);
    EXPECT_EQ(*all, sent);
    const auto empty = gather(group, "a test", {});
    ASSERT_TRUE(empty);
    EXPECT_EQ(*empty, std::vector<Record>(4));
  });
}

TEST(Bootstrap, the_first_rank_hands_its_record_out) {
  run_group(3, [](GroupBootstrap& group) {
    const Record mine = record("cookie");
    const auto told = hand_out(group, "a test", group.rank() == 0 ? Bytes(mine) : Bytes());
    ASSERT_TRUE(told);
    EXPECT_EQ(*told, mine);
  });
}

TEST(Bootstrap, one_failure_is_everybodys_answer_and_names_the_node) {
  run_group(3, [](GroupBootstrap& group) {
    const auto agreed =
        agree(group, "a test", group.rank() == 1 ? Result<void>(Error{Code::kFull, "/dev/shm is too small"}) : Result<void>());
    ASSERT_FALSE(agreed);
    EXPECT_EQ(agreed.error().code, Code::kFull);
    EXPECT_EQ(agreed.error().text, group.rank() == 1 ? "/dev/shm is too small" : "node 1: /dev/shm is too small");
    EXPECT_TRUE(agree(group, "a test", {}));
  });
}

TEST(Bootstrap, a_group_of_one_talks_to_itself) {
  AloneBootstrap alone;
  const Record mine = record("x");
  EXPECT_EQ(*gather(alone, "a test", mine), std::vector<Record>{mine});
  EXPECT_EQ(*hand_out(alone, "a test", mine), mine);
  EXPECT_EQ(agree(alone, "a test", Error{Code::kIo, "no"}).error().text, "no");
}

TEST(Bootstrap, a_record_over_the_limit_is_refused_by_all) {
  run_group(2, [](GroupBootstrap& group) {
    const Record large(group.rank() == 0 ? kRecordBytesMax + 1 : 1);
    const auto all = gather(group, "a test", large);
    ASSERT_FALSE(all);
    EXPECT_EQ(all.error().code, Code::kTooLarge);
  });
}

}  // namespace
}  // namespace lath
