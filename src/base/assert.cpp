#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace lath {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "lath: assertion failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace lath
