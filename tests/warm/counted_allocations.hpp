// How often this process has asked for memory: malloc and its kin are interposed by counted_allocations.cpp.
#pragma once

#include <cstdint>

namespace lath::warm {

std::uint64_t allocations();

}  // namespace lath::warm
