#include "transport/ucx_needs.hpp"

#include <dirent.h>
#include <sys/resource.h>

#include <cerrno>
#include <memory>
#include <string>
#include <thread>

#include "base/thread_start.hpp"

namespace lath {

namespace {

constexpr std::size_t kOpeningDescriptorsMax = 24;  // a worker's 10 are usual; each further network device costs one to three

// How many of `limit` are open, the one that looks included; 0 where that cannot be told.
std::size_t open_descriptors(std::size_t limit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), &closedir);
  if (folder == nullptr) return errno == EMFILE ? limit : 0;
  std::size_t count = 0;
  while (const dirent* entry = readdir(folder.get())) count += entry->d_name[0] != '.' ? 1 : 0;
  return count;
}

Result<void> check_descriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
  const std::size_t open_count = open_descriptors(limit.rlim_cur);
  if (open_count + kOpeningDescriptorsMax <= limit.rlim_cur) return {};
  return Error{Code::kIo,
               "UCX may take " + std::to_string(kOpeningDescriptorsMax) +
                   " file descriptors for a context or a worker, and this process has " + std::to_string(open_count) + " of its " +
                   std::to_string(limit.rlim_cur) +
                   " open: raise the limit (ulimit -n 4096, or LimitNOFILE= in the unit), or ask for fewer shards or sessions"};
}

// UCX has one thread a process, and begins it with a worker.
Result<void> check_thread() {
  Result<std::thread> thread = start_thread("UCX", [] {});
  if (!thread) return thread.error();
  thread->join();
  return {};
}

}  // namespace

Result<void> check_ucx_needs() {
  if (auto enough = check_descriptors(); !enough) return enough;
  return check_thread();
}

}  // namespace lath
