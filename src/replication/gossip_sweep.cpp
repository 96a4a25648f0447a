// A sweep looks at every key held, some a turn, and makes it dirty for the replicas that lack it: those that are new under this
// view, those that restarted, those whose backlog grew over its bound, and those that shared the key with a node that died.
#include <algorithm>
#include <array>

#include "lath/limits.hpp"
#include "replication/gossip.hpp"

namespace lath {

namespace {
constexpr std::size_t kSweptBacklogMax = 1024;  // keys in the window's queue of a swept peer before the sweep waits for it
}

// Peers that are behind and answer again take part. One that is silent waits for a later sweep.
void Gossip::begin_sweep() {
  for (Peer& peer : peers_) {
    if (!peer.live || !peer.needs_everything || !peer.stream.has_room() || peer.stream.silent()) continue;
    peer.needs_everything = false;
    peer.in_sweep = true;
    sweep_.active = true;
  }
  if (sweep_.active) sweep_.cursor = 0;
}

bool Gossip::sweep_may_go_on() const {
  if (buffer_.size() >= kDirtyKeysMax) return false;
  if (sweep_.active) {
    return std::ranges::all_of(
        peers_, [](const Peer& peer) { return !peer.in_sweep || peer.backlog.size() + peer.large.size() < kSweptBacklogMax; });
  }
  return std::ranges::any_of(peers_, [](const Peer& peer) {
    return peer.live && peer.needs_everything && peer.stream.has_room() && !peer.stream.silent();
  });
}

void Gossip::sweep_step(const GossipTurn& turn) {
  for (Peer& peer : peers_) {
    if (peer.in_sweep && peer.stream.silent()) fall_behind(peer);  // it stopped again: the others need not wait for it
  }
  if (!sweep_may_go_on()) return;
  if (!sweep_.active) begin_sweep();
  std::uint64_t visited = 0;
  sweep_.cursor = turn.store.scan(sweep_.cursor, kScanSlotsPerTurn, [&](const Key& key, bool) {
    ++visited;
    sweep_key(key);
  });
  turn.counters.keys_swept.add(visited);
  sweep_.visited += visited;
  if (!buffer_.empty()) round_at_ = std::min(round_at_, turn.now_ns);
  if (sweep_.cursor != 0) return;
  sweep_ = {};
  if (swept_at_ == Stamp{}) swept_at_ = turn.clock.next(turn.wall_us);
  for (Peer& peer : peers_) {
    if (!peer.in_sweep) continue;
    peer.in_sweep = false;
    peer.bytes_behind = 0;
    --peers_behind_;
  }
}

void Gossip::sweep_key(const Key& key) {
  std::array<Place, kReplicasMax> places;
  std::array<Place, kReplicasMax> places_before;
  const std::size_t count = view_->replicas(key.hash, key.bytes, places);
  const bool compares = sweep_.compares && !sweep_.all;
  const std::size_t count_before = compares ? view_before_->replicas(key.hash, key.bytes, places_before) : 0;
  const std::span<const Place> before = std::span(places_before).first(count_before);
  // A node that died may have sent its last updates to some of the others only.
  const bool lost_one =
      std::ranges::any_of(before, [&](Place place) { return std::ranges::find(lost_, place.node) != lost_.end(); });
  const Place own{self_.node, self_.shard};
  DeltaBuffer::Entry* entry = nullptr;
  for (const Place& place : std::span(places).first(count)) {
    if (place == own || (!lost_one && !wants_swept(place, before))) continue;
    const PeerIndex index = peer_index(place);
    if (entry == nullptr) entry = buffer_.find(key);
    if (entry == nullptr) entry = &buffer_.add(key);
    buffer_.make_whole(*entry);
    // What it holds may be of any age, and may hold updates that the peer has not been sent.
    buffer_.carry(*entry, {Stamp{}, 1});
    if (!entry->peers.add(index)) fall_behind(peers_[index]);
  }
}

bool Gossip::wants_swept(Place place, std::span<const Place> before) const {
  if (sweep_.all) return true;
  if (const Peer* peer = find_peer(place); peer != nullptr && peer->in_sweep) return true;
  if (!sweep_.compares) return false;
  return std::ranges::find(before, place) == before.end() || std::ranges::find(renewed_, place.node) != renewed_.end();
}

}  // namespace lath
