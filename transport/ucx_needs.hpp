// Whether what UCX needs is to be had: UCX 1.13 ends the process where it runs out of file descriptors in the middle of a context or a
// worker, or gets no thread.
#pragma once

#include "lath/result.hpp"

namespace lath {

// Enough descriptors, and one thread. An error names the limit. Any thread, which holds OfProcess::kUcx until it has used them; what code other
// than ours opens meanwhile is not known.
Result<void> check_ucx_needs();

}  // namespace lath
