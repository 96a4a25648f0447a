// Replication by prefix: the longest wins, and each wrong text is told apart.
#include "topology/placement.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "lath/limits.hpp"

namespace lath {
namespace {

Replication of(const Placement& placement, std::string_view key) {
  return placement.of(std::as_bytes(std::span(key)));
}

std::string error_of(const std::vector<std::string>& texts) {
  const Result<Placement> placement = Placement::from(texts, {});
  return placement ? "no error" : placement.error().text;
}

TEST(Placement, usual_is_two_nodes_where_there_are_two) {
  EXPECT_EQ(Placement::usual(1), (Replication{1, 1}));
  EXPECT_EQ(Placement::usual(2), (Replication{2, 1}));
  EXPECT_EQ(Placement::usual(64), (Replication{2, 1}));
}

TEST(Placement, the_longest_prefix_wins) {
  const auto placement = Placement::from({"a/=3x1", "a/b/=1x4", "a/b/c=d=16x1", "2x2"}, {1, 1});
  ASSERT_TRUE(placement);
  EXPECT_EQ(of(*placement, "zebra"), (Replication{2, 2}));
  EXPECT_EQ(of(*placement, "a"), (Replication{2, 2}));
  EXPECT_EQ(of(*placement, "a/"), (Replication{3, 1}));
  EXPECT_EQ(of(*placement, "a/x"), (Replication{3, 1}));
  EXPECT_EQ(of(*placement, "a/b/x"), (Replication{1, 4}));
  EXPECT_EQ(of(*placement, "a/b/c=d"), (Replication{16, 1}));
  EXPECT_EQ(of(*placement, std::string("a/\0b", 4)), (Replication{3, 1}));
}

TEST(Placement, without_rules_every_key_has_what_was_said_for_all) {
  EXPECT_EQ(of(Placement(), "k"), (Replication{1, 1}));
  EXPECT_EQ(of(*Placement::from({}, {2, 1}), "k"), (Replication{2, 1}));
  EXPECT_EQ(of(*Placement::from({"4x2"}, {2, 1}), "k"), (Replication{4, 2}));
}

TEST(Placement, its_texts_give_it_again) {
  const auto placement = Placement::from({"a=3x1", "bb=1x2", "2x1"}, {1, 1});
  ASSERT_TRUE(placement);
  EXPECT_EQ(*Placement::from(placement->texts(), {9, 1}), *placement);
}

TEST(Placement, says_what_is_wrong_with_a_text) {
  const char* form = "expected NODESxSHARDS";
  for (const char* text :
       {"", "2", "x", "2x", "x2", "-1x1", "2x1x1", "2 x1", " 2x1", "2x1 ", "+2x1", "2X1", "99999999999x1", "a="}) {
    EXPECT_NE(error_of({text}).find(form), std::string::npos) << text;
  }
  EXPECT_NE(error_of({"0x1"}).find("at least one node and one shard"), std::string::npos);
  EXPECT_NE(error_of({"a=1x0"}).find("at least one node and one shard"), std::string::npos);
  EXPECT_NE(error_of({"17x1"}).find("at most 16 replicas"), std::string::npos);
  EXPECT_NE(error_of({"4294967295x4294967295"}).find("at most 16 replicas"), std::string::npos);
  EXPECT_NE(error_of({"=2x1"}).find("the prefix is empty"), std::string::npos);
  EXPECT_NE(error_of({"a=2x1", "a=3x1"}).find("'a' is given twice"), std::string::npos);
  EXPECT_NE(error_of({"2x1", "2x1"}).find("under no prefix is given twice"), std::string::npos);
  EXPECT_NE(error_of({std::string(kKeyBytesMax + 1, 'k') + "=1x1"}).find("at most 1024 bytes"), std::string::npos);
  EXPECT_EQ(error_of({std::string(kKeyBytesMax, 'k') + "=1x1"}), "no error");
  std::vector<std::string> many;
  for (std::size_t i = 0; i < kPlacementRulesMax; ++i) many.push_back(std::to_string(i) + "=1x1");
  EXPECT_EQ(error_of(many), "no error");
  many.push_back("one more=1x1");
  EXPECT_NE(error_of(many).find("more than 64 prefixes"), std::string::npos);
}

}  // namespace
}  // namespace lath
