// What is erased is forgotten at every replica, whatever its type; what was written before never comes back, and what is written
// after, at whatever moment of the forgetting, is never lost.
#include <gtest/gtest.h>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

constexpr TimeNs kMs = 1'000'000;
constexpr TimeNs kSecond = 1000 * kMs;

SimOptions bad_network() {
  return {.drop_percent = 10, .duplicate_percent = 10, .delay_ns_min = 1'000, .delay_ns_max = 20 * kMs, .reorder = true};
}

Place place_of(std::uint32_t node) {
  return {NodeId{node}, ShardId{0}};
}

std::uint64_t tombstones(SimCluster& cluster, std::uint32_t nodes) {
  std::uint64_t sum = 0;
  for (std::uint32_t node = 0; node < nodes; ++node) sum += cluster.loop(place_of(node)).counters().tombstones.value();
  return sum;
}

std::int64_t count_at(SimCluster& cluster, std::uint32_t node, const std::string& key) {
  FrameBuffer answer;
  const Code status = cluster.read_at(place_of(node), key, Opcode::kCounterGet, answer);
  if (status == Code::kNotFound) return 0;
  EXPECT_EQ(status, Code::kOk);
  return unpacked<std::int64_t>(as_text(answer.bytes()));
}

std::string map_argument(const std::string& field, const std::string& value) {
  std::string argument = packed(static_cast<std::uint16_t>(field.size())) + field;
  argument += packed(Opcode::kPut);
  return argument + value;
}

TEST(Erasing, a_hundred_thousand_sets_counters_and_maps_leave_nothing) {
  SimCluster cluster({.nodes = 2, .replication = {2, 1}, .seed = 3, .memory_bytes = 128 << 20});
  RawSession session(cluster, 3);
  constexpr int kKeys = 100'000;
  constexpr int kFrame = 250;
  const auto ask_all = [&](auto&& operation_of) {
    for (int first = 0; first < kKeys; first += kFrame) {
      std::vector<RawOperation> operations;
      for (int index = first; index < first + kFrame; ++index) operations.push_back(operation_of(index));
      session.send(place_of(static_cast<std::uint32_t>(first / kFrame % 2)), operations);
      ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 10 * kSecond));
    }
  };
  ask_all([](int index) -> RawOperation {
    const std::string key = "key number " + std::to_string(index);
    if (index % 3 == 0) return {Opcode::kSetAdd, key, "element"};
    if (index % 3 == 1) return {Opcode::kCounterAdd, key, packed(std::int64_t{7})};
    return {Opcode::kMapUpdate, key, map_argument("field", "value")};
  });
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  EXPECT_GT(cluster.loop(place_of(1)).shard().store().counters().bytes_used, kKeys * 100U);
  ask_all([](int index) -> RawOperation { return {Opcode::kErase, "key number " + std::to_string(index), ""}; });
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  EXPECT_TRUE(cluster.run_until([&] { return tombstones(cluster, 2) == 0; }, 120 * kSecond));
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  for (std::uint32_t node = 0; node < 2; ++node) {
    EXPECT_EQ(cluster.loop(place_of(node)).counters().keys.value(), 0U);
    EXPECT_LT(cluster.loop(place_of(node)).shard().store().counters().bytes_used, 64U << 10);
    EXPECT_EQ(cluster.loop(place_of(node)).next_deadline(), kNever) << "an idle shard has no timers";
  }
}

// One key's lives: it is counted up, erased, and counted up anew at some moment of the forgetting.
class Lives {
 public:
  Lives(std::uint64_t seed, std::uint32_t nodes)
      : nodes_(nodes),
        cluster_({.nodes = nodes, .replication = {nodes, 1}, .seed = seed, .network = bad_network()}),
        session_(cluster_, seed) {}

  void live() {
    // Concurrent with the erase and unseen by it: an addition of a replica that is cut off. The erase wins over it.
    const bool cut_off = cluster_.random().below(3) == 0;
    const std::uint32_t eraser = any();
    const std::uint32_t other = (eraser + 1) % nodes_;
    add(other, 1);
    if (::testing::Test::HasFatalFailure()) return;
    ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    if (cut_off) {
      std::vector<NodeId> rest;
      for (std::uint32_t node = 0; node < nodes_; ++node) {
        if (node != other) rest.push_back(NodeId{node});
      }
      cluster_.partition({NodeId{other}}, rest);
      add(other, 1'000'000);
    }
    ASSERT_EQ(session_.call(place_of(eraser), {Opcode::kErase, "k", ""}, 60 * kSecond).status, Code::kOk);
    pause();
    cluster_.heal();
    // Where all know of the erase anyone may write; before, only who erased.
    const bool all_know = cluster_.random().below(2) == 0;
    if (all_know) {
      ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    }
    pause();
    std::int64_t expected = 0;
    for (int time = 0; time < 6; ++time) {
      add(all_know ? any() : eraser, 1 + time);
      expected += 1 + time;
      if (cluster_.random().below(3) == 0) pause();
    }
    ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    for (std::uint32_t node = 0; node < nodes_; ++node) ASSERT_EQ(count_at(cluster_, node, "k"), expected) << "at " << node;
  }

  // Erased for good, it is forgotten, and stays so.
  void end() {
    ASSERT_EQ(session_.call(place_of(any()), {Opcode::kErase, "k", ""}, 60 * kSecond).status, Code::kOk);
    ASSERT_TRUE(cluster_.run_until([&] { return cluster_.loop(place_of(0)).counters().tombstones.value() > 0; }, 60 * kSecond));
    ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    ASSERT_TRUE(cluster_.run_until([&] { return tombstones(cluster_, nodes_) == 0; }, 600 * kSecond));
    cluster_.run_for(kSecond);
    for (std::uint32_t node = 0; node < nodes_; ++node) ASSERT_EQ(count_at(cluster_, node, "k"), 0);
  }

 private:
  std::uint32_t any() { return static_cast<std::uint32_t>(cluster_.random().below(nodes_)); }
  void add(std::uint32_t node, std::int64_t amount) {
    ASSERT_EQ(session_.call(place_of(node), {Opcode::kCounterAdd, "k", packed(amount)}, 60 * kSecond).status, Code::kOk);
  }
  void pause() { cluster_.run_for(kMs * cluster_.random().below(cluster_.random().below(2) == 0 ? 8000 : 100)); }

  std::uint32_t nodes_;
  SimCluster cluster_;
  RawSession session_;
};

TEST(Erasing, loses_no_later_write_and_brings_nothing_back) {
  for (const std::uint64_t seed : test_seeds(40)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    Lives lives(seed, seed % 2 == 0 ? 3 : 2);
    for (int life = 0; life < 5 && !HasFailure(); ++life) lives.live();
    if (!HasFailure()) lives.end();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace lath
