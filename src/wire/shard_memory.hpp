// The answer to "shard memory": where a shard's table lies, and by which keys a session may read it one-sidedly.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/frame_buffer.hpp"

namespace lath {

struct ShardMemory {
  std::uint64_t incarnation = 0;
  TimeNs now_ns = 0;           // by the shard's monotonic clock, when it answered
  std::uint64_t root = 0;      // the root page's address; 0: there is no memory yet
  std::vector<Bytes> exports;  // of the extents, in the order in which they were taken; never fewer than before
};

void append_shard_memory(FrameBuffer& frame, const ShardMemory& memory);
// nullopt: not such an answer. The exports lie in `payload`.
std::optional<ShardMemory> read_shard_memory(Bytes payload);

}  // namespace lath
