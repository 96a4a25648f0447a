#include "launch/signal_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "base/thread_start.hpp"
#include "lath/limits.hpp"

namespace lath {

SignalWatch::SignalWatch(const Clock& clock) : clock_(clock) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  struct sigaction hangup {};
  if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&signals_, SIGHUP);  // not under nohup
}

Result<void> SignalWatch::start() {
  if (pthread_sigmask(SIG_BLOCK, &signals_, nullptr) != 0) return Error{Code::kIo, "cannot block signals"};
  signal_ = Descriptor(signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK));
  end_ = Descriptor(eventfd(0, EFD_CLOEXEC));
  if (!signal_ || !end_) return Error{Code::kIo, std::string("signalfd: ") + std::strerror(errno)};
  auto thread = start_thread("signals", [this] { run(); });
  if (!thread) return thread.error();
  thread_ = std::move(*thread);
  return {};
}

SignalWatch::~SignalWatch() {
  if (!thread_.joinable()) return;
  eventfd_write(end_.number(), 1);
  thread_.join();
}

void SignalWatch::run() {
  prctl(PR_SET_NAME, "signals");  // does nothing but wait: told from those that work
  std::optional<TimeNs> asked_at;
  for (;;) {
    std::array<pollfd, 2> waited = {{{signal_.number(), POLLIN, 0}, {end_.number(), POLLIN, 0}}};
    if (poll(waited.data(), waited.size(), -1) < 0) continue;
    if (waited[1].revents != 0) return;
    signalfd_siginfo told{};
    if (read(signal_.number(), &told, sizeof told) != static_cast<ssize_t>(sizeof told)) continue;
    const int number = static_cast<int>(told.ssi_signo);
    const TimeNs now = clock_.now_ns();
    if (!asked_at) {
      asked_at = now;
      is_asked_ = true;
      asked_.set_value(number);
    } else if (number != SIGHUP && now - *asked_at >= kSignalRepeatNs) {  // a launcher's end says nothing that its SIGTERM has not
      _exit(128 + number);
    }
  }
}

}  // namespace lath
