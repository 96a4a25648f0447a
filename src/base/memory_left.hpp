// How much memory this process may still take before something is killed for it: what the machine has left, or less where a control
// group (a container's, a batch job's), or the process, is nearer its limit.
#pragma once

#include <cstdint>
#include <string>

namespace lath {

struct MemoryLeft {
  static constexpr std::uint64_t kUnknown = UINT64_MAX;
  std::uint64_t bytes = kUnknown;  // where nothing can be read, nothing is known to be short
  std::string whose = "the machine";
  bool is_shared = true;  // with other processes: not a limit of this one alone

  // What to do where it is too little for a node.
  static std::string remedy() {
    return "end what holds memory, give the job more (sbatch --mem, docker run --memory, ulimit), or give the node less (--memory)";
  }
};

enum class MemoryFor : std::uint8_t {
  kHeap,
  kSharing,  // with other processes: a limit on the process's own data (ulimit -d) does not count it
};

// `root` holds proc and sys: "" on a real host, a folder in tests. Reads some small files; kUnknown where the process has no descriptor for
// one of them. Any thread.
MemoryLeft memory_left(MemoryFor use, const std::string& root = "");

}  // namespace lath
