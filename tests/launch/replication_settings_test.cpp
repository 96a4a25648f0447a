#include "launch/replication_settings.hpp"

#include <gtest/gtest.h>

namespace lath {
namespace {

Record told(const std::string& replication, const std::vector<std::string>& prefixes = {}) {
  Config config;
  config.replication = replication;
  config.replication_prefixes = prefixes;
  return replication_record(config);
}

std::vector<std::string> differences(const std::vector<Record>& records) {
  const auto found = replication_differences(records);
  EXPECT_TRUE(found);
  return found ? *found : std::vector<std::string>{};
}

TEST(ReplicationSettings, nodes_that_were_told_the_same_or_nothing_agree) {
  EXPECT_TRUE(differences({told("")}).empty());
  EXPECT_TRUE(differences({told("2x1"), told("2x1"), told("")}).empty());
  EXPECT_TRUE(differences({told("", {"a/=2x1", "b/=3x1"}), told("", {"b/=3x1", "a/=2x1"}), told("")}).empty());
}

TEST(ReplicationSettings, a_node_that_was_told_otherwise_is_named_with_its_setting) {
  const auto one = differences({told("1x1"), told("1x1"), told("2x1"), told(""), told("3x1")});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(
      one[0],
      "setting 'replication' of node 2 is '2x1', and node 0's, which holds for all nodes, is '1x1' (1 more node(s) differ): give "
      "all nodes the same --replication");
  const auto both = differences({told("", {"hot/=3x1"}), told("2x1", {"hot/=2x1", "cold/=1x1"})});
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(
      both[0],
      "setting 'replication' of node 1 is '2x1', and node 0's, which holds for all nodes, is not set: give all nodes the same "
      "--replication");
  EXPECT_EQ(
      both[1],
      "setting 'replication-prefix' of node 1 is 'cold/=1x1, hot/=2x1', and node 0's, which holds for all nodes, is 'hot/=3x1': "
      "give all nodes the same --replication-prefix");
}

TEST(ReplicationSettings, a_half_that_no_option_gives_is_what_was_set_elsewhere_or_is_usual) {
  const auto with = [](const std::string& set, std::optional<std::uint32_t> nodes, std::optional<std::uint32_t> shards,
                       std::size_t node_count) {
    const auto whole = replication_with(set, nodes, shards, node_count);
    return whole ? *whole : whole.error().text;
  };
  EXPECT_EQ(with("", {}, {}, 4), "");
  EXPECT_EQ(with("3x2", {}, {}, 4), "3x2");
  EXPECT_EQ(with("", {}, 2, 4), "2x2") << "a key stays on two nodes";
  EXPECT_EQ(with("", {}, 2, 1), "1x2");
  EXPECT_EQ(with("", 3, {}, 4), "3x1");
  EXPECT_EQ(with("3x2", {}, 4, 4), "3x4");
  EXPECT_EQ(with("3x2", 1, {}, 4), "1x2");
  EXPECT_EQ(with("3x2", 1, 1, 4), "1x1");
  const std::string refused = with("", {}, 9, 4);
  for (const char* told : {"replication_nodes", "replication_shards", "'2x9'", "at most 16"})
    EXPECT_NE(refused.find(told), std::string::npos) << refused;
  EXPECT_FALSE(replication_with("", 17, 1, 4));
}

TEST(ReplicationSettings, a_record_that_is_cut_is_refused) {
  const Record whole = told("2x1", {"hot/=3x1"});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(
        replication_differences(std::vector<Record>{whole, Record(whole.begin(), whole.begin() + static_cast<long>(size))}));
}

View cluster(const std::vector<std::size_t>& shards_by_node) {
  View view;
  for (std::uint32_t id = 0; id < shards_by_node.size(); ++id) {
    NodeEntry entry;
    entry.id = NodeId{id};
    entry.incarnation = 1;
    entry.shard_addresses.resize(shards_by_node[id]);
    view.merge(entry);
  }
  return view;
}

std::vector<std::string> shortfalls(const std::vector<std::string>& asked, const std::vector<std::size_t>& shards_by_node) {
  const auto placement = Placement::from(asked, Placement::usual(shards_by_node.size()));
  EXPECT_TRUE(placement);
  return placement ? replication_shortfalls(*placement, cluster(shards_by_node)) : std::vector<std::string>{};
}

TEST(ReplicationSettings, what_the_cluster_can_meet_is_not_warned_of) {
  EXPECT_TRUE(shortfalls({}, {1}).empty());
  EXPECT_TRUE(shortfalls({}, {1, 1}).empty());
  EXPECT_TRUE(shortfalls({"3x2", "hot/=2x4"}, {4, 4, 5}).empty());
}

TEST(ReplicationSettings, what_it_cannot_meet_is_named_with_what_is_asked_and_what_there_is) {
  EXPECT_EQ(shortfalls({"3x1"}, {1}),
            std::vector<std::string>{
                "setting 'replication', '3x1', asks for 3 nodes, and there is 1: keys have fewer copies than that; start more "
                "nodes or --shards, or ask for fewer by --replication"});
  EXPECT_EQ(shortfalls({"1x5"}, {6, 2}),
            std::vector<std::string>{
                "setting 'replication', '1x5', asks for 5 shards of each, and node 1 has 2: keys have fewer copies than that; "
                "start more nodes or --shards, or ask for fewer by --replication"});
  EXPECT_EQ(shortfalls({"5x2", "hot/=3x1", "cold/=1x1"}, {1, 1}),
            (std::vector<std::string>{
                "setting 'replication', '5x2', asks for 5 nodes, and there are 2; and for 2 shards of each, and node 0 has 1: "
                "keys have fewer copies than that; start more nodes or --shards, or ask for fewer by --replication",
                "setting 'replication-prefix', 'hot/=3x1', asks for 3 nodes, and there are 2: keys have fewer copies than that; "
                "start more nodes or --shards, or ask for fewer by --replication-prefix"}));
}

}  // namespace
}  // namespace lath
