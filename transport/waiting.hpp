// Waiting without burning a core: spin, then yield, then sleep on the transport's descriptor. Used by the loop that owns the
// transport. Idle time never passes a deadline, and wake() ends a sleep.
#pragma once

#include "base/clock.hpp"
#include "transport/transport.hpp"

namespace lath {

struct WaitPolicy {
  TimeNs spin_ns = 0;
  TimeNs yield_ns = 0;
  bool may_sleep = true;

  // For `threads` threads that wait like this on `cores` cores. Two spinning threads on one core cost 12 ms a round trip, so
  // spinning is for those that have a core each.
  static WaitPolicy choose(std::size_t threads, std::size_t cores);
};

class Waiter {
 public:
  Waiter(Transport& transport, WaitPolicy policy) : transport_(transport), policy_(policy) {}

  void did_work() {
    idle_since_ns_ = 0;
    empty_wakes_ = 0;
  }
  // How often to poll before the clock is worth reading: a reading costs as much as two polls, and a spinner reads nothing else.
  unsigned polls_per_clock() const { return policy_.spin_ns > 0 ? kPollsPerClock : 1; }
  // A turn at now_ns found nothing to do; the next is due at deadline_ns at the latest. Returns after one step of waiting.
  void idle(TimeNs now_ns, TimeNs deadline_ns);

  std::uint64_t sleeps() const { return sleeps_; }

 private:
  static constexpr unsigned kPollsPerClock = 64;

  static TimeNs nap_ns(TimeNs idle_ns);
  void sleep_until(TimeNs now_ns, TimeNs deadline_ns);

  Transport& transport_;
  WaitPolicy policy_;
  TimeNs idle_since_ns_ = 0;  // 0: was not idle
  std::uint64_t sleeps_ = 0;
  unsigned empty_wakes_ = 0;  // in a row: sleeps that the descriptor ended although there was nothing to do
};

}  // namespace lath
