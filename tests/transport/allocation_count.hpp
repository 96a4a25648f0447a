// Counts the calls of operator new in this program.
#pragma once

#include <cstdint>

namespace lath {

std::uint64_t allocations_so_far();

}  // namespace lath
