// Which shards hold a key: consistent hashing (Karger et al. 1997) with kTokensPerNode virtual nodes over the nodes, then
// multiply-shift over a node's shards. A pure function of a view: every node and client with the same view computes the same
// ring. Immutable once built, so any thread may read it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lath/ids.hpp"
#include "lath/limits.hpp"

namespace lath {

class View;

// How many nodes hold a key, and how many shards within each of them.
struct Replication {
  std::uint32_t nodes = 1;
  std::uint32_t shards = 1;
  bool operator==(const Replication&) const = default;
};

class Ring {
 public:
  // A node's share strays from even by about 1 / sqrt(tokens), 2.2 % here: 10 % is more than four times that.
  static constexpr std::size_t kTokensPerNode = 2048;

  Ring() = default;  // of no nodes
  explicit Ring(const View& view);

  bool empty() const { return nodes_.empty(); }
  std::size_t node_count() const { return nodes_.size(); }
  std::uint64_t epoch() const { return epoch_; }  // of the view it was built from

  // Where the key of this hash has its first replica. The ring is not empty.
  Place primary(std::uint64_t hash) const {
    const Member& node = nodes_.size() == 1 ? nodes_.front() : nodes_[member_of(tokens_[token_of(hash)], 0)];
    return {node.id, ShardId{shard_of(hash, node.shards)}};
  }

  // The replicas of the key of this hash, at most out.size(): node by node, primary first; within each node as many distinct
  // shards as asked for, or as it has. Returns how many were written: fewer than asked for when there are fewer nodes.
  std::size_t replicas(std::uint64_t hash, Replication replication, std::span<Place> out) const {
    if (replication.nodes > kSuccessorsKept || nodes_.empty()) return walk(hash, replication, out);
    const std::size_t count = std::min<std::size_t>({replication.nodes, nodes_.size(), out.size()});
    const Token successors = nodes_.size() == 1 ? 0 : tokens_[token_of(hash)];
    std::size_t written = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Member& node = nodes_[member_of(successors, i)];
      if (replication.shards == 1) {  // the usual case, here for the sake of its cost: each update asks
        out[written++] = {node.id, ShardId{shard_of(hash, node.shards)}};
      } else {
        written += write_node(node, hash, replication.shards, out.subspan(written));
      }
    }
    return written;
  }

  // replicas(), in no order: sooner where every node is one.
  std::size_t holders(std::uint64_t hash, Replication replication, std::span<Place> out) const {
    if (replication.nodes < nodes_.size() || replication.shards != 1 || nodes_.size() > out.size())
      return replicas(hash, replication, out);
    for (std::size_t i = 0; i < nodes_.size(); ++i) out[i] = {nodes_[i].id, ShardId{shard_of(hash, nodes_[i].shards)}};
    return nodes_.size();
  }

  // Whether replicas() has this place among them; sooner, because nothing is written.
  bool holds(std::uint64_t hash, Replication replication, Place place) const {
    if (replication.nodes > kSuccessorsKept || nodes_.empty()) return is_among_replicas(hash, replication, place);
    const std::size_t count = std::min<std::size_t>(replication.nodes, nodes_.size());
    const Token successors = nodes_.size() == 1 ? 0 : tokens_[token_of(hash)];
    for (std::size_t i = 0; i < count; ++i) {
      const Member& node = nodes_[member_of(successors, i)];
      if (node.id != place.node) continue;
      if (replication.shards >= node.shards) return true;
      return replication.shards == 1 ? shard_of(hash, node.shards) == place.shard.value
                                     : is_among_replicas(hash, replication, place);
    }
    return false;
  }

  // Multiply-shift over bits that a multiplication has drawn from the whole hash. Exactly even, needs no table, and depends on
  // nothing but the hash and the count, so that nodes with as many shards agree and shard i only ever talks to shard i. Jump
  // hashing (Lamping and Veach 2014) would move fewer keys when a node's shard count changes; but that takes a restart, after
  // which the node's memory is empty, so there would be nothing to save. The factor keeps a shard's keys spread over all
  // values of the hash's lower bits, which the shard's own table uses.
  static std::uint32_t shard_of(std::uint64_t hash, std::uint32_t shard_count) {
    return static_cast<std::uint32_t>((((hash * 0x9e3779b97f4a7c15ULL) >> 32) * shard_count) >> 32);
  }

 private:
  // The ring is the upper 32 bits of the hash. It is cut into kTokensPerNode strata, and every node has one token in each, at a
  // place drawn from its id. So a stratum sorts by itself, in a cache's worth of memory, and the counts that sort it are the
  // index: the lookup's first guess is right or one or two tokens short. A token is its place within its stratum, then its node
  // and the distinct nodes that follow on the ring, as many as there are: one load answers most lookups. Equal places fall to
  // the lower id.
  using Token = std::uint64_t;
  static constexpr unsigned kStratumBits = 11;
  static constexpr unsigned kPlaceBits = 21;
  static constexpr unsigned kMemberBits = 10;
  static constexpr std::size_t kSuccessorsKept = 4;
  static constexpr unsigned kPlaceShift = 64 - kPlaceBits;
  static constexpr Token kMemberMask = (Token{1} << kMemberBits) - 1;
  static_assert(kTokensPerNode == std::size_t{1} << kStratumBits && kStratumBits + kPlaceBits == 32);
  static_assert(kNodesMax <= std::size_t{1} << kMemberBits && kPlaceBits + kSuccessorsKept * kMemberBits <= 64);

  static constexpr unsigned member_shift(std::size_t successor) {
    return kPlaceShift - kMemberBits * static_cast<unsigned>(successor + 1);
  }
  static std::size_t member_of(Token token, std::size_t successor) { return (token >> member_shift(successor)) & kMemberMask; }

  struct Member {
    NodeId id;
    std::uint32_t shards = 0;
  };

  // The first token at or after the hash's place: tokens_ ends with a copy of the first, so this needs no wrap.
  std::size_t token_of(std::uint64_t hash) const {
    const std::size_t stratum = static_cast<std::size_t>(hash >> (64 - kStratumBits));
    const std::uint16_t* bucket = index_.data() + (hash >> bucket_shift_) + stratum;
    const Token* tokens = tokens_.data() + stratum * nodes_.size();
    const Token key = (hash >> 32) << kPlaceShift;
    std::size_t token = bucket[0];
    const std::size_t end = bucket[1];
    // Two steps without a branch, since neither whether to take them nor where the bucket ends can be predicted. More are rare.
    token += static_cast<std::size_t>((token < end) & (tokens[token] < key));
    token += static_cast<std::size_t>((token < end) & (tokens[token] < key));
    while ((token < end) & (tokens[token] < key)) ++token;
    return stratum * nodes_.size() + token;
  }
  void sort_stratum(std::size_t stratum, std::span<const std::uint64_t> seeds, std::span<Token> drawn);
  void fill_successors();
  std::size_t write_node(const Member& node, std::uint64_t hash, std::uint32_t shards, std::span<Place> out) const;
  bool is_among_replicas(std::uint64_t hash, Replication replication, Place place) const;
  std::size_t walk(std::uint64_t hash, Replication replication, std::span<Place> out) const;

  std::vector<Member> nodes_;         // in the order of their ids
  std::vector<Token> tokens_;         // in the order of the ring
  std::vector<std::uint16_t> index_;  // by bucket: its first token within the stratum; each stratum ends with one more
  unsigned bucket_bits_ = 0;          // a stratum has 2^bucket_bits_ buckets
  unsigned bucket_shift_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace lath
