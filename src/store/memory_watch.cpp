#include "store/memory_watch.hpp"

#include <algorithm>

namespace lath {

bool MemoryWatch::turn(TimeNs now) {
  if (now < look_at_) return false;
  left_ = look_();
  const std::uint64_t spare = left_.bytes - std::min(left_.bytes, kBytesLeast);
  look_at_ = now + std::clamp<TimeNs>(spare / kGrowthBytesPerNs, kLookNsMin, kLookNsMax);
  return std::exchange(short_, left_.bytes < kBytesLeast) != short_;
}

}  // namespace lath
