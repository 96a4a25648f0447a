#include "replication/tombstones.hpp"

#include <algorithm>
#include <array>

#include "lath/limits.hpp"

namespace lath {

void Tombstones::set_view(const ClusterView& view) {
  view_before_ = view_;
  view_ = &view;
  horizons_.clear();
  clock_before_ = {};
  cursor_ = 0;
  pause_ns_ = kPauseFirstNs;
  if (due_ != kNever) due_ = 0;
}

bool Tombstones::tick(std::uint64_t pending, Gossip& gossip, const GossipTurn& turn) {
  if (view_ == nullptr) return false;
  if (pending == 0) {
    due_ = kNever;
    pause_ns_ = kPauseFirstNs;
    cursor_ = 0;
    return false;
  }
  if (due_ == kNever) due_ = turn.now_ns + pause_ns_;
  if (turn.now_ns < due_) return false;
  if (gossip.is_backlogged()) {
    due_ = turn.now_ns + kBacklogPauseNs;
    return false;
  }
  return look(gossip, turn);
}

bool Tombstones::look(Gossip& gossip, const GossipTurn& turn) {
  erased_.clear();
  cursor_ = turn.store.scan(cursor_, kScanSlotsPerTurn, [&](const Key& key, bool erased) {
    if (erased) erased_.push_back({key.hash, std::string(as_text(key.bytes))});
  });
  own_horizon_ = gossip.own_horizon(turn.clock.next(turn.wall_us));
  bool changed = false;
  for (const Erased& found : erased_) changed |= look_at({found.hash, as_bytes(found.key)}, gossip, turn);
  if (cursor_ == 0) finish_pass(gossip, turn);
  return changed;
}

bool Tombstones::look_at(const Key& key, Gossip& gossip, const GossipTurn& turn) {
  const auto left = turn.store.tombstone(key);
  if (!left) return false;
  const Least horizon = least_horizons(key, gossip);
  if (left->has_generation && (left->stamp >= horizon.before || clock_before_ == Stamp{} || clock_before_ >= horizon.now))
    return false;
  if (left->has_generation && !left->settled) {
    if (!horizon.is_primary) return false;
    const Stamp version = turn.clock.next(turn.wall_us);
    if (!turn.store.settle_tombstone(key, version)) return false;
    Cell whole;
    gossip.updated(key, whole, true, version, turn.now_ns);
    ++settled_;
    return true;
  }
  if (!turn.store.drop_tombstone(key, horizon.now)) return false;
  ++freed_;
  return true;
}

Tombstones::Least Tombstones::least_horizons(const Key& key, const Gossip& gossip) {
  std::array<Place, 2 * kReplicasMax> places;
  const std::size_t now = view_->replicas(key.hash, key.bytes, std::span(places).first(kReplicasMax));
  std::size_t count = now;
  // Who had it under the view before may still hold what it has not handed over.
  if (view_before_ != nullptr) count += view_before_->replicas(key.hash, key.bytes, std::span(places).subspan(now, kReplicasMax));
  const auto own_before = horizons_.try_emplace(own_).first;
  Least least{own_horizon_, own_before->second, now > 0 && places[0] == own_};
  for (std::size_t index = 0; index < count; ++index) {
    const Place place = places[index];
    if (place == own_) continue;
    if (index >= now && !is_live(*view_, place)) continue;  // what it had is handed over, or lost
    least.now = std::min(least.now, gossip.horizon_of(place));
    least.before = std::min(least.before, horizons_.try_emplace(place).first->second);
  }
  return least;
}

void Tombstones::finish_pass(Gossip& gossip, const GossipTurn& turn) {
  for (auto& [place, horizon] : horizons_) {
    horizon = place == own_ ? own_horizon_ : gossip.horizon_of(place);
    if (place != own_) gossip.ask(place, turn);
  }
  clock_before_ = turn.clock.next(turn.wall_us);
  turn.counters.tombstones_freed.add(freed_);
  pause_ns_ = freed_ + settled_ > 0 ? kPauseFirstNs : std::min(pause_ns_ * 2, kPauseMaxNs);
  freed_ = 0;
  settled_ = 0;
  due_ = turn.now_ns + pause_ns_;
}

}  // namespace lath
