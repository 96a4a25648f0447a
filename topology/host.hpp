// What the operating system says about this host, apart from its cores: for the doctor, and to know who shares a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lath/result.hpp"

namespace lath {

// System V shared memory in this process's IPC namespace. All 0 where the kernel has none.
struct SysvMemory {
  std::uint64_t segment_bytes_max = 0;  // kernel.shmmax
  std::uint64_t segments_max = 0;       // kernel.shmmni
  std::uint64_t bytes_max = 0;          // kernel.shmall, which counts pages
  std::uint64_t segments_used = 0;
  std::uint64_t bytes_used = 0;
};

struct HostFacts {
  std::string hostname;
  std::string boot_id;  // another at each boot; the same in every container of the machine
  // Equal in two processes that share the machine, its IPC namespace and its /dev/shm: they can map each other's memory.
  std::uint64_t host_id = 0;
  std::optional<std::uint64_t> memlock_bytes;  // how much this process may pin; none: no limit
  std::optional<std::uint64_t> file_bytes;     // how large a file it may make, in /dev/shm too; none: no limit
  std::uint64_t shm_bytes = 0;                 // of /dev/shm; 0 where there is none
  std::uint64_t shm_free_bytes = 0;
  SysvMemory sysv;
  std::optional<double> cpu_quota;  // the cores' worth of time that the cgroup allows; none: no limit that we can see
};

// `root` holds proc, dev and sys: "" on a real host, a folder in tests.
Result<HostFacts> host_facts(const std::string& root = "");

}  // namespace lath
