#include "store/memory_watch.hpp"

#include <algorithm>

namespace lath {

HeapShortage MemoryWatch::judge() const {
  if (left_.bytes < kMergesLeast) return HeapShortage::kMerges;
  if (left_.bytes < kWritesLeast) return HeapShortage::kWrites;
  return left_.bytes < kEnough ? std::min(shortage_, HeapShortage::kWrites) : HeapShortage::kNone;
}

bool MemoryWatch::turn(TimeNs now) {
  if (now < look_at_) return false;
  // Where nothing can be read (descriptors are used up) and something could before, what was seen last is all that is known.
  const MemoryLeft seen = look_();
  if (seen.bytes != MemoryLeft::kUnknown) left_ = seen;
  const std::uint64_t spare = left_.bytes - std::min(left_.bytes, kWritesLeast);
  look_at_ = now + std::clamp<TimeNs>(spare / growth_, kLookNsMin, kLookNsMax);
  return std::exchange(shortage_, judge()) != shortage_;
}

}  // namespace lath
