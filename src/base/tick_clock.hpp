// The monotonic clock, read from the processor's time-stamp counter where that one counts at a constant rate and the kernel keeps time
// by it too; elsewhere from the kernel. Between two readings of the kernel's clock, at most kSpanNs apart, time is carried on by the
// counter: so a counter that jumps (a virtual machine that moves, a suspend) misleads for no longer than that, and a rate that is
// off by a thousandth by no more than a microsecond. One a thread; it never goes back.
#pragma once

#include <cstdint>

namespace lath {

class TickClock {
 public:
  static constexpr std::uint64_t kSpanNs = 1'000'000;

  // Of this thread.
  static std::uint64_t now_ns();
  // A count that says roughly whether a clock is worth reading again, and costs a part of that where the kernel's clock would be read: of
  // cycles, some billions a second, or of nanoseconds. It differs from core to core, and may jump.
  static std::uint64_t ticks() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return now_ns();
#endif
  }
  // Where a kernel's clock and a counter are given by hand: what tests turn.
  struct Reading {
    std::uint64_t ticks;
    std::uint64_t kernel_ns;
  };
  // What a clock says at `ticks`; kernel() is called where carrying on will not do, and gives both.
  template <class Kernel>
  std::uint64_t at(std::uint64_t ticks, Kernel&& kernel) {
    const std::uint64_t passed = ticks - anchor_.ticks;
    const bool carries_on = passed < span_ticks_;
    const std::uint64_t ns = carries_on ? anchor_.kernel_ns + (passed * ns_per_tick_ >> kRateBits) : anchor(kernel());
    // What was carried on may have come further than the kernel's clock, or than a counter that was set back: it waits for them.
    if (ns > said_) said_ = ns;
    return said_;
  }

 private:
  static constexpr unsigned kRateBits = 32;  // of the fraction in ns_per_tick_: a span of 1 ms stays far from 2^64
  static constexpr std::uint64_t kTicksPerNsMax = 16;

  std::uint64_t anchor(const Reading& now);

  Reading anchor_{0, 0};
  std::uint64_t span_ticks_ = 0;  // for how long ticks are trusted; 0 until the rate is known
  std::uint64_t ns_per_tick_ = 0;
  std::uint64_t said_ = 0;
};

}  // namespace lath
