// What a node's log is told of lost nodes, and when it looks for them: time is the test's.
#include "control/node_watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "views.hpp"

namespace lath {
namespace {

using testing::view_of;

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kWatchStep = kSecond / 10;

class Watch : public ::testing::Test {
 protected:
  // Answers nothing; gathers what is asked and told.
  void run(TimeNs duration) {
    for (const TimeNs end = now_ + duration; now_ < end; now_ += kWatchStep) {
      for (const NodeWatch::Look& look : watch_.take_looks(now_)) looks_.push_back(look);
      for (NodeNews& news : watch_.take_news(now_)) news_.push_back(std::move(news));
    }
  }
  std::size_t looks_at(std::uint32_t node) const {
    return static_cast<std::size_t>(std::ranges::count(looks_, NodeId{node}, &NodeWatch::Look::node));
  }

  TimeNs now_ = 100 * kSecond;
  View view_ = view_of(8, 1);
  NodeWatch watch_{NodeId{6}, view_, Random(1), now_};
  std::vector<NodeWatch::Look> looks_;
  std::vector<NodeNews> news_;
};

TEST_F(Watch, looks_at_the_next_few_nodes_and_at_no_others) {
  run(60 * kSecond);
  for (const std::uint32_t neighbour : {7U, 0U, 1U}) {
    EXPECT_GE(looks_at(neighbour), 12U) << neighbour;
    EXPECT_LE(looks_at(neighbour), 24U) << neighbour;
  }
  for (const std::uint32_t other : {2U, 3U, 4U, 5U, 6U}) EXPECT_EQ(looks_at(other), 0U) << other;
  EXPECT_TRUE(news_.empty());
}

TEST_F(Watch, who_speaks_by_itself_is_not_asked) {
  for (int second = 0; second < 60; ++second) {
    watch_.heard(NodeId{7}, now_);
    run(kSecond);
  }
  EXPECT_EQ(looks_at(7), 0U);
  EXPECT_GE(looks_at(0), 12U);
}

TEST_F(Watch, a_loss_is_told_once_with_its_reason_and_so_is_the_return) {
  EXPECT_TRUE(watch_.lost(NodeId{3}, "it ended", now_));
  EXPECT_FALSE(watch_.lost(NodeId{3}, "it ended again", now_ + kSecond / 2));
  run(30 * kSecond);
  ASSERT_EQ(news_.size(), 1U);
  EXPECT_TRUE(news_[0].lost);
  EXPECT_EQ(news_[0].node, NodeId{3});
  EXPECT_EQ(watch_.lost_now(now_), 1U);
  EXPECT_TRUE(watch_.heard(NodeId{3}, now_));
  run(kSecond);
  ASSERT_EQ(news_.size(), 2U);
  EXPECT_FALSE(news_[1].lost);
  EXPECT_EQ(news_[1].away_ns, 30 * kSecond);
  EXPECT_EQ(watch_.lost_now(now_), 0U);
}

TEST_F(Watch, who_answers_at_once_has_only_lost_a_connection) {
  watch_.lost(NodeId{3}, "a connection ended", now_);
  run(kWatchStep);
  ASSERT_EQ(looks_at(3), 1U) << "it is asked";
  EXPECT_FALSE(looks_.back().once) << "as often as an answer may take";
  EXPECT_TRUE(watch_.heard(NodeId{3}, now_));
  run(30 * kSecond);
  EXPECT_TRUE(news_.empty());
}

TEST_F(Watch, who_has_left_is_not_missed) {
  watch_.lost(NodeId{7}, "its connection ended", now_);
  NodeEntry left = *view_.find(NodeId{7});
  left.state = NodeState::kLeft;
  view_.merge(left);
  watch_.follow(view_, now_);
  looks_.clear();
  run(60 * kSecond);
  EXPECT_TRUE(news_.empty());
  EXPECT_EQ(looks_at(7), 0U);
  EXPECT_GE(looks_at(2), 12U) << "the next is a neighbour now";
  EXPECT_FALSE(watch_.lost(NodeId{7}, "still", now_));
}

TEST_F(Watch, a_node_that_comes_and_goes_costs_two_lines_a_minute) {
  for (int flap = 0; flap < 100; ++flap) {
    watch_.lost(NodeId{3}, "it ended", now_);
    run(3 * kSecond);
    watch_.heard(NodeId{3}, now_);
    run(3 * kSecond);
  }
  EXPECT_GE(news_.size(), 10U) << "of 10 minutes";
  EXPECT_LE(news_.size(), 22U);
  EXPECT_TRUE(std::ranges::any_of(news_, [](const NodeNews& news) { return news.untold >= 5; }))
      << "and what was left out is counted";
  watch_.lost(NodeId{3}, "it ended", now_);
  run(2 * kLossLineNs);
  EXPECT_TRUE(news_.back().lost) << "the last line is true";
}

TEST_F(Watch, a_lost_node_is_looked_for_often_at_first_and_once_a_minute_for_ever) {
  watch_.lost(NodeId{3}, "it ended", now_);
  run(16 * kSecond);
  EXPECT_GE(looks_at(3), 8U);
  run(3600 * kSecond);
  const std::size_t before = looks_at(3);
  run(600 * kSecond);
  EXPECT_GE(looks_at(3) - before, 9U);
  EXPECT_LE(looks_at(3) - before, 11U);
  const auto last = std::ranges::find(looks_.rbegin(), looks_.rend(), NodeId{3}, &NodeWatch::Look::node);
  EXPECT_TRUE(last->once) << "nothing is expected of it";
}

}  // namespace
}  // namespace lath
