#include "base/fork_mark.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace lath {

namespace {

std::size_t page_bytes() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

ForkMark::ForkMark() : page_(mmap(nullptr, page_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
  if (page_ == MAP_FAILED) page_ = nullptr;
  if (page_ == nullptr || madvise(page_, page_bytes(), MADV_WIPEONFORK) != 0) return;
  *static_cast<char*>(page_) = 1;
  mark_ = static_cast<const char*>(page_);
}

ForkMark::~ForkMark() {
  if (page_ != nullptr) munmap(page_, page_bytes());
}

}  // namespace lath
