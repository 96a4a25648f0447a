// How often this process has asked for memory, and taken a lock: malloc, pthread_mutex_lock and their kin are interposed by
// counted_allocations.cpp.
#pragma once

#include <cstdint>

namespace lath::warm {

std::uint64_t allocations();
std::uint64_t locks();

}  // namespace lath::warm
