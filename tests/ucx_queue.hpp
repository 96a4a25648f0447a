// The queues in shared memory by which UCX takes messages in, of any process, and a hole in one: what a sender leaves that is killed between
// taking a place there and filling it. For the transport "posix", whose segments are files that only descriptors name.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/descriptor.hpp"

namespace lath::testing {

// As "/proc/PID/fd/N". A queue's segment is of some 12 KiB; those that messages lie in are of megabytes.
inline std::vector<std::string> ucx_queues_of(const std::string& process) {
  constexpr off_t kQueueBytesMax = 64 * 1024;
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& each : std::filesystem::directory_iterator("/proc/" + process + "/fd", error)) {
    struct stat status = {};
    const std::string target = std::filesystem::read_symlink(each.path(), error);
    if (error || target.find("ucx_shm_posix") == std::string::npos) continue;
    if (stat(each.path().c_str(), &status) == 0 && status.st_size <= kQueueBytesMax) found.push_back(each.path());
  }
  return found;
}

// False where it cannot be mapped. A queue begins with the number of places that were taken.
inline bool leave_hole(const std::string& queue) {
  const Descriptor segment(open(queue.c_str(), O_RDWR | O_CLOEXEC));
  if (!segment) return false;
  void* start = mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, segment.number(), 0);
  if (start == MAP_FAILED) return false;
  std::atomic_ref<std::uint64_t>(*static_cast<std::uint64_t*>(start)).fetch_add(1);
  return munmap(start, sizeof(std::uint64_t)) == 0;
}

}  // namespace lath::testing
