// Replicas that lost, repeated, delayed and reordered messages agree on the exact value once the network heals.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

std::int64_t counter_at(SimCluster& cluster, Place place, const std::string& key) {
  FrameBuffer answer;
  const Code status = cluster.read_at(place, key, Opcode::kCounterGet, answer);
  if (status == Code::kNotFound) return 0;
  EXPECT_EQ(status, Code::kOk);
  return unpacked<std::int64_t>(as_text(answer.bytes()));
}

std::string text_at(SimCluster& cluster, Place place, const std::string& key, Opcode opcode) {
  FrameBuffer answer;
  const Code status = cluster.read_at(place, key, opcode, answer);
  return std::to_string(static_cast<int>(status)) + ':' + std::string(as_text(answer.bytes()));
}

Place any_replica(SimCluster& cluster, const std::string& key) {
  const auto places = cluster.replicas_of(key);
  return places[cluster.random().below(places.size())];
}

// Adds to random counters at random replicas; waits for nothing but the window.
std::map<std::string, std::int64_t> add_random_counts(SimCluster& cluster, RawSession& session, int times) {
  std::map<std::string, std::int64_t> expected;
  for (int time = 0; time < times; ++time) {
    const std::string key = "count" + std::to_string(cluster.random().below(20));
    const auto amount = static_cast<std::int64_t>(cluster.random().below(100)) - 30;
    expected[key] += amount;
    session.send(any_replica(cluster, key), {{Opcode::kCounterAdd, key, packed(amount)}});
    if (time % 8 == 7) cluster.run_for(kMs * cluster.random().below(5));
    if (time % 24 == 23) {
      EXPECT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 60 * kSecond));
    }
  }
  return expected;
}

void expect_counts(SimCluster& cluster, const std::map<std::string, std::int64_t>& expected) {
  for (const auto& [key, total] : expected) {
    for (const Place place : cluster.replicas_of(key))
      EXPECT_EQ(counter_at(cluster, place, key), total) << key << " at " << place.node.value;
  }
}

TEST(Convergence, survives_loss_repetition_reordering_and_partition) {
  for (const std::uint64_t seed : test_seeds(100)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    SimCluster cluster({.nodes = 5, .shards = 1, .replication = {3, 1}, .seed = seed, .network = bad_network()});
    RawSession session(cluster, seed + 1000);
    cluster.partition({NodeId{0}, NodeId{1}}, {NodeId{2}, NodeId{3}, NodeId{4}});
    auto expected = add_random_counts(cluster, session, 100);
    cluster.heal();
    for (const auto& [key, total] : add_random_counts(cluster, session, 50)) expected[key] += total;
    ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 60 * kSecond));
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    expect_counts(cluster, expected);
    if (HasFailure()) return;
  }
}

TEST(Convergence, sets_and_puts_agree_on_every_replica) {
  for (const std::uint64_t seed : test_seeds(60)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    SimCluster cluster({.nodes = 4, .shards = 2, .replication = {2, 2}, .seed = seed, .network = bad_network()});
    RawSession session(cluster, seed);
    std::map<std::string, std::set<std::string>> grown;
    for (int time = 0; time < 120; ++time) {
      const std::uint64_t kind = cluster.random().below(5);
      const std::string element = "e" + std::to_string(cluster.random().below(10));
      const std::string key = (kind < 2 ? "set" : kind == 2 ? "grow" : "put") + std::to_string(cluster.random().below(6));
      const Opcode opcode[] = {Opcode::kSetAdd, Opcode::kSetRemove, Opcode::kGrowSetAdd, Opcode::kPut, Opcode::kErase};
      if (kind == 2) grown[key].insert(element);
      session.send(any_replica(cluster, key), {{opcode[kind], key, kind == 4 ? "" : element}});
      if (time % 16 == 15) {
        ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 60 * kSecond));
      }
    }
    ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 60 * kSecond));
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    for (int name = 0; name < 6; ++name) {
      for (const auto& [prefix, opcode] :
           {std::pair{"set", Opcode::kSetMembers}, {"grow", Opcode::kGrowSetMembers}, {"put", Opcode::kGet}}) {
        const std::string key = prefix + std::to_string(name);
        const auto places = cluster.replicas_of(key);
        const std::string first = text_at(cluster, places.front(), key, opcode);
        for (const Place place : places) EXPECT_EQ(text_at(cluster, place, key, opcode), first) << key;
        for (const std::string& element : grown[key]) EXPECT_NE(first.find(element), std::string::npos) << key << ' ' << element;
      }
    }
    if (HasFailure()) return;
  }
}

