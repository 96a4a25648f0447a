// How a session reads the memory of shards where it can.
#pragma once

#include <cstdint>

namespace lath {

enum class OneSidedMode : std::uint8_t {
  kOff,
  kOn,
  kCopies,  // never by loads, for tests and measurements: as where only RDMA leads to a shard
};

}  // namespace lath
