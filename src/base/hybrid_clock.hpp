// A hybrid logical clock (Kulkarni et al. 2014): stamps grow with wall time where it grows, and past every stamp seen.
// One writer's thread owns it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "lath/ids.hpp"

namespace lath {

class HybridClock {
 public:
  static constexpr unsigned kLogicalBits = 12;

  // The stamp of a new event, greater than every one before and every one observed.
  Stamp next(std::uint64_t wall_us) {
    last_.value = std::max(last_.value + 1, wall_us << kLogicalBits);
    return last_;
  }
  void observe(Stamp seen) { last_ = std::max(last_, seen); }
  Stamp last() const { return last_; }

 private:
  Stamp last_;
};

}  // namespace lath
