#include "replication/tombstones.hpp"

#include <algorithm>

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
    due_ = turn.now_ns + backlog_pause_ns_;
    backlog_pause_ns_ = std::min(2 * backlog_pause_ns_, kPauseFirstNs);
    return false;
  }
  backlog_pause_ns_ = kBacklogPauseNs;
  return look(gossip, turn);
}

bool Tombstones::look(Gossip& gossip, const GossipTurn& turn) {
  erased_.clear();
  const bool some_shed = turn.store.counters().shedding_maps > 0;
  cursor_ = turn.store.scan(cursor_, kScanSlotsPerTurn, [&](const Key& key, bool erased) {
    if (erased || (some_shed && turn.store.has_erased_fields(key))) erased_.push_back({key.hash, std::string(as_text(key.bytes))});
  });
  own_horizon_ = gossip.own_horizon(turn.clock.next(turn.wall_us));
  bool changed = false;
  for (const Erased& found : erased_) changed |= look_at({found.hash, as_bytes(found.key)}, gossip, turn);
  if (cursor_ == 0) finish_pass(gossip, turn);
  return changed;
}

bool Tombstones::look_at(const Key& key, Gossip& gossip, const GossipTurn& turn) {
  const auto left = turn.store.tombstone(key);
  if (!left) return look_at_fields(key, gossip, turn);
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

// What was stamped before the horizons of the pass before this one has been passed twice, where all are past the clock at its end.
bool Tombstones::look_at_fields(const Key& key, Gossip& gossip, const GossipTurn& turn) {
  const Least horizon = least_horizons(key, gossip);
  if (!horizon.is_primary || clock_before_ == Stamp{} || clock_before_ >= horizon.now) return false;
  const Stamp version = turn.clock.next(turn.wall_us);
  Cell delta;
  if (!turn.store.forget_fields(key, horizon.before, version, delta)) return false;
  if (gossip.replicates()) gossip.updated(key, delta, false, version, turn.now_ns);
  ++settled_;
  return true;
}

Tombstones::Holders Tombstones::holders_of(const Key& key) const {
  Holders holders;
  holders.now = view_->replicas(key.hash, key.bytes, std::span(holders.places).first(kReplicasMax));
  holders.count = holders.now;
  // Who had it under the view before may still hold what it has not handed over.
  if (view_before_ != nullptr)
    holders.count += view_before_->replicas(key.hash, key.bytes, std::span(holders.places).subspan(holders.now, kReplicasMax));
  return holders;
}

Tombstones::Least Tombstones::least_horizons(const Key& key, const Gossip& gossip) {
  const Holders holders = holders_of(key);
  const auto own_before = horizons_.try_emplace(own_).first;
  Least least{own_horizon_, own_before->second, holders.now > 0 && holders.places[0] == own_};
  for (std::size_t index = 0; index < holders.count; ++index) {
    const Place place = holders.places[index];
    if (place == own_) continue;
    if (index >= holders.now && !is_live(*view_, place)) continue;  // what it had is handed over, or lost
    least.now = std::min(least.now, gossip.horizon_of(place));
    least.before = std::min(least.before, horizons_.try_emplace(place).first->second);
  }
  return least;
}

bool Tombstones::has_all_of(const Key& key, TimeNs lived_ns, Gossip& gossip, const GossipTurn& turn) const {
  if (view_ == nullptr) return false;
  if (!gossip.replicates()) return true;
  bool all = view_before_ != nullptr || view_->ring.node_count() == 1 || lived_ns >= kFirstSweepNs;
  const Holders holders = holders_of(key);
  for (std::size_t index = 0; index < holders.count; ++index) {
    const Place place = holders.places[index];
    if (place == own_ || !is_live(*view_, place) || gossip.horizon_of(place) != Stamp{}) continue;
    gossip.ask(place, turn);
    all = false;
  }
  return all;
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
