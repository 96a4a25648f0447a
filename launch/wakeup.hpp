// Ends the sleep of a thread that waits in poll(2), from any other.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/descriptor.hpp"
#include "lath/result.hpp"

namespace lath {

class Wakeup {
 public:
  static Result<Wakeup> open() {
    Descriptor event(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!event) return Error{Code::kIo, std::string("eventfd: ") + std::strerror(errno)};
    return Wakeup(std::move(event));
  }

  // A write fails only where as many wake-ups as a counter holds are unread: then it is awake.
  void wake() const { eventfd_write(event_.number(), 1); }
  // The sleeper's, once awake: what woke it is read. Also where nothing did.
  void taken() const {
    eventfd_t wakes = 0;
    eventfd_read(event_.number(), &wakes);
  }
  pollfd awaited() const { return {.fd = event_.number(), .events = POLLIN, .revents = 0}; }

 private:
  explicit Wakeup(Descriptor event) : event_(std::move(event)) {}

  Descriptor event_;
};

}  // namespace lath
