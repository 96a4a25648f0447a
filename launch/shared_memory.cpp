#include "launch/shared_memory.hpp"

#include <unistd.h>

#include <algorithm>

#include "store/extent_queue.hpp"

namespace lath {

namespace {

std::uint64_t left_of(std::uint64_t limit, std::uint64_t used) {
  return limit - std::min(limit, used);
}

std::uint64_t as_mib(std::uint64_t bytes) {
  return bytes >> 20;
}

}  // namespace

SharedMemoryNeed shared_memory_need(std::uint64_t memory_bytes, std::size_t shard_count, std::size_t node_count) {
  const std::uint64_t each = memory_bytes / std::max<std::size_t>(shard_count, 1);
  std::uint64_t segments = 0;
  std::uint64_t mapped = 0;
  for (std::uint64_t extent = ExtentQueue::kExtentBytesFirst; mapped < each && extent < ExtentQueue::kExtentBytesLast;
       extent *= 2) {
    mapped += extent;
    ++segments;
  }
  if (mapped < each) segments += (each - mapped + ExtentQueue::kExtentBytesLast - 1) / ExtentQueue::kExtentBytesLast;
  return {.table_bytes = memory_bytes * node_count,
          .table_segments = segments * shard_count * node_count,
          .endpoints = (shard_count + 1) * node_count};
}

TableRoom table_room(const SharedMemoryNeed& need, const SysvMemory& sysv, std::uint64_t shm_bytes) {
  TableRoom room;
  const std::uint64_t segments = left_of(left_of(sysv.segments_max, sysv.segments_used), need.endpoints * kEndpointSegments);
  if (sysv.segment_bytes_max >= ExtentQueue::kExtentBytesLast) {
    room.sysv_bytes = left_of(left_of(sysv.bytes_max, sysv.bytes_used), need.endpoint_bytes());
    if (segments < need.table_segments) room.sysv_bytes = std::min(room.sysv_bytes, segments * ExtentQueue::kExtentBytesLast);
  }
  room.sysv_bytes = std::min(room.sysv_bytes, need.table_bytes);
  room.shm_bytes = std::min(left_of(shm_bytes, need.endpoint_bytes()), need.table_bytes);
  return room;
}

SysvShortage sysv_shortage(const SharedMemoryNeed& need, const SysvMemory& sysv) {
  const std::uint64_t segments = need.table_segments + need.endpoints * kEndpointSegments;
  const std::uint64_t bytes = need.table_bytes + need.endpoint_bytes();
  if (sysv.segment_bytes_max < ExtentQueue::kExtentBytesLast) {
    return {"kernel.shmmax allows SysV segments of " + std::to_string(as_mib(sysv.segment_bytes_max)) +
                " MiB, and extents have up to " + std::to_string(as_mib(ExtentQueue::kExtentBytesLast)) + " MiB",
            "kernel.shmmax=" + std::to_string(ExtentQueue::kExtentBytesLast)};
  }
  if (left_of(sysv.bytes_max, sysv.bytes_used) < bytes) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return {"kernel.shmall leaves " + std::to_string(as_mib(left_of(sysv.bytes_max, sysv.bytes_used))) + " MiB of SysV memory",
            "kernel.shmall=" + std::to_string((sysv.bytes_used + bytes) / page + 1)};
  }
  if (left_of(sysv.segments_max, sysv.segments_used) < segments) {
    return {"kernel.shmmni leaves " + std::to_string(left_of(sysv.segments_max, sysv.segments_used)) + " SysV segments",
            "kernel.shmmni=" + std::to_string(sysv.segments_used + segments)};
  }
  return {};
}

std::string memory_warning(const MemoryLeft& left, std::uint64_t memory_bytes, std::size_t node_count) {
  const std::size_t count = left.is_shared ? node_count : 1;
  if (left.bytes / count >= memory_bytes) return {};
  const std::string whom = count == 1 ? "of this node" : "of each of the " + std::to_string(count) + " nodes here together";
  return left.whose + " has " + std::to_string(as_mib(left.bytes)) + " MiB of memory left, less than the " +
         std::to_string(as_mib(memory_bytes)) + " MiB " + whom + ": a table that comes to need it does not grow, and is full; " +
         MemoryLeft::remedy();
}

}  // namespace lath
