// Large values among replicas: they spread, move with a view's change, and survive loss, silence, partitions and deaths; what is
// acknowledged is there, and nothing is ever half there. LATH_SEED=n replays one seed.
#include <gtest/gtest.h>

#include <algorithm>

#include "client/session_driver.hpp"
#include "sim_cluster.hpp"
#include "tests/forwarding_transport.hpp"

namespace lath {

namespace {

constexpr std::size_t kKiB = 1024;

std::string pattern(std::size_t size, std::uint64_t seed) {
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<char>((at * 31 + at / 251 + seed * 17) & 0xff);
  return bytes;
}

class TurningTransport final : public test::ForwardingTransport {
 public:
  explicit TurningTransport(SimCluster& cluster) : ForwardingTransport(cluster.open_transport()), cluster_(cluster) {}
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override {
    cluster_.run_for(2'000);
    return ForwardingTransport::poll(messages_max, events);
  }

 private:
  SimCluster& cluster_;
};

struct NewestView final : ViewSource {
  explicit NewestView(SimCluster& sims) : cluster(sims) {}
  std::shared_ptr<const ClusterView> current() const override { return cluster.view(); }
  std::uint64_t version() const override { return cluster.view()->epoch; }
  void ask_for_news() override {}
  SimCluster& cluster;
};

SimOptions reaching(Reach reach) {
  SimOptions options{.delay_ns_min = 500, .delay_ns_max = 5'000};
  options.reports_death = true;
  options.death_delay_ns = 100'000;
  options.reach = reach;
  return options;
}

struct Client {
  Client(SimCluster& sims, std::uint64_t seed, std::uint8_t ack_nodes = 1)
      : cluster(sims),
        views(sims),
        driver({.ack_nodes = ack_nodes, .one_sided = OneSidedMode::kOn, .local = {}}, views, Random(seed),
               {.transport = std::make_unique<TurningTransport>(sims),
                .wait = {},
                .clock = sims.clock(),
                .memory = &sims.network().memory()}) {}

  template <class Begin>
  Code run(TimeNs timeout, Begin&& begin) {
    Code status = Code::kInProgress;
    std::size_t left = 1;
    const TimeNs now = driver.read_clock();
    driver.session().begin_call();
    if (!begin(Completion{&status, &left}, now + timeout, now)) return Code::kFull;
    driver.run_through(now + timeout, [&] { return left == 0; });
    return status;
  }
  Code put(const std::string& key, const std::string& value, TimeNs timeout = 30 * kSecond) {
    return run(timeout, [&](const Completion& done, TimeNs deadline, TimeNs now) {
      const LargeValue large{.memory = as_bytes(value).data(), .layout = StridedLayout::dense(value.size()), .head = {}};
      return driver.put_large({{Opcode::kPut, as_bytes(key), {}}, {}, deadline, done}, large, now);
    });
  }
  Code update(Opcode opcode, const std::string& key, Bytes argument) {
    return run(30 * kSecond, [&](const Completion& done, TimeNs deadline, TimeNs now) {
      return driver.submit({{opcode, as_bytes(key), argument}, {}, deadline, done}, now);
    });
  }
  Code flush(std::uint8_t nodes) {
    return run(30 * kSecond, [&](const Completion& done, TimeNs deadline, TimeNs now) {
      return driver.session().flush(nodes, deadline, done, now);
    });
  }
  Code get(const std::string& key, std::string& value, TimeNs timeout = 30 * kSecond) {
    value.assign(4096 * kKiB, '\xee');
    std::size_t size = 0;
    const Code code = run(timeout, [&](const Completion& done, TimeNs deadline, TimeNs now) {
      const AnswerTarget room = AnswerTarget::bytes({value.data(), value.size(), &size});
      return driver.submit({{Opcode::kGet, as_bytes(key), {}}, room, deadline, done}, now);
    });
    value.resize(code == Code::kOk ? size : 0);
    return code;
  }
  std::string error() { return text_of(driver.session().last_failure()); }

  SimCluster& cluster;
  NewestView views;
  SessionDriver driver;
};

// What a shard holds of a key, without a message; nothing where it holds no large value.
std::string held_at(SimCluster& cluster, Place place, const std::string& key) {
  const Store& store = cluster.loop(place).shard().store();
  const auto held = store.large_of(key_of(key));
  std::string value;
  if (!held) return value;
  store.large().each_run(held->number, 0, store.large().content(held->number).bytes, [&](Bytes run) { value += as_text(run); });
  return value;
}

class LargeReplication : public testing::TestWithParam<Reach> {
 protected:
  static SimClusterOptions options(std::uint64_t seed, std::uint32_t nodes, std::uint32_t replicas) {
    return {.nodes = nodes, .replication = {.nodes = replicas, .shards = 1}, .seed = seed, .network = reaching(GetParam())};
  }
};

}  // namespace

TEST_P(LargeReplication, a_value_is_on_all_its_replicas_and_a_flush_waits_for_that) {
  SimCluster cluster(options(1, 3, 3));
  Client client(cluster, 1);
  for (std::uint64_t round = 0; round < 5; ++round) {
    const std::string value = pattern((100 + 300 * round) * kKiB + round, round);
    ASSERT_EQ(client.put("k", value), Code::kOk) << client.error();
    ASSERT_EQ(client.flush(0), Code::kOk) << client.error();
    for (const Place place : cluster.replicas_of("k")) EXPECT_TRUE(held_at(cluster, place, "k") == value) << place.node.value;
  }
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
}

TEST_P(LargeReplication, an_acknowledged_put_is_on_as_many_nodes_as_were_asked_for) {
  SimCluster cluster(options(2, 3, 3));
  Client client(cluster, 1, 3);
  const std::string value = pattern(900 * kKiB, 1);
  ASSERT_EQ(client.put("k", value), Code::kOk) << client.error();
  for (const Place place : cluster.replicas_of("k")) EXPECT_TRUE(held_at(cluster, place, "k") == value);
}

TEST_P(LargeReplication, overwriting_faster_than_replicas_pull_ends_with_the_last_value) {
  SimCluster cluster(options(3, 3, 3));
  Client client(cluster, 1);
  std::string value;
  for (std::uint64_t round = 0; round < 40; ++round) {
    value = pattern(600 * kKiB + round, round);
    ASSERT_EQ(client.put("k", value), Code::kOk) << client.error();
  }
  ASSERT_TRUE(cluster.run_until_quiet(20 * kSecond));
  for (const Place place : cluster.replicas_of("k")) {
    EXPECT_TRUE(held_at(cluster, place, "k") == value);
    cluster.run_for(40 * kSecond);  // offers that were lost sight of end
    EXPECT_EQ(cluster.loop(place).shard().store().large().count(), 1U);
  }
}

TEST_P(LargeReplication, a_small_write_or_an_erase_settles_what_a_large_one_left_open) {
  SimCluster cluster(options(4, 2, 2));
  Client client(cluster, 1);
  for (int round = 0; round < 6; ++round) {
    const std::string key = "k" + std::to_string(round);
    ASSERT_EQ(client.put(key, pattern(500 * kKiB, 1)), Code::kOk);
    cluster.run_for(static_cast<TimeNs>(round) * 300'000);
    if (round % 2 == 0) {
      ASSERT_EQ(client.update(Opcode::kPut, key, as_bytes("small")), Code::kOk);
    } else {
      ASSERT_EQ(client.update(Opcode::kErase, key, {}), Code::kOk);
    }
    ASSERT_EQ(client.flush(0), Code::kOk) << client.error();
    for (const Place place : cluster.replicas_of(key)) {
      FrameBuffer answer;
      EXPECT_EQ(cluster.read_at(place, key, Opcode::kGet, answer), round % 2 == 0 ? Code::kOk : Code::kNotFound);
    }
  }
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
}

TEST_P(LargeReplication, a_large_value_holds_up_no_small_one) {
  SimClusterOptions slow = options(5, 2, 2);
  slow.network.delay_ns_min = 1'000'000;  // a part takes two milliseconds: 4 MiB under way at most
  slow.network.delay_ns_max = 1'000'000;
  slow.memory_bytes = 96 << 20;
  SimCluster cluster(slow);
  Client client(cluster, 1);
  const std::string value = pattern(std::size_t{24} << 20, 1);
  ASSERT_EQ(client.put("large", value), Code::kOk) << client.error();
  Client other(cluster, 2, 2);
  int small = 0;
  while (cluster.loop(cluster.replicas_of("large")[0]).counters().large_fetched.value() +
                 cluster.loop(cluster.replicas_of("large")[1]).counters().large_fetched.value() ==
             0 &&
         small < 1000) {
    const TimeNs begun = cluster.clock().now_ns();
    ASSERT_EQ(other.update(Opcode::kPut, "small" + std::to_string(small++), as_bytes("v")), Code::kOk);
    EXPECT_LT(cluster.clock().now_ns() - begun, 12'000'000U) << small;
  }
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  for (const Place place : cluster.replicas_of("large")) EXPECT_TRUE(held_at(cluster, place, "large") == value);
}

// What was put while the network was parted is everywhere once it heals.
TEST_P(LargeReplication, replicas_agree_after_a_partition) {
  for (const std::uint64_t seed : test_seeds(10)) {
    SCOPED_TRACE(seed);
    SimCluster cluster(options(seed, 3, 3));
    Client client(cluster, seed);
    std::map<std::string, std::string> last;
    cluster.partition({NodeId{0}}, {NodeId{1}, NodeId{2}});
    for (std::uint64_t round = 0; round < 12; ++round) {
      const std::string key = "k" + std::to_string(round % 5);
      last[key] = pattern(200 * kKiB + seed * 10 + round, round);
      ASSERT_EQ(client.put(key, last[key]), Code::kOk) << client.error();
      cluster.run_for(20'000'000);
    }
    cluster.heal();
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    for (const auto& [key, value] : last) {
      const std::string first = held_at(cluster, cluster.replicas_of(key)[0], key);
      EXPECT_FALSE(first.empty());
      for (const Place place : cluster.replicas_of(key)) EXPECT_TRUE(held_at(cluster, place, key) == first) << key;
    }
  }
}

// A node dies at any moment of puts that two nodes are to hold: what was acknowledged is there, whole, on all that are left.
TEST_P(LargeReplication, what_was_acknowledged_survives_a_death) {
  for (const std::uint64_t seed : test_seeds(15)) {
    SCOPED_TRACE(seed);
    SimCluster cluster(options(seed, 3, 2));
    Client client(cluster, seed, 2);
    std::map<std::string, std::string> acknowledged;
    const NodeId victim{static_cast<std::uint32_t>(seed % 3)};
    bool killed = false;
    const std::size_t killer = cluster.add_driver({[&, at = cluster.clock().now_ns() + seed * 700'000] {
                                                     if (killed || cluster.clock().now_ns() < at) return false;
                                                     killed = true;
                                                     return true;
                                                   },
                                                   [] { return kNever; }});
    for (std::uint64_t round = 0; round < 12; ++round) {
      const std::string key = "k" + std::to_string(round);
      const std::string value = pattern(300 * kKiB + round, seed + round);
      if (client.put(key, value, 5 * kSecond) == Code::kOk) acknowledged[key] = value;
      if (killed && cluster.view()->view.find(victim)->state == NodeState::kAlive) cluster.kill(victim);
    }
    cluster.remove_driver(killer);
    if (cluster.view()->view.find(victim)->state == NodeState::kAlive) cluster.kill(victim);
    ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
    EXPECT_GE(acknowledged.size(), 8U);
    for (const auto& [key, value] : acknowledged) {
      for (const Place place : cluster.replicas_of(key)) {
        EXPECT_TRUE(held_at(cluster, place, key) == value) << key << " at node " << place.node.value;
      }
      std::string got;
      EXPECT_EQ(client.get(key, got), Code::kOk) << client.error();
      EXPECT_TRUE(got == value) << key;
    }
  }
}

TEST_P(LargeReplication, values_move_to_a_new_node_and_from_one_that_leaves) {
  for (const std::uint64_t seed : test_seeds(5)) {
    SCOPED_TRACE(seed);
    SimCluster cluster(options(seed, 2, 1));
    Client client(cluster, seed);
    std::map<std::string, std::string> values;
    for (int number = 0; number < 16; ++number) {
      const std::string key = "k" + std::to_string(number);
      values[key] = pattern(150 * kKiB, static_cast<std::uint64_t>(number));
      ASSERT_EQ(client.put(key, values[key]), Code::kOk) << client.error();
    }
    const NodeId added = cluster.add_node();
    ASSERT_TRUE(cluster.run_until_quiet(30 * kSecond));
    cluster.run_for(3 * kSecond);  // moved keys are freed where they were
    for (const auto& [key, value] : values) EXPECT_TRUE(held_at(cluster, cluster.replicas_of(key)[0], key) == value) << key;
    std::size_t held = 0;
    for (std::uint32_t node = 0; node < 3; ++node) {
      held += cluster.loop({NodeId{node}, ShardId{0}}).shard().store().large().count();
    }
    EXPECT_EQ(held, values.size());
    ASSERT_TRUE(cluster.leave(NodeId{0}, 30 * kSecond));
    EXPECT_EQ(cluster.left_behind(), 0U);
    ASSERT_TRUE(cluster.run_until_quiet(30 * kSecond));
    for (const auto& [key, value] : values) {
      std::string got;
      ASSERT_EQ(client.get(key, got), Code::kOk) << key << client.error();
      EXPECT_TRUE(got == value) << key;
    }
    (void)added;
  }
}

TEST_P(LargeReplication, a_node_that_restarts_empty_is_sent_everything) {
  SimCluster cluster(options(7, 3, 2));
  Client client(cluster, 1, 2);
  std::map<std::string, std::string> values;
  for (int number = 0; number < 12; ++number) {
    const std::string key = "k" + std::to_string(number);
    values[key] = pattern(150 * kKiB, static_cast<std::uint64_t>(number));
    ASSERT_EQ(client.put(key, values[key]), Code::kOk) << client.error();
  }
  cluster.restart(NodeId{1});
  cluster.run_for(kSecond);
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  for (const auto& [key, value] : values) {
    for (const Place place : cluster.replicas_of(key)) EXPECT_TRUE(held_at(cluster, place, key) == value) << key;
  }
}

// A stopped replica costs a bounded list of what it lacks, and has it all once it goes on.
TEST_P(LargeReplication, a_stopped_replica_catches_up) {
  SimCluster cluster(options(8, 2, 2));
  Client client(cluster, 1);
  ASSERT_EQ(client.put("k0", pattern(200 * kKiB, 0)), Code::kOk);
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  const NodeId stopped = cluster.replicas_of("k0")[1].node;
  cluster.stop(stopped);
  std::map<std::string, std::string> values;
  for (int number = 0; number < 60; ++number) {
    const std::string key = "k" + std::to_string(number);
    values[key] = pattern(100 * kKiB, static_cast<std::uint64_t>(number));
    ASSERT_EQ(client.put(key, values[key]), Code::kOk) << client.error();
  }
  cluster.resume(stopped);
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  for (const auto& [key, value] : values) {
    for (const Place place : cluster.replicas_of(key)) EXPECT_TRUE(held_at(cluster, place, key) == value) << key;
  }
}

INSTANTIATE_TEST_SUITE_P(ByMessages, LargeReplication, testing::Values(Reach::kNone));
INSTANTIATE_TEST_SUITE_P(ByCopies, LargeReplication, testing::Values(Reach::kCopies));
INSTANTIATE_TEST_SUITE_P(ByLoads, LargeReplication, testing::Values(Reach::kMapped));

TEST(LargeReplication, converges_over_a_network_that_loses_repeats_and_reorders) {
  for (const std::uint64_t seed : test_seeds(10)) {
    SCOPED_TRACE(seed);
    SimCluster cluster(
        {.nodes = 3,
         .replication = {.nodes = 3, .shards = 1},
         .seed = seed,
         .network = {
             .drop_percent = 10, .duplicate_percent = 10, .delay_ns_min = 1'000, .delay_ns_max = 500'000, .reorder = true}});
    Client client(cluster, seed);
    std::map<std::string, std::string> last;
    for (std::uint64_t round = 0; round < 8; ++round) {
      const std::string key = "k" + std::to_string(round % 3);
      last[key] = pattern(300 * kKiB + round, seed + round);
      ASSERT_EQ(client.put(key, last[key]), Code::kOk) << client.error();
    }
    ASSERT_TRUE(cluster.run_until_quiet(120 * kSecond));
    for (const auto& [key, value] : last) {
      for (const Place place : cluster.replicas_of(key)) EXPECT_TRUE(held_at(cluster, place, key) == value) << key;
    }
  }
}

}  // namespace lath
