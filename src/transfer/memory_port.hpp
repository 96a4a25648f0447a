// How a shard reads memory of other processes: by its loop's transport, which it does not see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/message.hpp"

namespace lath {

enum class PortRead : std::uint8_t {
  kDone,      // the bytes are there
  kUnderWay,  // Shard::read_done() tells when; the room is the port's until then
  kBusy,      // poll, then try again
  kNot,       // this memory cannot be read so
};

class MemoryPort {
 public:
  virtual ~MemoryPort() = default;
  // Whether memory that the peer exported can be read while the peer does nothing.
  virtual bool reads(PeerId peer, Bytes exported) = 0;
  virtual PortRead read(PeerId peer, Bytes exported, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) = 0;
};

}  // namespace lath
