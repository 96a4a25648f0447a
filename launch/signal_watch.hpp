// SIGTERM and SIGINT as a question to ask: the first asks for the end, one that comes kSignalRepeatNs later or more ends the process
// at once. Those in between repeat the first: who ends a process often signals it and its group, and so does a launcher that is
// ended itself. Make it before any other thread, so that all have these signals blocked.
#pragma once

#include <signal.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "lath/result.hpp"

namespace lath {

class SignalWatch {
 public:
  explicit SignalWatch(const Clock& clock);  // which outlives it
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  Result<void> start();
  bool asked() const { return is_asked_; }          // any thread
  int wait() { return asked_.get_future().get(); }  // for the first signal: its number. Once.

 private:
  void run();

  const Clock& clock_;
  sigset_t signals_{};
  Descriptor signal_;
  Descriptor end_;
  std::promise<int> asked_;
  std::atomic<bool> is_asked_{false};
  std::thread thread_;
};

}  // namespace lath
