// Waits that ask one replica after another: what they take for a move, and what not, while nodes come, go and forget.
#include <gtest/gtest.h>

#include <cstring>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

std::string field_argument(const std::string& field, Opcode opcode, const std::string& argument) {
  return packed(static_cast<std::uint16_t>(field.size())) + field + packed(opcode) + argument;
}

// An update that makes a key of each kind, and one that changes it: flat, encoded and boxed cells.
struct Kind {
  RawOperation make;
  RawOperation change;
};
std::vector<Kind> kinds() {
  const std::string large(2000, 'x');
  const std::string half = packed(std::uint8_t{2}) + packed(std::uint8_t{1}) + packed(0.5);
  std::vector<Kind> all = {
      {{Opcode::kPut, "", "one"}, {Opcode::kPut, "", "two"}},
      {{Opcode::kPut, "", large}, {Opcode::kPut, "", large + "y"}},
      {{Opcode::kCounterAdd, "", packed(std::int64_t{1})}, {Opcode::kCounterAdd, "", packed(std::int64_t{4})}},
      {{Opcode::kMaxI64Merge, "", packed(std::int64_t{1})}, {Opcode::kMaxI64Merge, "", packed(std::int64_t{4})}},
      {{Opcode::kSetAdd, "", "a"}, {Opcode::kSetAdd, "", "b"}},
      {{Opcode::kGrowSetAdd, "", large}, {Opcode::kGrowSetAdd, "", "more"}},
      {{Opcode::kMvPut, "", packed(std::uint32_t{0}) + "a"}, {Opcode::kMvPut, "", packed(std::uint32_t{0}) + "b"}},
      {{Opcode::kHllAdd, "", packed(std::uint64_t{1234567})}, {Opcode::kHllAdd, "", packed(~std::uint64_t{0})}},
      {{Opcode::kArrayMerge, "", half}, {Opcode::kArrayMerge, "", half}},
      {{Opcode::kMapUpdate, "", field_argument("f", Opcode::kPut, "v")}, {Opcode::kMapErase, "", "f"}},
      {{Opcode::kMapUpdate, "", field_argument("f", Opcode::kSetAdd, large)}, {Opcode::kMapErase, "", "f"}},
  };
  for (std::size_t index = 0; index < all.size(); ++index)
    all[index].make.key = all[index].change.key = "k" + std::to_string(index);
  return all;
}

class WaitingTest : public ::testing::Test {
 protected:
  explicit WaitingTest(std::uint32_t nodes = 3)
      : cluster_({.nodes = nodes, .replication = {2, 1}, .seed = 5}), session_(cluster_, 9) {}

  void update(Place place, const RawOperation& operation) { ASSERT_EQ(session_.call(place, operation).status, Code::kOk); }
  // The version that the wait is answered with; nothing where it is parked.
  std::optional<std::uint64_t> wait_at(Place place, const std::string& key, std::uint64_t since) {
    const auto ticket = session_.send(place, {{Opcode::kWait, key, packed(since)}});
    EXPECT_TRUE(cluster_.run_until([&] { return session_.answered(ticket) || session_.under_way(ticket); }, kSecond));
    if (!session_.answered(ticket)) {
      session_.give_up(ticket);
      return std::nullopt;
    }
    EXPECT_EQ(session_.answers(ticket).front().status, Code::kOk);
    return unpacked<std::uint64_t>(session_.answers(ticket).front().payload);
  }
  // The one that all replicas tell.
  std::uint64_t version(const std::string& key) {
    std::optional<std::uint64_t> agreed;
    for (const Place place : cluster_.replicas_of(key)) {
      const auto told = wait_at(place, key, 0);
      EXPECT_TRUE(told && *told != 0);
      EXPECT_EQ(told, agreed.value_or(told.value_or(0))) << key << " at node " << place.node.value;
      agreed = told;
    }
    return agreed.value_or(0);
  }
  void expect_no_move(const std::string& key, std::uint64_t since) {
    for (const Place place : cluster_.replicas_of(key))
      EXPECT_EQ(wait_at(place, key, since), std::nullopt) << key << " at node " << place.node.value;
  }

  SimCluster cluster_;
  RawSession session_;
};

TEST_F(WaitingTest, the_same_content_has_the_same_version_at_every_replica) {
  for (const auto& [make, change] : kinds()) {
    const auto places = cluster_.replicas_of(make.key);
    update(places[0], make);
    ASSERT_TRUE(cluster_.run_until_quiet(10 * kSecond));
    const std::uint64_t made = version(make.key);
    expect_no_move(make.key, made);
    update(places[1], change);
    ASSERT_TRUE(cluster_.run_until_quiet(10 * kSecond));
    const std::uint64_t changed = version(make.key);
    EXPECT_NE(changed, made) << make.key;
    expect_no_move(make.key, changed);
    for (const Place place : places) EXPECT_EQ(wait_at(place, make.key, made), changed) << make.key;
  }
}

TEST_F(WaitingTest, a_key_that_moves_to_other_nodes_has_not_moved_past_its_version) {
  std::map<std::string, std::uint64_t> versions;
  for (const auto& [make, change] : kinds()) {
    update(cluster_.replicas_of(make.key)[0], make);
    ASSERT_TRUE(cluster_.run_until_quiet(10 * kSecond));
    versions[make.key] = version(make.key);
  }
  const auto expect_no_moves = [&] {
    for (const auto& [key, since] : versions) expect_no_move(key, since);
  };
  cluster_.add_node();
  expect_no_moves();  // also while it is still being sent them
  ASSERT_TRUE(cluster_.run_until_quiet(10 * kSecond));
  expect_no_moves();
  cluster_.kill(NodeId{0});
  expect_no_moves();
  ASSERT_TRUE(cluster_.run_until_quiet(10 * kSecond));
  expect_no_moves();
  ASSERT_TRUE(cluster_.leave(NodeId{1}, 10 * kSecond));
  expect_no_moves();
}

TEST_F(WaitingTest, an_erase_is_told_also_once_it_is_forgotten) {
  cluster_.run_for(20 * kSecond);  // the shards are no longer young
  std::map<std::string, std::uint64_t> versions;
  for (const auto& [make, change] : kinds()) {
    update(cluster_.replicas_of(make.key)[0], make);
    ASSERT_TRUE(cluster_.run_until_quiet(10 * kSecond));
    versions[make.key] = version(make.key);
    update(cluster_.replicas_of(make.key)[1], {Opcode::kErase, make.key, ""});
  }
  const auto expect_told = [&] {
    for (const auto& [key, since] : versions) {
      for (const Place place : cluster_.replicas_of(key)) {
        EXPECT_EQ(wait_at(place, key, since), 0U) << key;
        EXPECT_EQ(wait_at(place, key, 0), std::nullopt) << key;
      }
    }
  };
  ASSERT_TRUE(cluster_.run_until_quiet(10 * kSecond));
  expect_told();
  const auto forgotten = [&] {
    std::uint64_t left = 0;
    for (std::uint32_t node = 0; node < 3; ++node) left += cluster_.loop(place_of(node)).counters().tombstones.value();
    return left == 0;
  };
  ASSERT_TRUE(cluster_.run_until(forgotten, 120 * kSecond));
  expect_told();
}

}  // namespace
}  // namespace lath
