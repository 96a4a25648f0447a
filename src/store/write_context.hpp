// Who writes, and when: handed to every update, so that the store has no clock of its own.
#pragma once

#include <cstdint>

#include "base/hybrid_clock.hpp"
#include "lath/ids.hpp"

namespace lath {

struct WriteContext {
  WriterId writer;
  HybridClock* clock = nullptr;  // the shard's
  std::uint64_t wall_us = 0;     // read once a turn
  bool alone = false;            // no other replica needs to hear of it: what is erased is gone at once
  bool blind = false;            // what other replicas hold may not have come yet: an erase leaves a tombstone where nothing is

  Stamp stamp() const { return clock->next(wall_us); }
};

}  // namespace lath
