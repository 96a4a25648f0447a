// After a view's change each key lies on its replicas and nowhere else; until they have it, nobody lets go of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

// Counters and puts under as many keys, and where they are.
class Moving {
 public:
  Moving(std::uint64_t seed, Replication replication)
      : cluster_({.nodes = 3, .shards = 2, .replication = replication, .seed = seed, .network = bad_network()}),
        session_(cluster_, seed) {
    for (std::uint32_t node = 0; node < 3; ++node) alive_.push_back(node);
  }

  SimCluster& cluster() { return cluster_; }
  void gone(std::uint32_t node) { std::erase(alive_, node); }
  void came(std::uint32_t node) { alive_.push_back(node); }

  void add_to_all() {
    for (int index = 0; index < kKeys; ++index) {
      const std::string key = "key" + std::to_string(index);
      const auto places = cluster_.replicas_of(key);
      session_.send(places[cluster_.random().below(places.size())], {{Opcode::kCounterAdd, key, packed(std::int64_t{1})}});
      ++expected_;
      if (index % 16 == 15) {
        ASSERT_TRUE(cluster_.run_until([&] { return session_.all_answered(); }, 60 * kSecond));
      }
    }
    expected_ = expected_ / kKeys * kKeys;
    ASSERT_TRUE(cluster_.run_until([&] { return session_.all_answered(); }, 60 * kSecond));
  }

  void expect_exactly_on_replicas() {
    ASSERT_TRUE(cluster_.run_until([&] { return misplaced().empty(); }, 120 * kSecond)) << misplaced();
    for (int index = 0; index < kKeys; ++index) {
      const std::string key = "key" + std::to_string(index);
      for (const Place place : cluster_.replicas_of(key)) {
        FrameBuffer answer;
        ASSERT_EQ(cluster_.read_at(place, key, Opcode::kCounterGet, answer), Code::kOk) << key;
        ASSERT_EQ(unpacked<std::int64_t>(as_text(answer.bytes())), expected_ / kKeys) << key;
      }
    }
  }

 private:
  static constexpr int kKeys = 96;

  bool holds(Place place, const std::string& key) { return cluster_.loop(place).shard().store().version(key_of(key)) != Stamp{}; }
  std::string misplaced() {
    for (int index = 0; index < kKeys; ++index) {
      const std::string key = "key" + std::to_string(index);
      const auto replicas = cluster_.replicas_of(key);
      for (const std::uint32_t node : alive_) {
        for (std::uint32_t shard = 0; shard < 2; ++shard) {
          const Place place{NodeId{node}, ShardId{shard}};
          const bool should = std::ranges::find(replicas, place) != replicas.end();
          if (holds(place, key) != should)
            return key + (should ? " is not at " : " is still at ") + std::to_string(node) + '.' + std::to_string(shard);
        }
      }
    }
    return {};
  }

  SimCluster cluster_;
  RawSession session_;
  std::vector<std::uint32_t> alive_;
  std::int64_t expected_ = 0;
};

TEST(Moving, keys_lie_exactly_on_their_replicas_after_nodes_joined_left_and_restarted) {
  for (const std::uint64_t seed : test_seeds(20)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    Moving moving(seed, seed % 2 == 0 ? Replication{2, 1} : Replication{1, 1});
    moving.add_to_all();
    if (HasFailure()) return;
    moving.came(moving.cluster().add_node().value);
    moving.expect_exactly_on_replicas();
    if (HasFailure()) return;
    moving.add_to_all();
    // Two changes at once: the first has not been dealt with.
    moving.came(moving.cluster().add_node().value);
    moving.cluster().run_for(kMs * moving.cluster().random().below(50));
    ASSERT_TRUE(moving.cluster().leave(NodeId{1}, 60 * kSecond));
    moving.gone(1);
    moving.expect_exactly_on_replicas();
    if (HasFailure()) return;
    moving.add_to_all();
    if (seed % 2 != 0) continue;
    ASSERT_TRUE(moving.cluster().run_until_quiet(60 * kSecond));
    moving.cluster().restart(NodeId{0});
    moving.expect_exactly_on_replicas();
    if (HasFailure()) return;
    moving.cluster().kill(NodeId{2});
    moving.gone(2);
    moving.expect_exactly_on_replicas();
    if (HasFailure()) return;
  }
}

// Of a leaver whose replicas cannot hear it, all that was its own; of one that took its time, nothing.
TEST(Moving, a_drain_that_is_cut_off_knows_how_many_keys_are_left) {
  for (const bool cut_off : {true, false}) {
    SimCluster cluster({.nodes = 2, .replication = {1, 1}, .seed = 12});
    RawSession session(cluster, 12);
    std::uint64_t on_leaver = 0;
    for (int index = 0; index < 2000; ++index) {
      const std::string key = "key" + std::to_string(index);
      const Place place = cluster.replicas_of(key)[0];
      ASSERT_EQ(session.call(place, {Opcode::kPut, key, std::string(100, 'v')}).status, Code::kOk);
      if (place.node == NodeId{0}) ++on_leaver;
    }
    ASSERT_GT(on_leaver, 500U);
    if (cut_off) cluster.partition({NodeId{0}}, {NodeId{1}});
    EXPECT_EQ(cluster.leave(NodeId{0}, 2 * kSecond), !cut_off);
    EXPECT_EQ(cluster.left_behind(), cut_off ? on_leaver : 0);
  }
}

TEST(Moving, what_a_node_told_one_replica_before_it_died_reaches_the_others) {
  SimCluster cluster({.nodes = 3, .replication = {3, 1}, .seed = 11});
  RawSession session(cluster, 11);
  cluster.partition({NodeId{0}}, {NodeId{2}});
  ASSERT_EQ(session.call({NodeId{0}, ShardId{0}}, {Opcode::kPut, "k", "v"}).status, Code::kOk);
  cluster.run_for(kSecond);
  FrameBuffer answer;
  ASSERT_EQ(cluster.read_at({NodeId{1}, ShardId{0}}, "k", Opcode::kGet, answer), Code::kOk);
  ASSERT_EQ(cluster.read_at({NodeId{2}, ShardId{0}}, "k", Opcode::kGet, answer), Code::kNotFound);
  cluster.kill(NodeId{0});
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  EXPECT_EQ(cluster.read_at({NodeId{2}, ShardId{0}}, "k", Opcode::kGet, answer), Code::kOk);
}

}  // namespace
}  // namespace lath
