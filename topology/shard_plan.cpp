#include "topology/shard_plan.hpp"

#include <algorithm>
#include <map>

#include "lath/limits.hpp"

namespace lath {
namespace {

Error invalid(std::string text) {
  return {Code::kInvalid, std::move(text)};
}

CpuSet cpus_of(std::span<const Core> cores) {
  CpuSet cpus;
  for (const Core& core : cores) cpus.insert(cpus.end(), core.cpus.begin(), core.cpus.end());
  std::sort(cpus.begin(), cpus.end());
  return cpus;
}

// The cores with only those hardware threads that --cpus names.
Result<std::vector<Core>> named_cores(std::span<const Core> cores, const PlanRequest& request) {
  std::vector<Core> named(cores.begin(), cores.end());
  if (!request.cpus) return named;
  const Result<CpuSet> wanted = cpus_from(*request.cpus);
  if (!wanted) return invalid("setting 'cpus': " + wanted.error().text);
  if (wanted->empty()) return invalid("setting 'cpus': the list is empty; leave it out to use every core this process may use");
  const CpuSet allowed = cpus_of(cores);
  const CpuSet outside = difference(*wanted, allowed);
  if (!outside.empty()) {
    return invalid("setting 'cpus', '" + text_of(*wanted) + "': this process may use only " + text_of(allowed) + ", not " +
                   text_of(outside) + " (see its cgroup, taskset, or mpirun's --bind-to)");
  }
  for (Core& core : named) core.cpus = intersection(core.cpus, *wanted);
  std::erase_if(named, [](const Core& core) { return core.cpus.empty(); });
  return named;
}

// This node's part of the cores: neighbours, equal in number as far as that goes. Nodes in excess of cores share them in turn.
std::vector<Core> own_part(std::vector<Core> cores, const PlanRequest& request) {
  const std::size_t index = request.node_index;
  const std::size_t count = request.node_count;
  if (count > cores.size()) return {cores[index % cores.size()]};
  const auto begin = cores.begin() + static_cast<std::ptrdiff_t>(index * cores.size() / count);
  const auto end = cores.begin() + static_cast<std::ptrdiff_t>((index + 1) * cores.size() / count);
  return {begin, end};
}

// `count` of the cores, no more than there are: as many from each NUMA node as can be, spread over its caches. Those of one
// NUMA node stay neighbours.
std::vector<Core> spread_over_numa(const std::vector<Core>& cores, std::size_t count) {
  std::map<std::uint32_t, std::vector<Core>> domains;
  for (const Core& core : cores) domains[core.numa_node].push_back(core);
  std::map<std::uint32_t, std::size_t> taken;
  for (std::size_t placed = 0; placed < count;) {
    for (const auto& [numa_node, members] : domains) {
      if (placed == count) break;
      if (taken[numa_node] == members.size()) continue;
      ++taken[numa_node];
      ++placed;
    }
  }
  std::vector<Core> chosen;
  for (const auto& [numa_node, members] : domains) {
    const std::size_t wanted = taken[numa_node];
    for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(members[i * members.size() / wanted]);
  }
  return chosen;
}

// 0: on the device's own cores or nobody knows; 1: the same package; 2: elsewhere.
int distance(const Nic& nic, const Core& core, std::span<const Core> cores) {
  if (nic.near_cpus.empty() || !intersection(nic.near_cpus, core.cpus).empty()) return 0;
  const bool same_package = std::any_of(cores.begin(), cores.end(), [&](const Core& other) {
    return other.package == core.package && !intersection(nic.near_cpus, other.cpus).empty();
  });
  return same_package ? 1 : 2;
}

// RDMA before Ethernet, then the nearest; shards that are as near to several devices take them in turn.
std::string nearest_nic(std::span<const Nic> nics, const Core& core, std::span<const Core> cores, std::size_t shard) {
  std::vector<const Nic*> best;
  std::pair<NicKind, int> best_rank;
  for (const Nic& nic : nics) {
    const std::pair<NicKind, int> rank{nic.kind, distance(nic, core, cores)};
    if (best.empty() || rank < best_rank) {
      best.clear();
      best_rank = rank;
    }
    if (rank == best_rank) best.push_back(&nic);
  }
  return best.empty() ? "" : best[shard % best.size()]->name;
}

// What the shards' cores leave free; or the hardware threads beside the shards' own; or, if there are none, all.
CpuSet control_cpus_of(const std::vector<Core>& cores, const std::vector<Core>& chosen, const std::vector<PlannedShard>& shards) {
  const CpuSet all = cpus_of(cores);
  CpuSet free_cores = difference(all, cpus_of(chosen));
  if (!free_cores.empty()) return free_cores;
  CpuSet bound;
  for (const PlannedShard& shard : shards) bound.push_back(shard.cpu);
  std::sort(bound.begin(), bound.end());
  const CpuSet free_cpus = difference(all, bound);
  return free_cpus.empty() ? all : free_cpus;
}

Result<void> check(std::span<const Core> cores, const PlanRequest& request) {
  if (cores.empty()) return Error{Code::kIo, "this process may use no core: its cgroup and its CPU binding have none in common"};
  const std::string limit = std::to_string(kShardsPerNodeMax);
  if (request.shards && *request.shards == 0) {
    return invalid("setting 'shards', '0': a node has at least 1 shard and at most " + limit + "; leave it out for one a core");
  }
  if (request.shards && *request.shards > kShardsPerNodeMax) {
    return invalid("setting 'shards', '" + std::to_string(*request.shards) + "': a node has at most " + limit +
                   " shards; start more nodes");
  }
  if (request.node_index >= request.node_count) {
    return invalid("node " + std::to_string(request.node_index) + " of " + std::to_string(request.node_count) +
                   " on this host: the nodes of a host are counted from 0");
  }
  return {};
}

std::string plural(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string warning_of(const ShardPlan& plan, const PlanRequest& request, std::size_t core_count, std::size_t own_count) {
  if (plan.shards.size() > own_count) {
    return plural(plan.shards.size(), "shard") + " on " + plural(own_count, "core") +
           ": shards share cores, and wait for each other; --shards " + std::to_string(own_count) + " or less would be faster";
  }
  if (request.node_count > core_count) {
    return plural(request.node_count, "node") + " on " + plural(core_count, "core") +
           " of this host: nodes share cores, and wait for each other; fewer nodes would be faster";
  }
  if (!request.shards && own_count > kShardsPerNodeMax) {
    return plural(own_count, "core") + ", but a node has at most " + std::to_string(kShardsPerNodeMax) +
           " shards: start more nodes on this host to use the others";
  }
  return "";
}

}  // namespace

Result<ShardPlan> plan_shards(std::span<const Core> cores, std::span<const Nic> nics, const PlanRequest& request) {
  if (const Result<void> checked = check(cores, request); !checked) return checked.error();
  const Result<std::vector<Core>> named = named_cores(cores, request);
  if (!named) return named.error();
  const std::vector<Core> own = own_part(*named, request);
  const std::size_t shard_count = request.shards.value_or(static_cast<std::uint32_t>(std::min(own.size(), kShardsPerNodeMax)));
  const std::vector<Core> chosen = spread_over_numa(own, std::min(shard_count, own.size()));

  ShardPlan plan;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const Core& core = chosen[i % chosen.size()];
    const std::uint32_t cpu = core.cpus[i / chosen.size() % core.cpus.size()];
    plan.shards.push_back({cpu, core.numa_node, nearest_nic(nics, core, cores, i)});
  }
  plan.cpus = cpus_of(*named);
  plan.control_cpus = control_cpus_of(own, chosen, plan.shards);
  plan.oversubscribed = shard_count > own.size() || request.node_count > named->size();
  plan.warning = warning_of(plan, request, named->size(), own.size());
  return plan;
}

std::string text_of(const ShardPlan& plan) {
  std::map<std::string, CpuSet> cpus_by_nic;
  for (const PlannedShard& shard : plan.shards) cpus_by_nic[shard.nic].push_back(shard.cpu);
  std::string text = plural(plan.shards.size(), "shard") + ": on CPUs";
  std::string_view separator = " ";
  for (auto& [nic, cpus] : cpus_by_nic) {
    std::ranges::sort(cpus);
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    text.append(separator).append(text_of(cpus));
    if (!nic.empty()) text.append(" near ").append(nic);
    separator = ", ";
  }
  return text;
}

}  // namespace lath
