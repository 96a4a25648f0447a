// How short the system is of memory for cells on the heap, which no extent and no limit of ours bounds. Set by the control thread, read
// by the shards.
#pragma once

#include <atomic>
#include <cstdint>

namespace lath {

enum class HeapShortage : std::uint8_t {
  kNone,
  kWrites,  // new elements are refused; what other replicas hold already goes on
  kMerges,  // these as well: nothing grows any more
};

using SharedHeapShortage = std::atomic<HeapShortage>;

}  // namespace lath
