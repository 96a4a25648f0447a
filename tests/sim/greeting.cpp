// A shard that answers no greeting is greeted ever more rarely, and at once when something is heard of it.
#include <gtest/gtest.h>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

constexpr Place kHere{NodeId{0}, ShardId{0}};
constexpr Place kThere{NodeId{1}, ShardId{0}};

class Greeting : public ::testing::Test {
 protected:
  // `there` is stopped before anybody has spoken to it, and what `here` has for it waits.
  void greet_in_vain(TimeNs duration) {
    cluster_.stop(kThere.node);
    ASSERT_EQ(session_.call(kHere, {Opcode::kPut, "key", "value"}).status, Code::kOk);
    cluster_.run_for(duration);
  }
  std::uint64_t failed() const { return cluster_.traffic(kHere).peers_failed; }
  bool arrived() {
    FrameBuffer answer;
    return cluster_.read_at(kThere, "key", Opcode::kGet, answer) == Code::kOk;
  }

  SimCluster cluster_{{.nodes = 2, .replication = {2, 1}, .seed = 5}};
  RawSession session_{cluster_, 5};
};

TEST_F(Greeting, grows_rare_and_does_not_end) {
  greet_in_vain(60 * kSecond);
  EXPECT_GE(failed(), 4U) << "who is away for seconds is found in seconds";
  cluster_.run_for(540 * kSecond);
  const std::uint64_t before = failed();
  EXPECT_LE(before, 16U) << "of 10 minutes; it was one every 7 s";
  cluster_.run_for(600 * kSecond);
  EXPECT_GE(failed() - before, 8U);
  EXPECT_LE(failed() - before, 10U);
  cluster_.resume(kThere.node);
  EXPECT_TRUE(cluster_.run_until([&] { return arrived(); }, kGreetingPauseNsMax + 2 * kSecond));
}

TEST_F(Greeting, a_shard_that_greets_by_itself_is_not_kept_waiting) {
  greet_in_vain(600 * kSecond);
  cluster_.resume(kThere.node);
  ASSERT_EQ(session_.call(kThere, {Opcode::kPut, "other", "value"}).status, Code::kOk);
  EXPECT_TRUE(cluster_.run_until([&] { return arrived(); }, 2 * kSecond));
}

TEST_F(Greeting, news_of_a_node_ends_the_pauses) {
  greet_in_vain(600 * kSecond);
  cluster_.resume(kThere.node);
  cluster_.run_for(kSecond / 2);
  ASSERT_FALSE(arrived()) << "it is in a pause: else this test has lost its subject";
  cluster_.loop(kHere).greet_again();
  EXPECT_TRUE(cluster_.run_until([&] { return arrived(); }, 2 * kSecond));
}

TEST_F(Greeting, a_connection_that_lasted_is_made_again_at_once) {
  ASSERT_EQ(session_.call(kHere, {Opcode::kPut, "before", "value"}).status, Code::kOk);
  ASSERT_TRUE(cluster_.run_until_quiet(kSecond));
  cluster_.run_for(60 * kSecond);
  greet_in_vain(4 * kSecond);  // over a connection that stands
  EXPECT_EQ(failed(), 0U);
  cluster_.resume(kThere.node);
  EXPECT_TRUE(cluster_.run_until([&] { return arrived(); }, 2 * kSecond));
}

}  // namespace
}  // namespace lath
