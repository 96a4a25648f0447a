// Whether a worker's file descriptors are to be had: UCX 1.13 ends the process where it runs out of them in the middle of a worker.
#pragma once

#include "lath/result.hpp"

namespace lath {

// An error names the limit. Any thread; what others open meanwhile is not known.
Result<void> check_descriptors();

}  // namespace lath
