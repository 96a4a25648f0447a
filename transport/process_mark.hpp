// Which process an endpoint belongs to, so that others on the same machine see that it is gone. Shared memory has no connection that
// breaks with a process, and UCX 1.13's own keepalive takes its caller down where a peer died before its first message was handled: it looks
// at a connection that it has begun to make and could not.
#pragma once

#include <cstdint>
#include <optional>

namespace lath {

struct ProcessMark {
  std::uint64_t machine = 0;  // its boot and its namespace of process numbers; 0: unknown, so that nobody looks
  std::uint64_t started = 0;  // in clock ticks since the boot: process numbers are used again
  std::uint64_t number = 0;

  static ProcessMark own();
  bool operator==(const ProcessMark&) const = default;
};
static_assert(sizeof(ProcessMark) == 24, "it travels as it lies in memory");

// Whether a process of this machine has ended, reaped or not. False where it cannot be known from here.
bool has_ended(const ProcessMark& process, const ProcessMark& own);

// Names the memory that processes can share here: its value is the same at two of them that see the same /dev/shm and the same SysV segments.
// Never 0.
std::uint64_t memory_domain_here();

}  // namespace lath
