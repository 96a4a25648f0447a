// Frees the cells of erased keys once nothing older can come any more. Looks rarely, some slots a turn; asks quiet peers for their
// word. Costs nothing while nothing is erased.
//
// Bytes: when every replica, this one included, has said under this view that nothing stamped before the erase is left to send.
// A key of another type leaves a generation. Whoever forgets it begins the key's next life in the first generation, and one who
// still held the greater would drop what is written there. So it is settled first. "Passed twice" since a change means: all
// replicas' horizons are past it, by our clock C (so all have the change, and had it before C); and later all are past C (so nothing
// is under way that any of them wrote before it had the change).
// 1. Once an erase has been passed twice, the key's primary settles the generation: a merge like any other. From then on the cell
//    takes what comes in the first generation for its own (Cell::merge_settled): its writer can only have forgotten this one.
// 2. Once the settling has been passed twice, each replica frees the cell: whatever still comes of the generation is settled, and
//    is taken for the first by those who have forgotten it.
//
// A map's fields that were erased are forgotten under its floor, which stays (store/field_map.hpp): what has been passed twice may be under
// it, so the key's primary raises it to there, and by that all replicas forget.
// A view's change begins all of this anew. docs/lattices.md argues it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "replication/gossip.hpp"

namespace lath {

class Tombstones {
 public:
  explicit Tombstones(Place own) : own_(own) {}

  void set_view(const ClusterView& view);
  // `pending`: how many erased keys, and maps with erased fields, the store holds. Says whether some were freed.
  bool tick(std::uint64_t pending, Gossip& gossip, const GossipTurn& turn);
  TimeNs next_deadline() const { return due_; }
  bool has_view_before() const { return view_before_ != nullptr; }

  // Of a key that is not here: whether its replicas have sent all that they may hold of it, so that it was erased, or never was. Those
  // that have not said so are asked. `lived_ns`: since the shard's first turn.
  bool has_all_of(const Key& key, TimeNs lived_ns, Gossip& gossip, const GossipTurn& turn) const;

 private:
  static constexpr TimeNs kPauseFirstNs = 1'000'000'000;
  static constexpr TimeNs kPauseMaxNs = 60'000'000'000;  // between looks that change nothing: a replica is away
  static constexpr TimeNs kBacklogPauseNs = 1'000'000;   // while a peer cannot take more; doubling to kPauseFirstNs: it may be lost
  // Which other nodes had the keys before this shard's first view is not known: for so long they may be on their way here.
  static constexpr TimeNs kFirstSweepNs = 10'000'000'000;

  struct Erased {
    std::uint64_t hash = 0;
    std::string key;
  };
  struct Least {  // over a key's replicas
    Stamp now;
    Stamp before;  // at the end of the pass before this one
    bool is_primary = false;
  };
  struct Holders {  // places that may hold a key: its replicas, first, and those under the view before
    std::array<Place, 2 * kReplicasMax> places;
    std::size_t now = 0;
    std::size_t count = 0;
  };

  bool look(Gossip& gossip, const GossipTurn& turn);
  bool look_at(const Key& key, Gossip& gossip, const GossipTurn& turn);
  bool look_at_fields(const Key& key, Gossip& gossip, const GossipTurn& turn);
  Least least_horizons(const Key& key, const Gossip& gossip);
  Holders holders_of(const Key& key) const;
  void finish_pass(Gossip& gossip, const GossipTurn& turn);

  Place own_;
  const ClusterView* view_ = nullptr;
  const ClusterView* view_before_ = nullptr;
  TimeNs due_ = kNever;
  TimeNs pause_ns_ = kPauseFirstNs;
  TimeNs backlog_pause_ns_ = kBacklogPauseNs;
  std::uint64_t cursor_ = 0;
  std::uint64_t freed_ = 0;    // by this pass
  std::uint64_t settled_ = 0;  // by this pass
  Stamp own_horizon_;
  Stamp clock_before_;                                    // at the end of the pass before this one
  std::vector<Erased> erased_;                            // found by one step; the table must not change while it is scanned
  std::unordered_map<Place, Stamp, PlaceHash> horizons_;  // of the places that this pass met: at the end of the pass before
};

}  // namespace lath
