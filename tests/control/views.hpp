// Views for tests.
#pragma once

#include "topology/membership.hpp"

namespace lath::testing {

inline NodeEntry node_entry(std::uint32_t node, std::size_t shards) {
  NodeEntry entry;
  entry.id = NodeId{node};
  entry.incarnation = 1000 + node;
  entry.host = "host" + std::to_string(node);
  entry.contact = "127.0.0.1:" + std::to_string(4000 + node);
  entry.host_id = node / 2;
  entry.control_address = AddressBytes(79, std::byte(node));
  for (std::size_t shard = 0; shard < shards; ++shard) entry.shard_addresses.push_back(AddressBytes(215, std::byte(shard)));
  return entry;
}

inline View view_of(std::uint32_t nodes, std::size_t shards) {
  View view;
  for (std::uint32_t node = 0; node < nodes; ++node) view.merge(node_entry(node, shards));
  return view;
}

}  // namespace lath::testing
