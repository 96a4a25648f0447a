#include "launch/contact/until.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace lath {

bool wait_for(int descriptor, short events, const Clock& clock, Until until) {
  for (;;) {
    const TimeNs now = clock.now_ns();
    const TimeNs left_ms = now >= until.deadline ? 0 : (until.deadline - now + 999'999) / 1'000'000;
    std::array<pollfd, 2> waited = {{{descriptor, events, 0}, {until.interrupt, POLLIN, 0}}};
    const int ready = poll(waited.data(), waited.size(), static_cast<int>(std::min<TimeNs>(left_ms, 60'000)));
    if (ready > 0) return waited[1].revents == 0;
    if (ready < 0 && errno != EINTR) return false;
    if (clock.now_ns() >= until.deadline) return false;
  }
}

}  // namespace lath
