// Running short of file descriptors, as a process at its ulimit -n does.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

namespace lath::testing {

// While it lives, this process may open `spare` descriptors more than it had at most.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t spare) {
    const int used = dup(0);
    close(used);
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few = {.rlim_cur = static_cast<rlim_t>(used) + spare, .rlim_max = before_.rlim_max};
    held_ = used >= 0 && setrlimit(RLIMIT_NOFILE, &few) == 0;
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  bool held() const { return held_; }

 private:
  rlimit before_ = {};
  bool held_ = false;
};

}  // namespace lath::testing
