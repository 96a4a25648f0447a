#include "replication/gossip.hpp"

#include <algorithm>
#include <array>

#include "lath/limits.hpp"

namespace lath {

void Gossip::set_view(const ClusterView& view, bool push_all) {
  // A sweep that the new view cuts short has left keys that were compared with an older view: then all are sent to all.
  const bool unfinished = sweep_.active && (sweep_.compares || sweep_.all);
  view_before_ = view_;
  view_ = &view;
  renewed_.clear();
  lost_.clear();
  swept_at_ = {};
  std::size_t places = 0;
  for (const NodeEntry* node : view.view.entries()) {
    places += node->shard_addresses.size();
    const NodeEntry* before = view_before_ == nullptr ? nullptr : view_before_->view.find(node->id);
    if (before == nullptr || before->incarnation != node->incarnation) renewed_.push_back(node->id);
    if (before != nullptr && before->state < NodeState::kLeft &&
        (before->incarnation != node->incarnation || node->state == NodeState::kDead))
      lost_.push_back(node->id);
  }
  replicates_ = places > 1;
  std::erase_if(incoming_, [&](const auto& entry) {
    const NodeEntry* node = view.view.find(entry.first.node);
    if (node == nullptr) return false;  // this view may be the older one
    return node->state >= NodeState::kLeft || node->incarnation > entry.second.stream.incarnation();
  });
  std::erase_if(acks_due_, [&](const auto& due) { return !incoming_.contains(due.first); });
  for (Peer& peer : peers_) {
    if (!peer.live) continue;
    peer.horizon = {};
    const NodeEntry* node = view.view.find(peer.place.node);
    if (!is_live(view, peer.place)) {
      drop_peer(peer);
    } else if (node->incarnation > peer.incarnation) {
      peer.incarnation = node->incarnation;
      restart(peer);
    }
  }
  sweep_ = {
      .active = true, .compares = true, .all = push_all || unfinished || (view_before_ == nullptr), .cursor = 0, .visited = 0};
}

void Gossip::updated(const Key& key, Cell& delta, bool whole, Stamp since, TimeNs now, std::int64_t grown_bytes) {
  ++last_update_;
  DeltaBuffer::Entry* entry = buffer_.find(key);
  if (entry == nullptr) {
    DeltaBuffer::PeerSet peers;
    if (!name_peers(key, peers)) return;
    entry = &buffer_.add(key);
    entry->peers = peers;
    const TimeNs due = buffer_.size() >= kDirtyKeysMax ? now : now + interval_ns_;
    round_at_ = std::min(round_at_, due);
  }
  buffer_.carry(*entry, {since, last_update_, grown_bytes});
  if (entry->whole) return;
  if (whole || delta.is_bottom()) {
    buffer_.make_whole(*entry);
  } else {
    entry->delta.merge_settled(delta);
  }
}

bool Gossip::name_peers(const Key& key, DeltaBuffer::PeerSet& peers) {
  const std::size_t count = view_->holders(key.hash, key.bytes, places_);
  const Place own{self_.node, self_.shard};
  for (const Place& place : std::span(places_).first(count)) {
    if (place != own && !peers.add(peer_index(place))) return false;  // never: there is room for the replicas of one view
  }
  return !peers.peers().empty();
}

IncomingStream::Verdict Gossip::receive(const MergeBatchHeader& header, PeerId from, HybridClock& clock) {
  using Verdict = IncomingStream::Verdict;
  const Place place{header.sender.node, header.sender.shard};
  auto found = incoming_.find(place);
  if (found == incoming_.end()) {
    if (incoming_.size() >= kPeersMax) return Verdict::kBeyond;
    found = incoming_.emplace(place, Incoming{}).first;
  }
  Incoming& incoming = found->second;
  const Verdict verdict = incoming.stream.judge(header.sender.incarnation, header.number);
  if (verdict == Verdict::kStale) return verdict;
  clock.observe(header.clock);
  incoming.reply_to = from;
  if (!incoming.acknowledge) {
    incoming.acknowledge = true;
    acks_due_.emplace_back(place, &incoming);
  }
  Peer* peer = find_peer(place);
  if (peer != nullptr && peer->incarnation == header.sender.incarnation && view_ != nullptr && header.epoch == view_->epoch) {
    peer->horizon = std::max(peer->horizon, header.horizon);
  }
  return header.count == 0 ? Verdict::kRepeated : verdict;
}

void Gossip::merged(const MergeBatchHeader& header) {
  const auto found = incoming_.find({header.sender.node, header.sender.shard});
  if (found != incoming_.end()) found->second.stream.mark(header.number);
}

bool Gossip::acknowledged(const MergeAck& ack, const GossipTurn& turn) {
  Peer* peer = find_peer({ack.sender.node, ack.sender.shard});
  if (peer == nullptr || ack.incarnation != self_.incarnation || ack.sender.incarnation < peer->incarnation) return false;
  turn.clock.observe(ack.clock);
  if (ack.sender.incarnation > peer->incarnation) {  // it restarted, and its acknowledgement is here before the view that says so
    peer->incarnation = ack.sender.incarnation;
    peer->horizon = {};
    restart(*peer);
    return false;
  }
  if (view_ != nullptr && ack.epoch == static_cast<std::uint32_t>(view_->epoch)) {
    peer->horizon = std::max(peer->horizon, ack.horizon);
  }
  const bool under_way = !peer->stream.empty();
  const bool news = peer->stream.acknowledge(ack, turn.now_ns, [&](FrameBuffer frame) { turn.outbox.release(std::move(frame)); });
  if (under_way && peer->stream.empty()) stream_ended();
  return news;
}

bool Gossip::large_held(const WriterId& by, const Key& key, const LargeId& id, TimeNs now) {
  Peer* peer = find_peer({by.node, by.shard});
  return peer != nullptr && peer->incarnation == by.incarnation && peer->large.confirm(key, id, now);
}

void Gossip::tick(const GossipTurn& turn) {
  if (view_ == nullptr) return;
  if (turn.now_ns >= large_at_) [[unlikely]]
    tell_of_large(turn);
  if (sweep_.active || peers_behind_ > 0) [[unlikely]]
    sweep_step(turn);
  if (turn.now_ns >= round_at_ || (backlogged_ && buffer_.empty())) round(turn);
  if (turn.now_ns >= resend_at_) resend(turn);
  if (!acks_due_.empty()) send_acks(turn);
  turn.counters.dirty_keys.set(buffer_.size() + lagging_keys_);
  turn.counters.peers_behind.set(peers_behind_);
}

TimeNs Gossip::next_deadline() const {
  if (!acks_due_.empty()) return 0;
  if ((sweep_.active || peers_behind_ > 0) && sweep_may_go_on()) return 0;
  return std::min({round_at_, resend_at_, large_at_});
}

std::uint64_t Gossip::held_by(Place place) const {
  const Peer* peer = find_peer(place);
  if (peer == nullptr || peer->needs_everything) return 0;
  Carried pending = carried(*peer);
  pending.include(buffer_.carried());
  return std::min(pending.first_update - 1, last_update_);
}

std::uint64_t Gossip::small_held_by(Place place) const {
  const Peer* peer = find_peer(place);
  if (peer == nullptr || peer->needs_everything) return 0;
  Carried pending = small_carried(*peer);
  pending.include(buffer_.carried());
  return std::min(pending.first_update - 1, last_update_);
}

std::vector<NodeId> Gossip::nodes_behind(std::uint64_t update, Of of) const {
  std::vector<NodeId> behind;
  for (const Peer& peer : peers_) {
    if (of == Of::kOtherNodes && peer.place.node == self_.node) continue;
    if (!peer.live || held_by(peer.place) >= update) continue;
    if (std::ranges::find(behind, peer.place.node) == behind.end()) behind.push_back(peer.place.node);
  }
  return behind;
}

std::uint64_t Gossip::bytes_ahead() const {
  std::int64_t bytes = std::max<std::int64_t>(0, buffer_.carried().grown_bytes);
  for (const Peer& peer : peers_) {
    if (!peer.live || peer.stream.long_silent()) continue;
    bytes += std::max<std::int64_t>(0, carried(peer).grown_bytes + peer.bytes_behind);
  }
  return static_cast<std::uint64_t>(bytes);
}

bool Gossip::settled() const {
  if (sweep_.active || peers_behind_ > 0 || !buffer_.empty()) return false;
  return std::ranges::all_of(
      peers_, [](const Peer& peer) { return !peer.live || (peer.stream.empty() && peer.backlog.empty() && peer.large.empty()); });
}

std::uint64_t Gossip::keys_left(std::uint64_t held) const {
  std::uint64_t left = buffer_.size() + lagging_keys_;
  if (sweep_.active) left += held - std::min(held, sweep_.visited);
  for (const Peer& peer : peers_) {
    if (!peer.live) continue;
    left += peer.stream.entries() + peer.large.size();
    if (peer.needs_everything) left += held;
  }
  return std::min(left, held);
}

Stamp Gossip::horizon_of(Place place) const {
  const Peer* peer = find_peer(place);
  return peer == nullptr ? Stamp{} : peer->horizon;
}

Stamp Gossip::own_horizon(Stamp clock) const {
  if (sweep_.active || peers_behind_ > 0) return {};
  Stamp least = std::min(clock, buffer_.carried().since);
  for (const Peer& peer : peers_) {
    if (peer.live) least = std::min(least, carried(peer).since);
  }
  return least;
}

Stamp Gossip::horizon_for(Place place, Stamp own) const {
  if (own != Stamp{} || swept_at_ == Stamp{}) return own;
  if (buffer_.carried().since == Stamp{}) return {};  // what is swept, until it has been acknowledged, may be of any age
  const Peer* peer = find_peer(place);
  if (peer == nullptr) return kGivenHorizon;
  if (peer->needs_everything || peer->in_sweep || carried(*peer).since == Stamp{}) return {};
  return kGivenHorizon;
}

bool Gossip::has_given(Place place) const {
  if (sweep_.active || swept_at_ == Stamp{} || buffer_.carried().since < swept_at_) return false;
  const Peer* peer = find_peer(place);
  if (peer == nullptr || peer->needs_everything || peer->in_sweep) return false;
  return peer->horizon != Stamp{} && carried(*peer).since >= swept_at_;
}

Gossip::Peer* Gossip::find_peer(Place place) {
  const auto found = peer_of_.find(place);
  return found == peer_of_.end() ? nullptr : &peers_[found->second];
}

const Gossip::Peer* Gossip::find_peer(Place place) const {
  const auto found = peer_of_.find(place);
  return found == peer_of_.end() ? nullptr : &peers_[found->second];
}

PeerIndex Gossip::peer_index(Place place) {
  if (last_named_ < peers_.size() && peers_[last_named_].live && peers_[last_named_].place == place) return last_named_;
  if (const auto found = peer_of_.find(place); found != peer_of_.end()) return last_named_ = found->second;
  PeerIndex index = static_cast<PeerIndex>(peers_.size());
  if (free_peers_.empty()) {
    LATH_ASSERT(peers_.size() < kPeersMax);
    peers_.emplace_back();
  } else {
    index = free_peers_.back();
    free_peers_.pop_back();
    peers_[index] = {};
  }
  Peer& peer = peers_[index];
  peer.place = place;
  const NodeEntry* node = view_->view.find(place.node);
  peer.incarnation = node == nullptr ? 0 : node->incarnation;
  peer_of_.emplace(place, index);
  return index;
}

void Gossip::drop_peer(Peer& peer) {
  const auto found = peer_of_.find(peer.place);
  lagging_keys_ -= peer.backlog.size();
  if (peer.needs_everything || peer.in_sweep) --peers_behind_;
  if (!peer.stream.empty()) stream_ended();
  retired_peers_.push_back(found->second);
  peer_of_.erase(found);
  peer = {};
  peer.live = false;
}

// It came back empty: nothing that was under way will be acknowledged.
void Gossip::restart(Peer& peer) {
  if (!peer.stream.empty()) stream_ended();
  peer.stream.restart();
  forgo(peer);
  peer.bytes_behind = 0;
}

// Without batches under way there is no timer.
void Gossip::stream_ended() {
  if (--streams_under_way_ == 0) resend_at_ = kNever;
}

// What is under way still comes to it; of the rest it is sent whatever is held by then.
void Gossip::fall_behind(Peer& peer) {
  peer.bytes_behind += peer.backlog.carried().grown_bytes + peer.large.carried().grown_bytes;
  forgo(peer);
}

void Gossip::forgo(Peer& peer) {
  lagging_keys_ -= peer.backlog.size();
  peer.backlog.clear();
  peer.large.clear();
  if (!peer.needs_everything && !peer.in_sweep) ++peers_behind_;
  peer.needs_everything = true;
  peer.in_sweep = false;
}

Carried Gossip::carried(const Peer& peer) const {
  Carried all = small_carried(peer);
  if (!peer.large.empty()) all.include(peer.large.carried());
  return all;
}

Carried Gossip::small_carried(const Peer& peer) const {
  Carried all = peer.stream.empty() ? Carried{} : peer.stream.carried();
  all.include(peer.backlog.carried());
  all.include(peer.building_carried);
  return all;
}

}  // namespace lath
