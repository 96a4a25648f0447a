// Which core each shard of a node runs on: a pure function of the cores that the process may use and of what was asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lath/result.hpp"
#include "topology/cpu_list.hpp"
#include "topology/nic.hpp"

namespace lath {

// A core, with those of its hardware threads that this process may use.
struct Core {
  CpuSet cpus;  // not empty
  std::uint32_t numa_node = 0;
  std::uint32_t package = 0;
};

struct PlanRequest {
  std::optional<std::uint32_t> shards = {};  // --shards; one a core if not given
  std::optional<std::string> cpus = {};      // --cpus, a list like 0-3,8; all allowed ones if not given
  // Nodes of one host that may use the same cores divide them: this is the node_index-th of node_count.
  std::uint32_t node_index = 0;
  std::uint32_t node_count = 1;
};

struct PlannedShard {
  std::uint32_t cpu = 0;  // the hardware thread to bind to
  std::uint32_t numa_node = 0;
  std::string nic;  // the nearest one's name, empty if the host has none
};

struct ShardPlan {
  std::vector<PlannedShard> shards;  // by ShardId
  CpuSet cpus;                       // all that the nodes of this host may use by what was asked for
  CpuSet control_cpus;               // for the control thread: what the shards leave free, or all if they leave nothing
  bool oversubscribed = false;       // shards share hardware: they must yield to each other, and run anywhere in `cpus`
  std::string warning;               // for the log, once; empty if all is well
};

// `cores` in the machine's order, so that neighbours share caches. A shard that has its core for itself has the first of
// its hardware threads; with more shards than cores the other threads are used, then cores are shared.
Result<ShardPlan> plan_shards(std::span<const Core> cores, std::span<const Nic> nics, const PlanRequest& request);

// For the log: "16 shards: on CPUs 0-7 near mlx5_0, 8-15 near mlx5_1".
std::string text_of(const ShardPlan& plan);

}  // namespace lath
