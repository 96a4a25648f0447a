// Views for the tests of this room.
#pragma once

#include <cstdint>

#include "topology/membership.hpp"

namespace lath {

inline NodeEntry node_entry(std::uint32_t id, std::size_t shards, NodeState state = NodeState::kAlive,
                            std::uint64_t incarnation = 1) {
  NodeEntry entry;
  entry.id = NodeId{id};
  entry.incarnation = incarnation;
  entry.state = state;
  entry.host = "host" + std::to_string(id);
  entry.shard_addresses.resize(shards, AddressBytes(8, std::byte{7}));
  return entry;
}

inline View view_of(std::uint32_t nodes, std::size_t shards) {
  View view;
  for (std::uint32_t id = 0; id < nodes; ++id) view.merge(node_entry(id, shards));
  return view;
}

}  // namespace lath
