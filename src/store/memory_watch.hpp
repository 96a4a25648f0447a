// Sees in time when the system runs out of memory, which it gives to cells on the heap until it ends somebody for it. The control
// thread's; it is told the time, and where to look.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/clock.hpp"
#include "base/memory_left.hpp"
#include "store/heap_shortage.hpp"

namespace lath {

class MemoryWatch {
 public:
  static constexpr std::uint64_t kWritesLeast = 64ULL << 20;  // below this new elements are refused
  static constexpr std::uint64_t kMergesLeast = 16ULL << 20;  // and below this those of other replicas
  static constexpr std::uint64_t kEnough = 128ULL << 20;  // it is over only here, as what is refused keeps the rest where it was
  static constexpr TimeNs kLookNsMax = 1'000'000'000;     // a look costs some 50 us
  static constexpr TimeNs kLookNsMin = 10'000'000;        // so often where little is left

  // `growth`: how fast all of it may go, in bytes a nanosecond. A shard's maps grew by 0.3.
  MemoryWatch(std::function<MemoryLeft()> look, std::uint64_t growth) : look_(std::move(look)), growth_(growth) {}

  // True where the shortage is another now.
  bool turn(TimeNs now);
  HeapShortage shortage() const { return shortage_; }
  const MemoryLeft& left() const { return left_; }  // at the last look

 private:
  HeapShortage judge() const;

  std::function<MemoryLeft()> look_;
  std::uint64_t growth_;
  TimeNs look_at_ = 0;
  MemoryLeft left_;
  HeapShortage shortage_ = HeapShortage::kNone;
};

}  // namespace lath
