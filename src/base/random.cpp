#include "base/random.hpp"

#include <sys/random.h>

#include "base/assert.hpp"

namespace lath {

std::uint64_t entropy() {
  std::uint64_t drawn = 0;
  LATH_ASSERT(getrandom(&drawn, sizeof drawn, 0) == static_cast<ssize_t>(sizeof drawn));
  return drawn;
}

}  // namespace lath
