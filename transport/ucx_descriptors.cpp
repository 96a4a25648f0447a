#include "transport/ucx_descriptors.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

namespace lath {

namespace {
constexpr std::size_t kWorkerDescriptorsMax = 24;  // 10 are usual; each further network device costs one to three
}  // namespace

Result<void> check_descriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
  std::error_code unreadable;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", unreadable);
  if (unreadable && unreadable.value() != EMFILE) return {};
  const std::size_t open_count =
      unreadable ? limit.rlim_cur : static_cast<std::size_t>(std::distance(begin(descriptors), end(descriptors)));
  if (open_count + kWorkerDescriptorsMax <= limit.rlim_cur) return {};
  return Error{Code::kIo, "a UCX worker may take " + std::to_string(kWorkerDescriptorsMax) +
                              " file descriptors, and this process has " + std::to_string(open_count) + " of its " +
                              std::to_string(limit.rlim_cur) +
                              " open: raise the limit (ulimit -n 4096, or LimitNOFILE= in the unit), or ask for fewer --shards"};
}

}  // namespace lath
