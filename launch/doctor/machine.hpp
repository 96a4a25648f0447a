// The doctor's checks of one host, networks aside: settings, cores, shared memory, the kernel, Open MPI. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_left.hpp"
#include "launch/config/config.hpp"
#include "launch/doctor/doctor.hpp"
#include "topology/host.hpp"
#include "topology/shard_plan.hpp"

namespace lath {

struct CoreFacts {
  std::size_t core_count = 0;  // that this process may use
  std::size_t core_count_total = 0;
  std::size_t cpu_count_total = 0;  // hardware threads
  std::string made_up_by;           // "HWLOC_SYNTHETIC": the environment told hwloc of another machine; "": they are this one's
  std::optional<ShardPlan> plan;
  std::string plan_error;  // why there is none
};

// Files of UCX and of Open MPI in /dev/shm that no process has mapped, as far as this user may see.
struct StaleSegments {
  std::vector<std::string> paths;  // some of them
  std::size_t count = 0;
  std::uint64_t bytes = 0;
};

struct MachineFacts {
  Config config;  // the effective one of this environment: flags of a lathd elsewhere are unknown here
  std::vector<std::string> setting_warnings;
  std::string setting_error;
  CoreFacts cores;
  HostFacts host;
  MemoryLeft memory;
  bool uses_sysv = true;      // UCX shares memory by SysV segments, under the settings
  bool uses_posix = true;     // and by files in /dev/shm
  bool ipc_unshared = false;  // this process has an IPC namespace or a /dev/shm that the host's first process does not share
  StaleSegments stale;
  int huge_pages = 0;  // of 2 MiB, reserved (vm.nr_hugepages)
  int huge_pages_free = 0;
  std::optional<int> overcommit;  // vm.overcommit_memory
  std::string mpirun;             // its path; empty: not in PATH
  bool is_root = false;
  bool mpi_root_allowed = false;  // OMPI_ALLOW_RUN_AS_ROOT and its _CONFIRM are set
};

Findings check_machine(const MachineFacts& facts);  // all of the below

Findings check_settings(const MachineFacts& facts);
Findings check_cores(const MachineFacts& facts);
Findings check_memory(const MachineFacts& facts);
Findings check_shared_memory(const MachineFacts& facts);
Findings check_huge_pages(const MachineFacts& facts);
Findings check_overcommit(const MachineFacts& facts);
Findings check_mpi(const MachineFacts& facts);

}  // namespace lath
