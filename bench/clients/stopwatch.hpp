// Time for single operations: the processor's time-stamp counter where there is one (about 10 ns a reading here, where the system's
// clock takes 25), its rate taken once from the system's clock. One thread; pinned, as every bench program is.
#pragma once

#include <chrono>
#include <cstdint>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace lath::bench {

class Stopwatch {
 public:
#if defined(__x86_64__)
  static std::uint64_t ticks() {
    return __rdtsc();
  }
#else
  static std::uint64_t ticks() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  }
#endif

  static double ns_per_tick() {
    static const double rate = calibrated();
    return rate;
  }

 private:
  static double calibrated() {
    using Clock = std::chrono::steady_clock;
    const auto begun = Clock::now();
    const std::uint64_t first = ticks();
    auto now = begun;
    while (now - begun < std::chrono::milliseconds(20)) now = Clock::now();
    return std::chrono::duration<double, std::nano>(now - begun).count() / static_cast<double>(ticks() - first);
  }
};

// For loops that run for a while: over after so many seconds.
class Deadline {
 public:
  explicit Deadline(double seconds) : begun_(Clock::now()), seconds_(seconds) {}
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }
  bool over() const { return elapsed() >= seconds_; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begun_;
  double seconds_;
};

}  // namespace lath::bench