TEST(Convergence, an_addition_that_is_sent_again_is_applied_once) {
  for (const std::uint64_t seed : test_seeds(100)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    SimOptions network = bad_network();
    network.drop_percent = 40;
    SimCluster cluster({.nodes = 2, .replication = {2, 1}, .seed = seed, .network = network});
    RawSession session(cluster, seed);
    std::int64_t total = 0;
    for (std::int64_t amount = 1; amount <= 60; ++amount) {
      session.send(Place{NodeId{static_cast<std::uint32_t>(amount % 2)}, ShardId{0}}, {{Opcode::kCounterAdd, "n", packed(amount)}});
      total += amount;
      if (amount % 5 == 0) session.resend_everything();
      if (amount % 20 == 0) {
        ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 120 * kSecond));
      }
    }
    ASSERT_TRUE(cluster.run_until_quiet(120 * kSecond));
    EXPECT_GT(session.frames_sent_again(), 0U);
    expect_counts(cluster, {{"n", total}});
    if (HasFailure()) return;
  }
}

TEST(Convergence, a_node_that_stopped_and_goes_on_catches_up) {
  for (const std::uint64_t seed : test_seeds(30)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    SimCluster cluster({.nodes = 3, .replication = {3, 1}, .seed = seed, .network = bad_network()});
    RawSession session(cluster, seed);
    const Place first{NodeId{0}, ShardId{0}};
    ASSERT_EQ(session.call(first, {Opcode::kCounterAdd, "a", packed(std::int64_t{1})}).status, Code::kOk);
    cluster.stop(NodeId{2});
    for (int name = 0; name < 200; ++name) {
      session.send(first, {{Opcode::kCounterAdd, "k" + std::to_string(name), packed(std::int64_t{name})}});
      if (name % 20 == 19) {
        ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 60 * kSecond));
      }
    }
    cluster.run_for(5 * kSecond);
    cluster.resume(NodeId{2});
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    for (int name = 0; name < 200; ++name) expect_counts(cluster, {{"k" + std::to_string(name), name}});
    if (HasFailure()) return;
  }
}

TEST(Convergence, a_leaving_node_loses_nothing) {
  for (const std::uint64_t seed : test_seeds(30)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    SimCluster cluster({.nodes = 3, .shards = 2, .replication = {1, 1}, .seed = seed, .network = bad_network()});
    RawSession session(cluster, seed);
    const auto expected = add_random_counts(cluster, session, 100);
    ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 60 * kSecond));
    ASSERT_TRUE(cluster.leave(NodeId{1}, 60 * kSecond));
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    expect_counts(cluster, expected);
    if (HasFailure()) return;
  }
}

TEST(Convergence, a_new_node_and_a_restarted_one_are_sent_what_they_hold) {
  for (const std::uint64_t seed : test_seeds(30)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    SimCluster cluster({.nodes = 3, .replication = {2, 1}, .seed = seed, .network = bad_network()});
    RawSession session(cluster, seed);
    const auto expected = add_random_counts(cluster, session, 60);
    ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 60 * kSecond));
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    cluster.add_node();
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    expect_counts(cluster, expected);
    cluster.restart(NodeId{0});
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    expect_counts(cluster, expected);
    cluster.kill(NodeId{1});
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    expect_counts(cluster, expected);
    if (HasFailure()) return;
  }
}

