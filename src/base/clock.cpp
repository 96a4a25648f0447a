#include "base/clock.hpp"

#include <chrono>

#include "base/tick_clock.hpp"

namespace lath {

TimeNs SystemClock::now_ns() const {
  return TickClock::now_ns();
}

std::uint64_t SystemClock::wall_us() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

}  // namespace lath
