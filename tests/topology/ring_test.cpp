// What the ring promises: an even load, little movement, distinct replicas, and that everyone agrees.
#include "topology/ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

#include "base/random.hpp"
#include "lath/limits.hpp"
#include "topology/membership.hpp"
#include "views.hpp"

namespace lath {
namespace {

std::vector<Place> replicas_of(const Ring& ring, std::uint64_t hash, Replication replication) {
  std::array<Place, kReplicasMax> out;
  const std::size_t count = ring.replicas(hash, replication, out);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count)};
}

void expect_even_load(const View& view, std::uint64_t hashes, double slack) {
  const Ring ring(view);
  std::map<NodeId, std::vector<std::uint64_t>> load;
  std::size_t shards = 0;
  for (const NodeEntry* entry : view.entries()) {
    load[entry->id].resize(entry->shard_addresses.size());
    shards += entry->shard_addresses.size();
  }
  Random random(7);
  for (std::uint64_t i = 0; i < hashes; ++i) {
    const Place place = ring.primary(random.next());
    ++load[place.node][place.shard.value];
  }
  const double mean = static_cast<double>(hashes) / static_cast<double>(shards);
  double least = mean, most = mean;
  for (const auto& [node, counts] : load) {
    for (const std::uint64_t count : counts) {
      least = std::min(least, static_cast<double>(count));
      most = std::max(most, static_cast<double>(count));
    }
  }
  std::printf("load over %zu shards: least %.3f, most %.3f of the mean\n", shards, least / mean, most / mean);
  EXPECT_GT(least, (1 - slack) * mean);
  EXPECT_LT(most, (1 + slack) * mean);
}

TEST(Ring, load_over_64_nodes_of_16_shards_is_within_a_tenth_of_even) {
  expect_even_load(view_of(64, 16), 10'000'000, 0.1);
}

TEST(Ring, load_stays_even_whatever_the_ids_are) {
  View far_apart, bit_patterns;
  for (std::uint32_t i = 0; i < 64; ++i) {
    far_apart.merge(node_entry(UINT32_MAX - i * 65536, 1));
    bit_patterns.merge(node_entry(i < 32 ? 1U << i : ~(1U << (i - 32)), 1));
  }
  expect_even_load(far_apart, 2'000'000, 0.1);
  expect_even_load(bit_patterns, 2'000'000, 0.1);
  expect_even_load(view_of(2, 512), 10'000'000, 0.1);
}

// The share of keys whose primary differs, none of which may be between two nodes that both rings have.
double moved_share(const Ring& before, const Ring& after, NodeId changed) {
  constexpr int kHashes = 200'000;
  Random random(11);
  int moved = 0;
  for (int i = 0; i < kHashes; ++i) {
    const std::uint64_t hash = random.next();
    const Place old_place = before.primary(hash);
    const Place new_place = after.primary(hash);
    if (old_place == new_place) continue;
    ++moved;
    EXPECT_TRUE(old_place.node == changed || new_place.node == changed);
  }
  return static_cast<double>(moved) / kHashes;
}

TEST(Ring, adding_or_removing_a_node_moves_only_its_share) {
  for (const std::uint32_t nodes : {1U, 2U, 7U, 16U, 63U}) {
    View grown = view_of(nodes, 4);
    const Ring small(grown);
    grown.merge(node_entry(nodes, 4));
    const Ring large(grown);
    const double share = 1.0 / (nodes + 1);
    EXPECT_LT(moved_share(small, large, NodeId{nodes}), share * 1.1);
    EXPECT_LT(moved_share(large, small, NodeId{nodes}), share * 1.1);
    // A removal from the middle, by death.
    grown.merge(node_entry(nodes / 2, 4, NodeState::kDead));
    EXPECT_LT(moved_share(large, Ring(grown), NodeId{nodes / 2}), share * 1.1);
  }
}

TEST(Ring, a_removed_primary_is_followed_by_the_second_replica) {
  View view = view_of(16, 4);
  const Ring before(view);
  view.merge(node_entry(5, 4, NodeState::kLeft));
  const Ring after(view);
  Random random(3);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t hash = random.next();
    const std::vector<Place> places = replicas_of(before, hash, {.nodes = 2, .shards = 1});
    EXPECT_EQ(after.primary(hash), places[0].node == NodeId{5} ? places[1] : places[0]);
  }
}