TEST(Convergence, tombstones_are_freed_and_the_cluster_falls_silent) {
  SimCluster cluster({.nodes = 3, .replication = {3, 1}, .seed = 5, .network = bad_network()});
  RawSession session(cluster, 5);
  const Place first{NodeId{0}, ShardId{0}};
  const Place second{NodeId{1}, ShardId{0}};
  ASSERT_EQ(session.call(first, {Opcode::kPut, "k", "v"}).status, Code::kOk);
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  cluster.stop(NodeId{2});
  ASSERT_EQ(session.call(second, {Opcode::kErase, "k", ""}).status, Code::kOk);
  cluster.run_for(20 * kSecond);
  EXPECT_EQ(cluster.loop(first).counters().tombstones.value(), 1U) << "the third replica has not passed it";
  EXPECT_EQ(cluster.loop(second).counters().tombstones.value(), 1U);
  cluster.resume(NodeId{2});
  const auto tombstones = [&] {
    std::uint64_t sum = 0;
    for (std::uint32_t node = 0; node < 3; ++node) sum += cluster.loop({NodeId{node}, ShardId{0}}).counters().tombstones.value();
    return sum;
  };
  EXPECT_TRUE(cluster.run_until([&] { return tombstones() == 0; }, 200 * kSecond));
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  cluster.run_for(2 * kSecond);
  for (std::uint32_t node = 0; node < 3; ++node) {
    FrameBuffer answer;
    EXPECT_EQ(cluster.read_at({NodeId{node}, ShardId{0}}, "k", Opcode::kGet, answer), Code::kNotFound);
    EXPECT_EQ(cluster.loop({NodeId{node}, ShardId{0}}).next_deadline(), kNever) << "an idle shard has no timers";
  }
}

TEST(Convergence, answers_wait_for_as_many_nodes_as_asked) {
  SimCluster cluster({.nodes = 3, .replication = {3, 1}, .seed = 9});
  RawSession session(cluster, 9);
  const Place first{NodeId{0}, ShardId{0}};
  EXPECT_EQ(session.call(first, {Opcode::kPut, "k", "v"}, kSecond, 3).status, Code::kOk);
  FrameBuffer answer;
  for (std::uint32_t node = 0; node < 3; ++node) {
    EXPECT_EQ(cluster.read_at({NodeId{node}, ShardId{0}}, "k", Opcode::kGet, answer), Code::kOk);
  }
  EXPECT_EQ(session.call(first, {Opcode::kPut, "k", "v"}, kSecond, 4).status, Code::kInvalid);
  cluster.stop(NodeId{1});
  EXPECT_EQ(session.call(first, {Opcode::kPut, "k", "w"}, kSecond, 2).status, Code::kOk);
  EXPECT_EQ(session.call(first, {Opcode::kFlush, "", std::string(1, 2)}, kSecond).status, Code::kOk);
  const auto all = session.send(first, {{Opcode::kFlush, "", std::string(1, 0)}});
  const auto three = session.send(first, {{Opcode::kPut, "k", "x"}, {Opcode::kGet, "k", ""}}, 3);
  cluster.run_for(3 * kSecond);
  EXPECT_FALSE(session.answered(all));
  EXPECT_FALSE(session.answered(three));
  cluster.resume(NodeId{1});
  EXPECT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 5 * kSecond));
}

TEST(Convergence, a_wait_is_answered_by_a_merge) {
  SimCluster cluster({.nodes = 2, .replication = {2, 1}, .seed = 3, .network = bad_network()});
  RawSession session(cluster, 3);
  const Place first{NodeId{0}, ShardId{0}};
  const Place second{NodeId{1}, ShardId{0}};
  const auto wait = session.send(second, {{Opcode::kWait, "k", packed(std::uint64_t{0})}});
  cluster.run_for(kSecond);
  EXPECT_FALSE(session.answered(wait));
  ASSERT_EQ(session.call(first, {Opcode::kPut, "k", "v"}).status, Code::kOk);
  EXPECT_TRUE(cluster.run_until([&] { return session.answered(wait); }, 10 * kSecond));
  EXPECT_EQ(session.answers(wait).front().status, Code::kOk);
}

}  // namespace
}  // namespace lath
