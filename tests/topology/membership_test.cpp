// The laws of the view, and who of it may hold keys.
#include "topology/membership.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.hpp"
#include "views.hpp"

namespace lath {
namespace {

View joined(View a, const View& b) {
  a.merge(b);
  return a;
}

View view_with(const std::vector<NodeEntry>& entries) {
  View view;
  for (const NodeEntry& entry : entries) view.merge(entry);
  return view;
}

// Samples with ties: entries of one node that are equal in incarnation, or in state as well, and differ in one field.
std::vector<NodeEntry> sample_entries() {
  std::vector<NodeEntry> entries = {node_entry(1, 2),
                                    node_entry(1, 2, NodeState::kLeaving),
                                    node_entry(1, 2, NodeState::kDead),
                                    node_entry(1, 2, NodeState::kAlive, 2),
                                    node_entry(1, 3, NodeState::kAlive, 2),
                                    node_entry(0, 1),
                                    node_entry(UINT32_MAX, 1, NodeState::kLeft, UINT64_MAX)};
  const NodeEntry plain = node_entry(1, 2, NodeState::kAlive, 3);
  entries.resize(entries.size() + 6, plain);
  auto changed = entries.end() - 6;
  changed++->host = "elsewhere";
  changed++->contact = "elsewhere:1";
  changed++->host_id = 1;
  changed++->shard_addresses[1][7] = std::byte{8};
  changed++->control_address = {std::byte{1}};
  return entries;
}

std::vector<View> sample_views() {
  const std::vector<NodeEntry> entries = sample_entries();
  std::vector<View> views{View{}};
  for (const NodeEntry& entry : entries) views.push_back(view_with({entry}));
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) views.push_back(view_with({entries[i], entries[i + 1]}));
  views.push_back(view_with(entries));
  return views;
}

TEST(View, merging_obeys_the_laws_of_a_lattice) {
  const std::vector<View> samples = sample_views();
  for (const View& a : samples) {
    EXPECT_EQ(joined(a, a), a);
    EXPECT_EQ(joined(a, View{}), a);
    for (const View& b : samples) {
      View grown = a;
      const bool changed = grown.merge(b);
      EXPECT_EQ(changed, grown != a);
      EXPECT_EQ(grown, joined(b, a));
      for (const View& c : samples) EXPECT_EQ(joined(grown, c), joined(a, joined(b, c)));
    }
  }
}

TEST(View, epochs_are_equal_exactly_where_views_are) {
  const std::vector<View> samples = sample_views();
  for (const View& a : samples) {
    for (const View& b : samples) EXPECT_EQ(a.epoch() == b.epoch(), a == b);
  }
}

TEST(View, the_epoch_is_pinned) {
  EXPECT_EQ(View{}.epoch(), 0U);
  EXPECT_EQ(view_of(3, 2).epoch(), 11616968750950639980ULL);
}

TEST(View, any_order_of_arrival_gives_the_same_epoch) {
  std::vector<NodeEntry> entries = sample_entries();
  const std::uint64_t epoch = view_with(entries).epoch();
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    for (std::size_t i = entries.size(); i > 1; --i) std::swap(entries[i - 1], entries[random.below(i)]);
    EXPECT_EQ(view_with(entries).epoch(), epoch);
  }
}

TEST(View, a_greater_incarnation_wins_over_any_state) {
  View view = view_with({node_entry(1, 2, NodeState::kDead, 1)});
  EXPECT_TRUE(view.merge(node_entry(1, 2, NodeState::kAlive, 2)));
  EXPECT_FALSE(view.merge(node_entry(1, 2, NodeState::kDead, 1)));
  EXPECT_EQ(view.find(NodeId{1})->state, NodeState::kAlive);
  EXPECT_EQ(view.find(NodeId{2}), nullptr);
}

TEST(View, within_an_incarnation_nobody_comes_back_to_life) {
  const NodeState order[] = {NodeState::kAlive, NodeState::kLeaving, NodeState::kLeft, NodeState::kDead};
  View view;
  for (const NodeState state : order) {
    EXPECT_TRUE(view.merge(node_entry(1, 2, state)));
    for (const NodeState older : order) {
      if (older <= state) {
        EXPECT_FALSE(view.merge(node_entry(1, 2, older)));
      }
    }
    EXPECT_EQ(view.find(NodeId{1})->state, state);
  }
}

TEST(View, keys_live_on_alive_nodes_and_on_leaving_ones_only_if_none_is_alive) {
  View view = view_with({node_entry(1, 1, NodeState::kLeaving), node_entry(2, 1, NodeState::kDead)});
  ASSERT_EQ(view.placeable().size(), 1U);
  EXPECT_EQ(view.placeable()[0]->id, NodeId{1});
  EXPECT_TRUE(view.alive().empty());
  view.merge(node_entry(9, 1));
  view.merge(node_entry(3, 1));
  const auto placeable = view.placeable();
  ASSERT_EQ(placeable.size(), 2U);
  EXPECT_EQ(placeable[0]->id, NodeId{3});
  EXPECT_EQ(placeable[1]->id, NodeId{9});
  EXPECT_EQ(view.entries().size(), 4U);
}

}  // namespace
}  // namespace lath
