// Sees in time when the system runs out of memory, which it gives to cells on the heap until it ends somebody for it. The control
// thread's; it is told the time, and where to look.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/clock.hpp"
#include "base/memory_left.hpp"

namespace lath {

class MemoryWatch {
 public:
  static constexpr std::uint64_t kBytesLeast = 64ULL << 20;  // kept for what else the process and its neighbours need
  static constexpr TimeNs kLookNsMax = 1'000'000'000;        // a look costs some 50 us
  static constexpr TimeNs kLookNsMin = 10'000'000;           // so often where little is left
  static constexpr std::uint64_t kGrowthBytesPerNs = 4;      // a shard's maps grew by 0.3

  explicit MemoryWatch(std::function<MemoryLeft()> look) : look_(std::move(look)) {}

  // True where it is short now and was not, or the other way round.
  bool turn(TimeNs now);
  bool is_short() const { return short_; }
  const MemoryLeft& left() const { return left_; }  // at the last look

 private:
  std::function<MemoryLeft()> look_;
  TimeNs look_at_ = 0;
  MemoryLeft left_;
  bool short_ = false;
};

}  // namespace lath
