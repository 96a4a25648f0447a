// Whether what UCX needs is to be had: UCX 1.13 ends the process where it runs out of file descriptors in the middle of a context or a
// worker, or gets no thread.
#pragma once

#include <mutex>

#include "lath/result.hpp"

namespace lath {

// Held while UCX makes a context or a worker, by one thread of the process at a time: what check_ucx_needs() found must hold until
// it is used, and the limit is the process's, whichever store's context asks.
std::unique_lock<std::mutex> one_ucx_opening_at_a_time();

// Enough descriptors, and one thread. An error names the limit. Any thread; what code other than ours opens meanwhile is not known.
Result<void> check_ucx_needs();

}  // namespace lath
