// How long to wait on a descriptor.
#pragma once

#include "base/clock.hpp"
#include "launch/wakeup.hpp"

namespace lath {

// To a deadline, and no longer than until `interrupt` can be read, where there is one.
struct Until {
  TimeNs deadline = 0;
  int interrupt = -1;

  Until(TimeNs at) : deadline(at) {}
  Until(TimeNs at, const Wakeup& interrupted_by) : deadline(at), interrupt(interrupted_by.awaited().fd) {}
};
// poll(2) on one descriptor; false when the wait is over first.
bool wait_for(int descriptor, short events, const Clock& clock, Until until);

}  // namespace lath
