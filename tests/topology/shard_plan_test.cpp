// The plan over a matrix of machines that hwloc makes up, and a text for each request that cannot be met.
#include "topology/shard_plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "lath/limits.hpp"
#include "tests/temporary_folder.hpp"
#include "topology/machine.hpp"

namespace lath {
namespace {

constexpr const char* kOneCore = "core:1 pu:1";
constexpr const char* kTwoSockets = "package:2 [numa] core:64 pu:2";
constexpr const char* kSubNuma = "package:2 group:4 [numa] core:8 pu:2";  // four NUMA nodes a package

Machine machine(const std::string& description, const CpuSet& allowed = {}, const std::string& sysfs_root = "") {
  Result<Machine> made = Machine::synthetic(description, allowed, sysfs_root);
  EXPECT_TRUE(made) << made.error().text;
  return *std::move(made);
}

ShardPlan planned(const Machine& machine, const PlanRequest& request = {}) {
  Result<ShardPlan> plan = machine.plan(request);
  EXPECT_TRUE(plan) << plan.error().text;
  return plan ? *std::move(plan) : ShardPlan{};
}

std::string error_of(const Machine& machine, const PlanRequest& request) {
  const Result<ShardPlan> plan = machine.plan(request);
  return plan ? "no error" : plan.error().text;
}

CpuSet shard_cpus(const ShardPlan& plan) {
  CpuSet cpus;
  for (const PlannedShard& shard : plan.shards) cpus.push_back(shard.cpu);
  return cpus;
}

std::map<std::uint32_t, int> shards_by_numa(const ShardPlan& plan) {
  std::map<std::uint32_t, int> counts;
  for (const PlannedShard& shard : plan.shards) ++counts[shard.numa_node];
  return counts;
}

TEST(ShardPlan, one_core_has_one_shard_and_the_control_thread) {
  const Machine one = machine(kOneCore);
  const ShardPlan plan = planned(one);
  EXPECT_EQ(shard_cpus(plan), CpuSet{0});
  EXPECT_EQ(plan.control_cpus, CpuSet{0});
  EXPECT_FALSE(plan.oversubscribed);
  EXPECT_EQ(plan.warning, "");
  EXPECT_FALSE(one.has_smt());
}

TEST(ShardPlan, each_core_has_one_shard_and_only_one_of_its_hardware_threads) {
  const Machine big = machine(kTwoSockets);
  const ShardPlan plan = planned(big);
  ASSERT_EQ(plan.shards.size(), 128U);
  for (std::uint32_t i = 0; i < 128; ++i) {
    EXPECT_EQ(plan.shards[i].cpu, 2 * i);
    EXPECT_EQ(plan.shards[i].numa_node, i / 64);
  }
  EXPECT_EQ(plan.control_cpus.size(), 128U);  // the threads beside the shards' own
  EXPECT_EQ(plan.control_cpus[0], 1U);
  EXPECT_TRUE(big.has_smt());
  EXPECT_EQ(big.core_count_total(), 128U);
  EXPECT_EQ(big.cpu_count_total(), 256U);
}

TEST(ShardPlan, fewer_shards_than_cores_spread_evenly_over_numa_nodes) {
  const Machine sub_numa = machine(kSubNuma);
  EXPECT_EQ(shards_by_numa(planned(sub_numa)),
            (std::map<std::uint32_t, int>{{0, 8}, {1, 8}, {2, 8}, {3, 8}, {4, 8}, {5, 8}, {6, 8}, {7, 8}}));
  const ShardPlan plan = planned(sub_numa, {.shards = 12});
  int least = 12, most = 0;
  for (const auto& [numa_node, count] : shards_by_numa(plan)) {
    least = std::min(least, count);
    most = std::max(most, count);
  }
  EXPECT_EQ(shards_by_numa(plan).size(), 8U);
  EXPECT_EQ(least, 1);
  EXPECT_EQ(most, 2);
  EXPECT_EQ(plan.control_cpus.size(), 128U - 24U);  // all of the cores left free
}

TEST(ShardPlan, a_numa_node_that_is_full_leaves_the_rest_to_the_others) {
  // Two cores in the first NUMA node, six in the second.
  const Machine lopsided = machine("package:2 [numa] core:6 pu:1", {0, 1, 6, 7, 8, 9, 10, 11});
  EXPECT_EQ(shards_by_numa(planned(lopsided)), (std::map<std::uint32_t, int>{{0, 2}, {1, 6}}));
  EXPECT_EQ(shards_by_numa(planned(lopsided, {.shards = 4})), (std::map<std::uint32_t, int>{{0, 2}, {1, 2}}));
  EXPECT_EQ(shards_by_numa(planned(lopsided, {.shards = 6})), (std::map<std::uint32_t, int>{{0, 2}, {1, 4}}));
}

TEST(ShardPlan, only_what_a_cgroup_allows_is_used) {
  // Both threads of core 1, the second thread of core 2, nothing of the others.
  const Machine restricted = machine("package:1 core:4 pu:2", {2, 3, 5});
  EXPECT_EQ(shard_cpus(planned(restricted)), (CpuSet{2, 5}));
  EXPECT_EQ(planned(restricted).control_cpus, CpuSet{3});
  EXPECT_EQ(restricted.allowed_cpus(), (CpuSet{2, 3, 5}));
  EXPECT_EQ(restricted.core_count_total(), 4U);
  EXPECT_EQ(error_of(machine(kOneCore, {7}), {}),
            "this process may use no core: its cgroup and its CPU binding have none in common");
}

TEST(ShardPlan, more_shards_than_cores_use_the_other_threads_first_and_warn) {
  const Machine smt = machine("package:1 core:2 pu:2");
  const ShardPlan plan = planned(smt, {.shards = 6});
  EXPECT_EQ(shard_cpus(plan), (CpuSet{0, 2, 1, 3, 0, 2}));
  EXPECT_EQ(plan.cpus, (CpuSet{0, 1, 2, 3}));
  EXPECT_TRUE(plan.oversubscribed);
  EXPECT_EQ(plan.warning, "6 shards on 2 cores: shards share cores, and wait for each other; --shards 2 or less would be faster");
  EXPECT_EQ(planned(machine(kOneCore), {.shards = 2}).warning.substr(0, 19), "2 shards on 1 core:");
  EXPECT_EQ(planned(smt, {.shards = 2}).warning, "");
}

TEST(ShardPlan, named_cpus_are_the_only_ones_used) {
  const Machine big = machine(kTwoSockets);
  const ShardPlan plan = planned(big, {.cpus = "0-3,8,9,255"});
  EXPECT_EQ(plan.cpus, (CpuSet{0, 1, 2, 3, 8, 9, 255}));
  EXPECT_EQ(shard_cpus(plan), (CpuSet{0, 2, 8, 255}));
  EXPECT_EQ(plan.control_cpus, (CpuSet{1, 3, 9}));
}

TEST(ShardPlan, nodes_of_one_host_divide_its_cores) {
  const Machine seven = machine("package:1 core:7 pu:1");
  std::set<std::uint32_t> seen;
  for (std::uint32_t node = 0; node < 3; ++node) {
    const ShardPlan plan = planned(seven, {.node_index = node, .node_count = 3});
    EXPECT_GE(plan.shards.size(), 2U);
    EXPECT_FALSE(plan.oversubscribed);
    for (const PlannedShard& shard : plan.shards) EXPECT_TRUE(seen.insert(shard.cpu).second);
  }
  EXPECT_EQ(seen.size(), 7U);
}

TEST(ShardPlan, more_nodes_than_cores_share_them_in_turn_and_warn) {
  const Machine two = machine("package:1 core:2 pu:1");
  for (std::uint32_t node = 0; node < 4; ++node) {
    const ShardPlan plan = planned(two, {.node_index = node, .node_count = 4});
    EXPECT_EQ(shard_cpus(plan), CpuSet{node % 2});
    EXPECT_TRUE(plan.oversubscribed);
    EXPECT_EQ(plan.warning,
              "4 nodes on 2 cores of this host: nodes share cores, and wait for each other; fewer nodes would be faster");
  }
}

TEST(ShardPlan, a_host_of_more_cores_than_a_node_may_have_shards_says_so) {
  const ShardPlan plan = planned(machine("package:4 core:150 pu:1"));
  EXPECT_EQ(plan.shards.size(), kShardsPerNodeMax);
  EXPECT_EQ(plan.warning, "600 cores, but a node has at most 512 shards: start more nodes on this host to use the others");
  EXPECT_FALSE(plan.oversubscribed);
}

TEST(ShardPlan, says_what_is_wrong_with_a_request) {
  const Machine two = machine("package:1 core:2 pu:1");
  EXPECT_EQ(error_of(two, {.shards = 0}),
            "setting 'shards', '0': a node has at least 1 shard and at most 512; leave it out for one a core");
  EXPECT_EQ(error_of(two, {.shards = 10'000}), "setting 'shards', '10000': a node has at most 512 shards; start more nodes");
  EXPECT_EQ(error_of(two, {.shards = 513}), "setting 'shards', '513': a node has at most 512 shards; start more nodes");
  EXPECT_EQ(error_of(two, {.shards = 512}), "no error");
  EXPECT_EQ(error_of(two, {.cpus = "1-3"}),
            "setting 'cpus', '1-3': this process may use only 0-1, not 2-3 (see its cgroup, taskset, or mpirun's --bind-to)");
  EXPECT_EQ(error_of(two, {.cpus = ""}), "setting 'cpus': the list is empty; leave it out to use every core this process may use");
  EXPECT_EQ(error_of(two, {.cpus = "0-"}), "setting 'cpus': '0-' is not a list of CPUs like 0-3,8: a range has no end");
  EXPECT_EQ(error_of(two, {.node_index = 2, .node_count = 2}), "node 2 of 2 on this host: the nodes of a host are counted from 0");
}

TEST(ShardPlan, each_shard_has_the_nearest_device_and_rdma_before_ethernet) {
  const testing::TemporaryFolder sysfs;
  sysfs.write("class/infiniband/mlx5_0/device/local_cpulist", "0-3\n");
  sysfs.write("class/infiniband/mlx5_0/device/numa_node", "0\n");
  sysfs.write("class/infiniband/mlx5_1/device/local_cpulist", "8-11\n");
  sysfs.write("class/infiniband/mlx5_2/device/local_cpulist", "8-11\n");
  sysfs.write("class/net/eth0/device/numa_node", "-1\n");
  const ShardPlan plan = planned(machine("package:2 group:2 [numa] core:4 pu:1", {}, sysfs.path()));
  ASSERT_EQ(plan.shards.size(), 16U);
  for (std::uint32_t i = 0; i < 16; ++i) {
    // Those of the second NUMA node of a package take the package's devices.
    const std::string expected = i < 8 ? "mlx5_0" : i % 2 == 0 ? "mlx5_1" : "mlx5_2";
    EXPECT_EQ(plan.shards[i].nic, expected) << i;
  }
  EXPECT_EQ(text_of(plan), "16 shards: on CPUs 0-7 near mlx5_0, 8,10,12,14 near mlx5_1, 9,11,13,15 near mlx5_2");
  const ShardPlan alone = planned(machine(kOneCore), {.shards = 2});
  EXPECT_EQ(alone.shards[0].nic, "");
  EXPECT_EQ(text_of(alone), "2 shards: on CPUs 0");
}

}  // namespace
}  // namespace lath
