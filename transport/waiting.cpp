#include "transport/waiting.hpp"

#include <poll.h>
#include <sched.h>
#include <time.h>

#include <algorithm>

#include "base/spin_pause.hpp"

namespace lath {

namespace {

constexpr TimeNs kSpinNs = 20'000;             // a round trip over shared memory takes under 1 us, over RDMA a few
constexpr TimeNs kYieldNs = 200'000;           // a sleep and its wake-up cost up to 135 us: worth it once idle for longer than that
constexpr TimeNs kSleepNsMax = 1'000'000'000;  // even without a deadline, look once a second
// A descriptor that fires without work must not turn a sleep into a spin: after so many, sleep without it for a little.
constexpr unsigned kEmptyWakesMax = 16;
constexpr TimeNs kDistrustedSleepNs = 1'000'000;
constexpr TimeNs kRefusalNs = 1'000'000;  // what is only passing, as a connection that closes, is over by then
constexpr TimeNs kNapsShare = 8;          // of the time since there was something to do

}  // namespace

WaitPolicy WaitPolicy::choose(std::size_t threads, std::size_t cores) {
  return {.spin_ns = threads <= cores ? kSpinNs : 0, .yield_ns = kYieldNs, .may_sleep = true};
}

void Waiter::idle(TimeNs now_ns, TimeNs deadline_ns) {
  if (now_ns >= deadline_ns) return;
  if (idle_since_ns_ == 0) idle_since_ns_ = now_ns;
  const TimeNs idle_ns = now_ns - idle_since_ns_;
  if (idle_ns < policy_.spin_ns) {
    spin_pause();
    return;
  }
  if (idle_ns < policy_.spin_ns + policy_.yield_ns || !policy_.may_sleep) {
    sched_yield();
    return;
  }
  sleep_until(now_ns, deadline_ns);
}

// Refused, there is something to poll for: frames to a peer that is stopped, say, which may take them at any moment, and never does. So
// the longer that lasts the longer the naps, which what does arrive has to wait for.
TimeNs Waiter::nap_ns(TimeNs idle_ns) {
  return idle_ns < kRefusalNs ? 0 : std::min(idle_ns / kNapsShare, kDistrustedSleepNs);
}

void Waiter::sleep_until(TimeNs now_ns, TimeNs deadline_ns) {
  if (transport_.event_fd() < 0) return;  // simulated: time passes there because we turn
  const bool armed = transport_.arm();
  const bool distrusted = empty_wakes_ >= kEmptyWakesMax;
  const TimeNs longest_ns = !armed ? nap_ns(now_ns - idle_since_ns_) : distrusted ? kDistrustedSleepNs : kSleepNsMax;
  if (longest_ns == 0) return;
  const TimeNs sleep_ns = std::min(deadline_ns - now_ns, longest_ns);
  const timespec timeout = {.tv_sec = static_cast<time_t>(sleep_ns / 1'000'000'000),
                            .tv_nsec = static_cast<long>(sleep_ns % 1'000'000'000)};
  pollfd watched = {.fd = distrusted ? -1 : transport_.event_fd(), .events = POLLIN, .revents = 0};
  ++sleeps_;
  // A signal ends a sleep early, which the caller's next turn takes as it takes a spurious event. A negative fd is ignored.
  if (ppoll(&watched, 1, &timeout, nullptr) > 0) ++empty_wakes_;
}

}  // namespace lath
