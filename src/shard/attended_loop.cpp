#include "shard/attended_loop.hpp"

#include "base/log.hpp"

namespace lath {

bool AttendedLoop::turn() {
  const LogScope scope(name_);
  enter();
  const bool worked = loop_.turn_in_call();
  hand_.leave();
  return worked;
}

void AttendedLoop::wake_attendant() {
  asleep_.store(false, std::memory_order_relaxed);
  wake_();
}

AttendedLoop::Attended AttendedLoop::attend(bool may_sleep, TimeNs& deadline) {
  if (!hand_.try_attend()) return Attended::kOwnerInside;
  asleep_.store(false, std::memory_order_relaxed);
  bool worked = false;
  for (unsigned turns = 0; turns < kTurnsAtOnce && loop_.turn(); ++turns) {
    worked = true;
    if (hand_.owner_waits()) break;
  }
  Attended result = worked ? Attended::kWorked : Attended::kNothing;
  deadline = loop_.next_deadline();
  if (!worked && may_sleep && !hand_.owner_waits() && loop_.arm()) {
    asleep_.store(true, std::memory_order_relaxed);
    result = Attended::kAsleep;
  }
  hand_.end_attending();
  return result;
}

}  // namespace lath
