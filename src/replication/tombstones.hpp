// Frees the cells of erased keys once no older write can come any more: when every replica, this one included, has said under this
// view that nothing stamped before the erase is left to send. Looks rarely, some slots a turn; asks quiet peers for their word.
// Costs nothing while nothing is erased.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "replication/gossip.hpp"

namespace lath {

class Tombstones {
 public:
  explicit Tombstones(Place own) : own_(own) {}

  void set_view(const ClusterView& view) { view_ = &view; }
  // `pending`: how many the store holds.
  void tick(std::uint64_t pending, Gossip& gossip, const GossipTurn& turn);
  TimeNs next_deadline() const { return due_; }

 private:
  static constexpr TimeNs kPauseFirstNs = 1'000'000'000;
  static constexpr TimeNs kPauseMaxNs = 60'000'000'000;  // between looks that free nothing: a replica is away

  struct Erased {
    std::uint64_t hash = 0;
    std::string key;
  };

  void look(Gossip& gossip, const GossipTurn& turn);
  Stamp least_horizon(const Key& key, const Gossip& gossip, Stamp own_horizon);
  void finish_pass(Gossip& gossip, const GossipTurn& turn);

  Place own_;
  const ClusterView* view_ = nullptr;
  TimeNs due_ = kNever;
  TimeNs pause_ns_ = kPauseFirstNs;
  std::uint64_t cursor_ = 0;
  std::uint64_t freed_ = 0;     // by this pass
  std::vector<Erased> erased_;  // found by one step; the table must not change while it is scanned
  std::unordered_set<Place, PlaceHash> to_ask_;
};

}  // namespace lath
