// The names of things. A ShardId is not a NodeId is not an int; mixing them does not compile.
#pragma once

#include <compare>
#include <cstdint>

namespace lath {

template <class Tag>
struct Id {
  std::uint32_t value = 0;
  auto operator<=>(const Id&) const = default;
};
using NodeId = Id<struct NodeTag>;    // a process of the cluster; its rank at the bootstrap, never reused for another host
using ShardId = Id<struct ShardTag>;  // a core's shard within its node, dense from 0

// Where a shard is.
struct Place {
  NodeId node;
  ShardId shard;
  auto operator<=>(const Place&) const = default;
};

// Who wrote: one thread of one life of one node. A restart is a new incarnation and thereby a new writer, so no stamp, dot or
// counter slot is ever reused.
struct WriterId {
  NodeId node;
  ShardId shard;
  std::uint64_t incarnation = 0;  // microseconds since the Unix epoch at the node's start, greater at each restart
  auto operator<=>(const WriterId&) const = default;
};

// A hybrid logical clock's reading: microseconds since the Unix epoch in the upper 52 bits, a logical count in the lower 12
// (Kulkarni et al., "Logical Physical Clocks", 2014). 0 is before every write.
struct Stamp {
  std::uint64_t value = 0;
  auto operator<=>(const Stamp&) const = default;
};

}  // namespace lath