TEST(Ring, replicas_are_distinct_and_start_at_the_primary) {
  for (const std::uint32_t nodes : {1U, 2U, 3U, 4U, 5U, 16U, 64U}) {
    const Ring ring(view_of(nodes, 3));
    Random random(nodes);
    for (const Replication replication : {Replication{1, 1}, {2, 1}, {2, 2}, {4, 4}, {5, 3}, {16, 1}, {1, 16}}) {
      const std::size_t node_count = std::min(replication.nodes, nodes);
      const std::size_t shard_count = std::min(replication.shards, 3U);
      for (int i = 0; i < 500; ++i) {
        const std::uint64_t hash = random.next();
        const std::vector<Place> places = replicas_of(ring, hash, replication);
        ASSERT_EQ(places.size(), std::min(node_count * shard_count, kReplicasMax));
        EXPECT_EQ(places[0], ring.primary(hash));
        EXPECT_EQ(std::set<Place>(places.begin(), places.end()).size(), places.size());
        for (std::size_t p = 0; p < places.size(); ++p) EXPECT_EQ(places[p].node, places[p - p % shard_count].node);
      }
    }
  }
}

TEST(Ring, holds_what_is_among_the_replicas_and_nothing_else) {
  for (const std::uint32_t nodes : {1U, 2U, 5U, 16U}) {
    const Ring ring(view_of(nodes, 3));
    Random random(nodes);
    for (const Replication replication : {Replication{1, 1}, {2, 1}, {2, 2}, {4, 4}, {5, 3}, {16, 1}, {1, 16}}) {
      for (int i = 0; i < 200; ++i) {
        const std::uint64_t hash = random.next();
        const std::vector<Place> places = replicas_of(ring, hash, replication);
        for (std::uint32_t node = 0; node <= nodes; ++node) {
          for (std::uint32_t shard = 0; shard < 3; ++shard) {
            const Place place{NodeId{node}, ShardId{shard}};
            EXPECT_EQ(ring.holds(hash, replication, place), std::find(places.begin(), places.end(), place) != places.end());
          }
        }
      }
    }
  }
  EXPECT_FALSE(Ring().holds(1, {1, 1}, {NodeId{0}, ShardId{0}}));
}

TEST(Ring, holders_are_the_replicas_in_no_order) {
  for (const std::uint32_t nodes : {0U, 1U, 2U, 3U, 5U}) {
    View view;
    for (std::uint32_t node = 0; node < nodes; ++node) view.merge(node_entry(node * 7, 1 + node % 3));
    const Ring ring(view);
    Random random(nodes);
    for (int i = 0; i < 500; ++i) {
      const std::uint64_t hash = random.next();
      for (const Replication replication :
           {Replication{1, 1}, Replication{2, 1}, Replication{2, 2}, Replication{5, 1}, Replication{9, 1}}) {
        std::array<Place, kReplicasMax> out;
        const std::size_t count = ring.holders(hash, replication, out);
        const auto expected = replicas_of(ring, hash, replication);
        EXPECT_EQ(std::set<Place>(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count)),
                  std::set<Place>(expected.begin(), expected.end()));
        EXPECT_EQ(count, expected.size());
        EXPECT_LE(ring.holders(hash, replication, std::span(out).first(2)), 2U);
      }
    }
  }
}

TEST(Ring, more_replicas_begin_with_the_fewer) {
  const Ring ring(view_of(16, 2));
  Random random(5);
  for (int i = 0; i < 5'000; ++i) {
    const std::uint64_t hash = random.next();
    const std::vector<Place> many = replicas_of(ring, hash, {.nodes = 16, .shards = 1});
    for (std::uint32_t nodes = 1; nodes < 16; ++nodes) {
      const std::vector<Place> few = replicas_of(ring, hash, {.nodes = nodes, .shards = 1});
      EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
    }
  }
}

