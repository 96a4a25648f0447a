// The machine as hwloc knows it: the cores that this process may use (what cgroup, taskset and mpirun's binding leave), and
// binding to them. Read once at start, then constant: any thread may bind itself. The only files that include hwloc.h.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lath/result.hpp"
#include "topology/shard_plan.hpp"

struct hwloc_topology;

namespace lath {

class Machine {
 public:
  static Result<Machine> this_machine(const std::string& sysfs_root = "/sys");

  // A machine that hwloc makes up ("package:2 core:64 pu:2"), of which a process may use `allowed` (all if empty): for tests, and
  // to see the plan for a machine that is elsewhere. It can be planned for, not bound to. Its devices are those under sysfs_root.
  static Result<Machine> synthetic(const std::string& description, const CpuSet& allowed = {}, const std::string& sysfs_root = "");

  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  // Of the environment, what gave hwloc another machine than this one ("HWLOC_SYNTHETIC"), which can be planned for, not bound to. "": it
  // is this one.
  const std::string& made_up_by() const { return made_up_by_; }

  const std::vector<Core>& cores() const { return cores_; }  // that this process may use, in the machine's order
  CpuSet allowed_cpus() const;                               // nodes of one host whose sets overlap must divide them
  std::size_t core_count_total() const { return core_count_total_; }
  std::size_t cpu_count_total() const { return cpu_count_total_; }
  std::size_t numa_node_count() const;
  bool has_smt() const { return cpu_count_total_ > core_count_total_; }
  const std::vector<Nic>& nics() const { return nics_; }

  Result<ShardPlan> plan(const PlanRequest& request) const { return plan_shards(cores_, nics_, request); }

  // The calling thread runs on that shard's hardware thread from now on; the control thread, on any of its own.
  Result<void> bind_this_thread(const PlannedShard& shard) const;
  Result<void> bind_this_thread(const CpuSet& cpus) const;
  Result<CpuSet> cpus_of_this_thread() const;

  // Pages that the calling thread is the first to touch from now on will be on the shard's NUMA node if that has room, elsewhere if
  // not; until use_memory_anywhere().
  Result<void> use_memory_of(const PlannedShard& shard) const;
  Result<void> use_memory_anywhere() const;

 private:
  struct Unload {
    void operator()(hwloc_topology* topology) const;
  };
  using Topology = std::unique_ptr<hwloc_topology, Unload>;
  Machine(Topology topology, const CpuSet& allowed, std::vector<Nic> nics);

  static Result<Topology> start();
  static Result<void> load(hwloc_topology* topology, const std::string& what);
  Result<void> check_bindable() const;

  Topology topology_;
  std::vector<Core> cores_;
  std::vector<Nic> nics_;
  std::size_t core_count_total_ = 0;
  std::size_t cpu_count_total_ = 0;
  std::string made_up_by_;
};

}  // namespace lath
