// Frees the keys that a view's change has moved to other places, once all their replicas have merged what was held of them here and
// have said so under this view (Gossip::has_given): by then each of them will itself hand the keys on at the next change. Until
// then they stay, unread: requests for them are answered kWrongOwner. Looks at some slots a turn while there may be any.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "replication/gossip.hpp"

namespace lath {

class MovedKeys {
 public:
  explicit MovedKeys(Place own) : own_(own) {}

  // active: false where everything is given away and the shard ends with it.
  void set_view(const ClusterView& view, bool active);
  bool tick(Gossip& gossip, const GossipTurn& turn);  // says whether some were freed
  TimeNs next_deadline() const { return due_; }
  // Whether keys may be here that are not this shard's.
  bool pending() const { return due_ != kNever; }
  bool is_own(const Key& key) const;

 private:
  static constexpr TimeNs kPauseFirstNs = 10'000'000;
  static constexpr TimeNs kPauseMaxNs = 1'000'000'000;

  struct Moved {
    std::uint64_t hash = 0;
    std::string key;
  };

  bool is_given(const Key& key, const Gossip& gossip);

  Place own_;
  const ClusterView* view_ = nullptr;
  TimeNs due_ = kNever;
  TimeNs pause_ns_ = kPauseFirstNs;
  std::uint64_t cursor_ = 0;
  bool some_stay_ = false;    // of this pass
  std::vector<Moved> moved_;  // found by one step; the table must not change while it is scanned
  std::unordered_set<Place, PlaceHash> to_ask_;
};

}  // namespace lath
