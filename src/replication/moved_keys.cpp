#include "replication/moved_keys.hpp"

#include <algorithm>
#include <array>

#include "lath/limits.hpp"

namespace lath {

void MovedKeys::set_view(const ClusterView& view, bool active) {
  view_ = &view;
  cursor_ = 0;
  some_stay_ = false;
  pause_ns_ = kPauseFirstNs;
  due_ = active ? 0 : kNever;
  to_ask_.clear();
}

bool MovedKeys::is_own(const Key& key) const {
  std::array<Place, kReplicasMax> places;
  const std::size_t count = view_->replicas(key.hash, key.bytes, places);
  return std::ranges::count(std::span(places).first(count), own_) > 0;
}

bool MovedKeys::tick(Gossip& gossip, const GossipTurn& turn) {
  if (due_ == kNever || turn.now_ns < due_) return false;
  if (!gossip.has_swept()) {
    due_ = turn.now_ns + kPauseFirstNs;
    return false;
  }
  moved_.clear();
  cursor_ = turn.store.scan(cursor_, kScanSlotsPerTurn, [&](const Key& key, bool) {
    if (!is_own(key)) moved_.push_back({key.hash, std::string(as_text(key.bytes))});
  });
  bool freed = false;
  for (const Moved& moved : moved_) {
    const Key key{moved.hash, as_bytes(moved.key)};
    if (!is_given(key, gossip)) {
      some_stay_ = true;
      continue;
    }
    turn.store.drop(key);
    turn.counters.keys_moved_away.add();
    freed = true;
  }
  if (cursor_ != 0) return freed;
  for (const Place& place : to_ask_) gossip.ask(place, turn);
  to_ask_.clear();
  pause_ns_ = freed ? kPauseFirstNs : std::min(pause_ns_ * 2, kPauseMaxNs);
  due_ = some_stay_ ? turn.now_ns + pause_ns_ : kNever;
  some_stay_ = false;
  return freed;
}

bool MovedKeys::is_given(const Key& key, const Gossip& gossip) {
  std::array<Place, kReplicasMax> places;
  const std::size_t count = view_->replicas(key.hash, key.bytes, places);
  bool given = count > 0;
  for (const Place& place : std::span(places).first(count)) {
    if (gossip.has_given(place)) continue;
    given = false;
    to_ask_.insert(place);
  }
  return given;
}

}  // namespace lath
