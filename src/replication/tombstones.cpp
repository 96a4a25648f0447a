#include "replication/tombstones.hpp"

#include <algorithm>
#include <array>

#include "lath/limits.hpp"

namespace lath {

void Tombstones::tick(std::uint64_t pending, Gossip& gossip, const GossipTurn& turn) {
  if (view_ == nullptr) return;
  if (pending == 0) {
    due_ = kNever;
    pause_ns_ = kPauseFirstNs;
    cursor_ = 0;
    return;
  }
  if (due_ == kNever) due_ = turn.now_ns + pause_ns_;
  if (turn.now_ns >= due_) look(gossip, turn);
}

void Tombstones::look(Gossip& gossip, const GossipTurn& turn) {
  erased_.clear();
  cursor_ = turn.store.scan(cursor_, kScanSlotsPerTurn, [&](const Key& key, bool erased) {
    if (erased) erased_.push_back({key.hash, std::string(as_text(key.bytes))});
  });
  const Stamp own_horizon = gossip.own_horizon(turn.clock.next(turn.wall_us));
  for (const Erased& found : erased_) {
    const Key key{found.hash, as_bytes(found.key)};
    if (turn.store.drop_tombstone(key, least_horizon(key, gossip, own_horizon))) ++freed_;
  }
  if (cursor_ == 0) finish_pass(gossip, turn);
}

Stamp Tombstones::least_horizon(const Key& key, const Gossip& gossip, Stamp own_horizon) {
  std::array<Place, kReplicasMax> places;
  const std::size_t count = view_->replicas(key.hash, key.bytes, places);
  Stamp least = own_horizon;
  for (const Place& place : std::span(places).first(count)) {
    if (place == own_) continue;
    least = std::min(least, gossip.horizon_of(place));
    to_ask_.insert(place);
  }
  return least;
}

void Tombstones::finish_pass(Gossip& gossip, const GossipTurn& turn) {
  for (const Place& place : to_ask_) gossip.ask(place, turn);
  to_ask_.clear();
  turn.counters.tombstones_freed.add(freed_);
  pause_ns_ = freed_ > 0 ? kPauseFirstNs : std::min(pause_ns_ * 2, kPauseMaxNs);
  freed_ = 0;
  due_ = turn.now_ns + pause_ns_;
}

}  // namespace lath
