// Begins a thread of ours. Where the system makes none it says which limit to look at: the process may be somebody's application, and
// goes on.
#pragma once

#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "lath/result.hpp"

namespace lath {

// `what` it is, for the text.
template <class Run>
Result<std::thread> start_thread(const std::string& what, Run&& run) {
  try {
    return std::thread(std::forward<Run>(run));
  } catch (const std::system_error& error) {
    return Error{Code::kIo, "the system makes no thread for " + what + " (" + error.code().message() +
                                "): raise the limit of processes (ulimit -u), or that of the container (pids.max)"};
  }
}

}  // namespace lath
