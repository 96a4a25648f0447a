// What sending a frame costs its sender: half a microsecond over shared memory, ten over TCP, whose system calls both sides pay. So it
// says how long what follows may wait to share a frame, and how many operations are worth one. One thread.
#pragma once

#include <algorithm>

#include "base/clock.hpp"

namespace lath {

class FrameCost {
 public:
  // One send in so many is measured: two looks at the clock cost a tenth of a send over shared memory.
  bool wants_sample() { return ++sends_ % kSendsPerSample == 1; }
  // A sender that was not running meanwhile says nothing about the network: a sample counts as twice of what is known at most.
  void add_sample(TimeNs took) {
    const TimeNs counted = std::clamp(took, kLeastNs, 2 * smoothed_ns_);
    smoothed_ns_ = std::min((smoothed_ns_ * (kSamplesSmoothed - 1) + counted) / kSamplesSmoothed, kMostNs);
  }
  TimeNs ns() const { return smoothed_ns_; }
  // How many operations are worth a frame where `least` are over shared memory.
  std::size_t operations(std::size_t least) const { return least * static_cast<std::size_t>(smoothed_ns_ / kLeastNs); }

 private:
  static constexpr unsigned kSendsPerSample = 16;
  static constexpr TimeNs kSamplesSmoothed = 8;
  static constexpr TimeNs kLeastNs = 500;  // what a frame costs over shared memory, its reply included
  static constexpr TimeNs kMostNs = 16'000;
  TimeNs smoothed_ns_ = kLeastNs;
  unsigned sends_ = 0;
};

}  // namespace lath
