#include "topology/ring.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "topology/hash.hpp"
#include "topology/membership.hpp"

namespace lath {

Ring::Ring(const View& view) : epoch_(view.epoch()) {
  for (const NodeEntry* entry : view.placeable()) {
    // Everyone leaves out the same nodes: those without a shard, and what is over the limit, from the greatest id down.
    if (entry->shard_addresses.empty() || nodes_.size() == kNodesMax) continue;
    nodes_.push_back({entry->id, static_cast<std::uint32_t>(entry->shard_addresses.size())});
  }
  if (nodes_.empty()) return;

  bucket_bits_ = static_cast<unsigned>(std::bit_width(nodes_.size()));
  bucket_shift_ = 64 - kStratumBits - bucket_bits_;
  tokens_.resize(nodes_.size() * kTokensPerNode + 1);
  index_.resize(((std::size_t{1} << bucket_bits_) + 1) * kTokensPerNode);
  std::vector<std::uint64_t> seeds(nodes_.size());
  std::vector<Token> drawn(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) seeds[i] = mix(nodes_[i].id.value + 0x9e3779b97f4a7c15ULL);
  for (std::size_t stratum = 0; stratum < kTokensPerNode; ++stratum) sort_stratum(stratum, seeds, drawn);
  fill_successors();
}

// Draws the stratum's tokens and sorts them by counting into its buckets. Fills its part of index_ on the way.
void Ring::sort_stratum(std::size_t stratum, std::span<const std::uint64_t> seeds, std::span<Token> drawn) {
  const unsigned to_bucket = 64 - bucket_bits_;
  const std::size_t first = stratum * seeds.size();
  const std::span<Token> tokens(tokens_.data() + first, seeds.size());
  const std::size_t bucket_count = std::size_t{1} << bucket_bits_;
  const std::span<std::uint16_t> buckets(index_.data() + stratum * (bucket_count + 1), bucket_count + 1);

  const std::uint64_t step = (stratum + 1) * 0x9e3779b97f4a7c15ULL;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const Token place = mix(seeds[i] + step) >> kPlaceShift << kPlaceShift;
    drawn[i] = place | static_cast<Token>(i) << member_shift(0);
  }
  for (const Token token : drawn) ++buckets[token >> to_bucket];
  std::uint16_t end = 0;
  for (std::uint16_t& bucket : buckets) bucket = end = static_cast<std::uint16_t>(end + bucket);
  // Filled from its end, each bucket's number ends up where the bucket begins.
  for (std::size_t i = drawn.size(); i-- > 0;) tokens[--buckets[drawn[i] >> to_bucket]] = drawn[i];
  // What shares a bucket is still in the order of the ids: an insertion sort has half a step a token to do.
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const Token token = tokens[i];
    std::size_t hole = i;
    for (; hole > 0 && tokens[hole - 1] > token; --hole) tokens[hole] = tokens[hole - 1];
    tokens[hole] = token;
  }
}

// From the last token back: a token's successors are its own node, then those of the token after it.
void Ring::fill_successors() {
  const std::size_t count = tokens_.size() - 1;
  const std::size_t kept = std::min(kSuccessorsKept, nodes_.size());
  std::array<Token, kSuccessorsKept> next{};
  std::size_t found = 0;
  for (std::size_t i = 0; i < count && found < kept; ++i) {
    const Token member = member_of(tokens_[i], 0);
    const auto found_end = next.begin() + static_cast<std::ptrdiff_t>(found);
    if (std::find(next.begin(), found_end, member) == found_end) next[found++] = member;
  }
  LATH_ASSERT(found == kept);
  for (std::size_t i = count; i-- > 0;) {
    const Token member = member_of(tokens_[i], 0);
    std::size_t at = 0;
    while (at + 1 < kept && next[at] != member) ++at;
    for (; at > 0; --at) next[at] = next[at - 1];
    next[0] = member;
    for (std::size_t s = 1; s < kept; ++s) tokens_[i] |= next[s] << member_shift(s);
  }
  tokens_.back() = tokens_.front();
}

std::size_t Ring::write_node(const Member& node, std::uint64_t hash, std::uint32_t shards, std::span<Place> out) const {
  const std::size_t count = std::min<std::size_t>({shards, node.shards, out.size()});
  std::uint32_t shard = shard_of(hash, node.shards);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = {node.id, ShardId{shard}};
    if (++shard == node.shards) shard = 0;
  }
  return count;
}

bool Ring::is_among_replicas(std::uint64_t hash, Replication replication, Place place) const {
  std::array<Place, kReplicasMax> places;
  const std::size_t count = replicas(hash, replication, places);
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(count);
  return std::find(places.begin(), end, place) != end;
}

// Goes round the ring for as many nodes as are asked for, once at the most.
std::size_t Ring::walk(std::uint64_t hash, Replication replication, std::span<Place> out) const {
  if (nodes_.empty()) return 0;
  const std::size_t token = token_of(hash);
  const std::size_t wanted = std::min<std::size_t>({replication.nodes, nodes_.size(), kReplicasMax});
  std::array<std::size_t, kReplicasMax> found{};
  std::size_t found_count = 0;
  std::size_t written = 0;
  const std::size_t token_count = tokens_.size() - 1;
  for (std::size_t step = 0; step < token_count && found_count < wanted; ++step) {
    const std::size_t member = member_of(tokens_[(token + step) % token_count], 0);
    const auto found_end = found.begin() + static_cast<std::ptrdiff_t>(found_count);
    if (std::find(found.begin(), found_end, member) != found_end) continue;
    found[found_count++] = member;
    written += write_node(nodes_[member], hash, replication.shards, out.subspan(written));
  }
  return written;
}

}  // namespace lath
