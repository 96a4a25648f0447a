// SIGTERM and SIGINT as a question to ask: the first asks for the end, a second ends the process at once. Make it before any
// other thread, so that all have these signals blocked.
#pragma once

#include <signal.h>

#include <atomic>
#include <future>
#include <thread>

#include "lath/result.hpp"
#include "launch/descriptor.hpp"

namespace lath {

class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  Result<void> start();
  int wait() { return asked_.get_future().get(); }  // for the first signal: its number. Once.

 private:
  void run();

  sigset_t signals_{};
  Descriptor signal_;
  Descriptor end_;
  std::promise<int> asked_;
  std::thread thread_;
};

}  // namespace lath