TEST(Ring, replicas_stop_at_the_end_of_the_room_given) {
  const Ring ring(view_of(8, 4));
  std::array<Place, 3> out;
  EXPECT_EQ(ring.replicas(99, {.nodes = 4, .shards = 2}, out), 3U);
  EXPECT_EQ(ring.replicas(99, {.nodes = 8, .shards = 4}, out), 3U);
  EXPECT_EQ(ring.replicas(99, {.nodes = 4, .shards = 2}, {}), 0U);
  EXPECT_EQ(ring.replicas(99, {.nodes = 0, .shards = 2}, out), 0U);
  EXPECT_EQ(ring.replicas(99, {.nodes = 2, .shards = 0}, out), 0U);
}

TEST(Ring, nodes_of_as_many_shards_map_a_key_to_the_same_shard) {
  View view = view_of(5, 6);
  view.merge(node_entry(9, 2));
  view.merge(node_entry(10, 1));
  const Ring ring(view);
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t hash = random.next();
    for (const Place place : replicas_of(ring, hash, {.nodes = 7, .shards = 1})) {
      const std::uint32_t shards = place.node == NodeId{9} ? 2 : place.node == NodeId{10} ? 1 : 6;
      EXPECT_EQ(place.shard.value, Ring::shard_of(hash, shards));
      EXPECT_LT(place.shard.value, shards);
    }
  }
}

TEST(Ring, the_keys_of_a_shard_keep_their_lower_and_upper_bits_even) {
  Random random(4);
  std::array<int, 64> low{}, high{};
  int taken = 0;
  while (taken < 64'000) {
    const std::uint64_t hash = random.next();
    if (Ring::shard_of(hash, 16) != 3) continue;
    ++low[hash & 63];
    ++high[hash >> 58];
    ++taken;
  }
  for (const int count : low) EXPECT_NEAR(count, 1000, 160);
  for (const int count : high) EXPECT_NEAR(count, 1000, 160);
}

TEST(Ring, of_no_nodes_has_no_replicas) {
  std::array<Place, 2> out;
  EXPECT_EQ(Ring().replicas(1, {.nodes = 2}, out), 0U);
  View dead;
  dead.merge(node_entry(0, 4, NodeState::kDead));
  dead.merge(node_entry(1, 0));
  EXPECT_TRUE(Ring(dead).empty());
  EXPECT_EQ(Ring(dead).replicas(1, {.nodes = 2}, out), 0U);
}

TEST(Ring, takes_no_more_nodes_than_the_limit_from_the_lowest_id_up) {
  const Ring ring(view_of(kNodesMax + 3, 1));
  EXPECT_EQ(ring.node_count(), kNodesMax);
  Random random(6);
  for (int i = 0; i < 100'000; ++i) EXPECT_LT(ring.primary(random.next()).node.value, kNodesMax);
}

TEST(Ring, is_pinned_and_the_same_for_equal_views) {
  View forward, backward;
  for (std::uint32_t id = 0; id < 20; ++id) {
    forward.merge(node_entry(id, 4));
    backward.merge(node_entry(19 - id, 4));
  }
  const Ring one(forward), other(backward);
  EXPECT_EQ(one.epoch(), forward.epoch());
  std::uint64_t digest = 0;
  Random random(8);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t hash = random.next();
    const Place place = one.primary(hash);
    EXPECT_EQ(place, other.primary(hash));
    digest = digest * 31 + place.node.value * 4 + place.shard.value;
  }
  EXPECT_EQ(digest, 2001728423737984770ULL);  // clients and nodes of different builds must agree
}

TEST(Ring, the_edges_of_the_ring_are_placed) {
  for (const std::uint32_t nodes : {1U, 2U, 33U}) {
    const Ring ring(view_of(nodes, 2));
    for (const std::uint64_t hash : {std::uint64_t{0}, UINT64_MAX, UINT64_MAX << 31, UINT64_MAX << 53, std::uint64_t{1} << 53}) {
      EXPECT_EQ(replicas_of(ring, hash, {.nodes = 2, .shards = 1})[0], ring.primary(hash));
    }
  }
}

}  // namespace
}  // namespace lath
