// The only place where time is read. Everything else is handed a Clock, or the time itself.
#pragma once

#include <cstdint>

namespace lath {

using TimeNs = std::uint64_t;  // nanoseconds of the monotonic clock

inline constexpr TimeNs kForeverNs = ~TimeNs{0};

// A timeout that reaches past the end of time is for ever.
inline TimeNs deadline_after(TimeNs now, TimeNs timeout_ns) {
  return timeout_ns >= kForeverNs - now ? kForeverNs : now + timeout_ns;
}

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimeNs now_ns() const = 0;          // monotonic; comparable within one host
  virtual std::uint64_t wall_us() const = 0;  // microseconds since the Unix epoch; may jump
};

class SystemClock final : public Clock {
 public:
  TimeNs now_ns() const override;
  std::uint64_t wall_us() const override;
};

// A clock that a test or a simulation turns by hand.
class ManualClock final : public Clock {
 public:
  TimeNs now_ns() const override { return now_ns_; }
  std::uint64_t wall_us() const override { return kWallStartUs + now_ns_ / 1000; }
  void advance(TimeNs by_ns) { now_ns_ += by_ns; }

 private:
  static constexpr std::uint64_t kWallStartUs = 1'700'000'000'000'000;
  TimeNs now_ns_ = 1;
};

}  // namespace lath
