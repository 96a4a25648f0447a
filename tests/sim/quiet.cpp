// Replicas that agree have nothing to say to each other.
#include <gtest/gtest.h>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

TEST(Quiet, a_store_of_many_keys_sends_nothing_for_a_minute) {
  constexpr std::uint32_t kNodes = 3;
  SimCluster cluster({.nodes = kNodes, .replication = {2, 1}, .seed = 4});
  RawSession session(cluster, 4);
  for (int index = 0; index < 500; ++index) {
    const std::string key = "key" + std::to_string(index);
    session.send(cluster.replicas_of(key).front(), {{Opcode::kPut, key, "value"}});
    ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, kSecond));
  }
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  cluster.run_for(kSecond);
  const auto messages = [&] {
    std::uint64_t sum = 0;
    for (std::uint32_t node = 0; node < kNodes; ++node) {
      const ShardCounters& counters = cluster.loop({NodeId{node}, ShardId{0}}).counters();
      sum += counters.batches_sent.value() + counters.batches_resent.value() + counters.batches_received.value() +
             counters.batches_repeated.value() + counters.acks_received.value();
    }
    return sum;
  };
  const std::uint64_t before = messages();
  EXPECT_GT(before, 0U);
  cluster.run_for(60 * kSecond);
  EXPECT_EQ(messages(), before);
  EXPECT_EQ(cluster.network().next_arrival_ns(), std::nullopt);
  for (std::uint32_t node = 0; node < kNodes; ++node) {
    EXPECT_EQ(cluster.loop({NodeId{node}, ShardId{0}}).next_deadline(), kNever) << "an idle shard has no timers";
  }
}

}  // namespace
}  // namespace lath
