// What of a host's shared memory nodes take, and whether there is so much. UCX takes a table's extents and each endpoint's message buffers
// from SysV segments; extents for which these have no room it takes from /dev/shm, where each endpoint has as much again. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/memory_left.hpp"
#include "topology/host.hpp"

namespace lath {

// Of an endpoint (a shard, a control thread, a client's session), by UCX 1.13: in SysV segments, and the same in /dev/shm.
inline constexpr std::uint64_t kEndpointBytes = 4400ULL << 10;  // 4.2 MiB were seen
inline constexpr std::uint64_t kEndpointSegments = 2;
inline constexpr std::uint64_t kEndpointSegmentBytes = 6ULL << 20;  // the larger one, as UCX asks for it first

struct SharedMemoryNeed {
  std::uint64_t table_bytes = 0;
  std::uint64_t table_segments = 0;  // if all extents were SysV segments
  std::uint64_t endpoints = 0;

  std::uint64_t endpoint_bytes() const { return endpoints * kEndpointBytes; }
};
// Of so many nodes, each with a table of `memory_bytes` over `shard_count` shards, and a control thread.
SharedMemoryNeed shared_memory_need(std::uint64_t memory_bytes, std::size_t shard_count, std::size_t node_count = 1);

// Where a table would find room, beside the endpoints.
struct TableRoom {
  std::uint64_t sysv_bytes = 0;
  std::uint64_t shm_bytes = 0;

  std::uint64_t bytes() const { return sysv_bytes + shm_bytes; }
};
TableRoom table_room(const SharedMemoryNeed& need, const SysvMemory& sysv, std::uint64_t shm_bytes);

// The limit of SysV segments that leaves room for part of the table only, with its setting, and what would be enough:
// "kernel.shmall leaves 32 MiB of SysV memory", "kernel.shmall=1048576". Empty where none does.
struct SysvShortage {
  std::string text;
  std::string remedy;
};
SysvShortage sysv_shortage(const SharedMemoryNeed& need, const SysvMemory& sysv);

// What is to be told where `node_count` nodes of `memory_bytes` each may come to need more than is left; "" where nothing is. A limit of the
// process is its own: of the nodes here, it holds one.
std::string memory_warning(const MemoryLeft& left, std::uint64_t memory_bytes, std::size_t node_count);

}  // namespace lath
