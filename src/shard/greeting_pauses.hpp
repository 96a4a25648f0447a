// When a shard may greet another again whose connection failed before it came to anything: a node that is gone for ever would
// cost its replicas' shards a connection every few seconds each, for ever. The pauses double; whoever is heard of is greeted at
// once. The shard's thread.
#pragma once

#include <algorithm>
#include <unordered_map>

#include "base/clock.hpp"
#include "lath/limits.hpp"
#include "replication/gossip.hpp"

namespace lath {

class GreetingPauses {
 public:
  bool may_greet(Place place, TimeNs now) const {
    const auto found = pauses_.find(place);
    return found == pauses_.end() || now >= found->second.until_ns;
  }
  // A connection that was begun at `begun` failed. One that lasted longer than hellos do was answered.
  void failed(Place place, TimeNs begun, TimeNs now) {
    if (now - begun > 2 * kGreetingNsMax) {
      pauses_.erase(place);
      return;
    }
    Pause& pause = pauses_[place];
    pause.length_ns = std::clamp(2 * pause.length_ns, kGreetingPauseNsMin, kGreetingPauseNsMax);
    pause.until_ns = now + pause.length_ns;
  }
  void forget(Place place) { pauses_.erase(place); }
  void forget_all() { pauses_.clear(); }

 private:
  struct Pause {
    TimeNs length_ns = 0;
    TimeNs until_ns = 0;
  };
  std::unordered_map<Place, Pause, PlaceHash> pauses_;  // of places of the view
};

}  // namespace lath
