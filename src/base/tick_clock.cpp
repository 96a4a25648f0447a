#include "base/tick_clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace lath {

namespace {

std::uint64_t kernel_ns() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

#if defined(__x86_64__)

// The kernel watches the counters of all cores against each other, and leaves them for another clock where they differ.
bool kernel_trusts_ticks() {
  std::FILE* file = std::fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
  if (file == nullptr) return false;
  char name[16] = {};
  const bool is_read = std::fgets(name, sizeof name, file) != nullptr;
  std::fclose(file);
  return is_read && std::strncmp(name, "tsc", 3) == 0;
}

bool ticks_are_even() {
  constexpr unsigned kPowerLeaf = 0x80000007;
  constexpr unsigned kInvariantBit = 1U << 8;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(kPowerLeaf, &a, &b, &c, &d) != 0 && (d & kInvariantBit) != 0 && kernel_trusts_ticks();
}

// Found once; by several threads where they are the first. A static of C++ would have a lock, which a child of fork() inherits as held where
// another thread was just finding out.
bool trusts_ticks() {
  enum class Trust : unsigned char { kUnknown, kTicks, kKernel };
  static std::atomic<Trust> known{Trust::kUnknown};
  Trust trust = known.load(std::memory_order_relaxed);
  if (trust == Trust::kUnknown) [[unlikely]] {
    trust = ticks_are_even() ? Trust::kTicks : Trust::kKernel;
    known.store(trust, std::memory_order_relaxed);
  }
  return trust == Trust::kTicks;
}

#endif

}  // namespace

std::uint64_t TickClock::now_ns() {
#if defined(__x86_64__)
  // In a shared library any other model costs a call each time.
  static thread_local __attribute__((tls_model("initial-exec"))) TickClock clock;
  if (trusts_ticks()) return clock.at(__rdtsc(), [] { return Reading{__rdtsc(), kernel_ns()}; });
#endif
  return kernel_ns();
}

std::uint64_t TickClock::anchor(const Reading& now) {
  const bool forward = anchor_.ticks != 0 && now.ticks > anchor_.ticks && now.kernel_ns > anchor_.kernel_ns;
  const std::uint64_t ticks = now.ticks - anchor_.ticks;
  const std::uint64_t ns = now.kernel_ns - anchor_.kernel_ns;
  // Two readings far enough apart give the rate; those apart by more than seconds would not fit the product.
  constexpr std::uint64_t kApartMaxNs = std::uint64_t{1} << (63 - kRateBits);
  if (forward && ns >= kSpanNs / 2 && ns < kApartMaxNs) {
    ns_per_tick_ = (ns << kRateBits) / ticks;
    // A tick over a nanosecond, or under a sixteenth of one, is of no counter that works: stay with the kernel's clock.
    constexpr std::uint64_t kOneNs = std::uint64_t{1} << kRateBits;
    const bool is_sound = ns_per_tick_ <= kOneNs && ns_per_tick_ >= kOneNs / kTicksPerNsMax;
    span_ticks_ = is_sound ? (kSpanNs << kRateBits) / ns_per_tick_ : 0;
  } else if (forward && span_ticks_ == 0 && ns < kSpanNs / 2) {
    return now.kernel_ns;  // the first span is still being measured
  }
  anchor_ = now;
  return now.kernel_ns;
}

}  // namespace lath
