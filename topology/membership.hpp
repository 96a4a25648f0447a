// Who is in the cluster: a map lattice of NodeId to entry, so that views merge in any order, any number of times. For each node
// the greatest entry wins: by incarnation, then by state, then by content, never by arrival. Owned by one thread; a copy that is
// no longer merged into may be read by all.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lath/ids.hpp"

namespace lath {

// Greater is later in a life of one incarnation: news of it replaces the older. The gap leaves room for suspicion.
enum class NodeState : std::uint8_t {
  kAlive = 0,
  kLeaving = 16,  // serves what it has until it left; takes no new placement
  kLeft = 32,     // having handed over all that it held
  kDead = 48,     // or gone without that
};

using AddressBytes = std::vector<std::byte>;  // a transport's address, opaque here

struct NodeEntry {
  NodeId id;
  std::uint64_t incarnation = 0;
  NodeState state = NodeState::kAlive;
  std::string host;
  std::string contact;                        // host:port of its contact port, empty if it has none
  std::uint64_t host_id = 0;                  // equal values: same machine and same IPC namespace
  std::vector<AddressBytes> shard_addresses;  // by ShardId; as many as the node has shards
  AddressBytes control_address;

  // The order of the lattice among entries of one node. It is total, so a merge never has to choose.
  std::strong_ordering news(const NodeEntry& other) const;
  bool operator==(const NodeEntry& other) const = default;
};

class View {
 public:
  bool merge(const NodeEntry& entry);  // says whether this view grew
  bool merge(const View& other);

  // A digest of the content, 0 for the empty view: equal epochs mean equal views (but for 1 pair in 2^64).
  std::uint64_t epoch() const;

  std::size_t size() const { return entries_.size(); }
  const NodeEntry* find(NodeId node) const;         // null if unknown; valid until the next merge into this view
  std::vector<const NodeEntry*> entries() const;    // all, in the order of their ids
  std::vector<const NodeEntry*> alive() const;      // kAlive, in the order of their ids
  std::vector<const NodeEntry*> placeable() const;  // where keys live: the alive nodes, or, if none is, the leaving ones
  bool operator==(const View& other) const = default;

 private:
  struct Member {
    NodeEntry entry;
    std::uint64_t digest = 0;
    bool operator==(const Member& other) const = default;
  };
  std::vector<const NodeEntry*> in_state(NodeState state) const;

  std::map<NodeId, Member> entries_;
  std::uint64_t digest_sum_ = 0;  // of the entries' digests: kept up with each merge, and free of order
};

}  // namespace lath
