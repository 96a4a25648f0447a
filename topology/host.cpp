#include "topology/host.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <sstream>

#include "topology/hash.hpp"

namespace lath {
namespace {

std::string first_line_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// A file's identity as the kernel has it, "" where there is none. stat follows a namespace's link to the namespace.
std::string identity_of(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return "";
  return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
}

// cgroup v2's "QUOTA PERIOD" in microseconds, "max" for no quota. Read where a container sees its own cgroup.
std::optional<double> cpu_quota_of(const std::string& path) {
  std::istringstream line(first_line_of(path));
  double quota = 0;
  double period = 0;
  if (!(line >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

std::uint64_t number_in(const std::string& path) {
  std::istringstream line(first_line_of(path));
  std::uint64_t number = 0;
  return line >> number ? number : 0;
}

SysvMemory sysv_memory_of(const std::string& root) {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  SysvMemory memory;
  memory.segment_bytes_max = number_in(root + "/proc/sys/kernel/shmmax");
  memory.segments_max = number_in(root + "/proc/sys/kernel/shmmni");
  const std::uint64_t pages = number_in(root + "/proc/sys/kernel/shmall");
  memory.bytes_max = pages > UINT64_MAX / page ? UINT64_MAX : pages * page;
  // A line a segment, under a head: key, shmid, perms, size, ...
  std::ifstream segments(root + "/proc/sysvipc/shm");
  std::string line;
  std::getline(segments, line);
  while (std::getline(segments, line)) {
    std::istringstream fields(line);
    std::string key, id, mode;
    std::uint64_t bytes = 0;
    if (!(fields >> key >> id >> mode >> bytes)) continue;
    ++memory.segments_used;
    memory.bytes_used += (bytes + page - 1) / page * page;
  }
  return memory;
}

}  // namespace

Result<HostFacts> host_facts(const std::string& root) {
  HostFacts facts;
  std::array<char, 256> name{};  // Linux ends names at 64 bytes
  if (gethostname(name.data(), name.size() - 1) != 0) {
    return Error{Code::kIo, std::string("the host's name cannot be read: ") + std::strerror(errno)};
  }
  facts.hostname = name.data();

  const std::string boot_id_path = root + "/proc/sys/kernel/random/boot_id";
  facts.boot_id = first_line_of(boot_id_path);
  if (facts.boot_id.empty()) {
    return Error{Code::kIo, boot_id_path + " cannot be read: without it nodes cannot tell whether they share a machine"};
  }
  const std::string machine = facts.boot_id + " " + identity_of(root + "/proc/self/ns/ipc") + " " + identity_of(root + "/dev/shm");
  facts.host_id = key_hash(std::as_bytes(std::span(machine)));

  rlimit memlock{};
  rlimit file{};
  if (getrlimit(RLIMIT_MEMLOCK, &memlock) != 0 || getrlimit(RLIMIT_FSIZE, &file) != 0) {
    return Error{Code::kIo, std::string("the limits of this process cannot be read: ") + std::strerror(errno)};
  }
  if (memlock.rlim_cur != RLIM_INFINITY) facts.memlock_bytes = memlock.rlim_cur;
  if (file.rlim_cur != RLIM_INFINITY) facts.file_bytes = file.rlim_cur;

  struct statvfs shm {};
  if (statvfs((root + "/dev/shm").c_str(), &shm) == 0) {
    facts.shm_bytes = std::uint64_t{shm.f_blocks} * shm.f_frsize;
    facts.shm_free_bytes = std::uint64_t{shm.f_bavail} * shm.f_frsize;
  }
  facts.sysv = sysv_memory_of(root);
  facts.cpu_quota = cpu_quota_of(root + "/sys/fs/cgroup/cpu.max");
  return facts;
}

}  // namespace lath
