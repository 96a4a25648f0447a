// A gossip round: each dirty key is encoded once and appended to the batch of each peer that needs it.
#include <algorithm>

#include "lath/limits.hpp"
#include "replication/gossip.hpp"

namespace lath {

namespace {
constexpr std::size_t kPrefetchAhead = 16;  // entries: a miss takes about as long as encoding so many
}

void Gossip::round(const GossipTurn& turn) {
  round_clock_ = turn.clock.next(turn.wall_us);
  round_horizon_ = own_horizon(round_clock_);
  if (backlogged_) drain_backlogs(turn);
  const std::span<DeltaBuffer::Entry> entries = buffer_.entries();
  for (std::size_t index = 0; index < entries.size(); ++index) {
    if (index + kPrefetchAhead < entries.size()) turn.store.prefetch(buffer_.key_of(entries[index + kPrefetchAhead]));
    send_entry(entries[index], turn);
  }
  for (const PeerIndex index : building_to_) {
    if (peers_[index].building_count > 0) seal(peers_[index], turn);
  }
  building_to_.clear();
  buffer_.clear();
  free_peers_.insert(free_peers_.end(), retired_peers_.begin(), retired_peers_.end());
  retired_peers_.clear();
  round_at_ = kNever;
}

void Gossip::send_entry(DeltaBuffer::Entry& entry, const GossipTurn& turn) {
  const Key key = buffer_.key_of(entry);
  bool encoded = false;
  std::optional<LargeId> large;
  for (const PeerIndex index : entry.peers.peers()) {
    Peer& peer = peers_[index];
    if (peer.needs_everything) peer.bytes_behind += entry.carried.grown_bytes;
    if (!peer.live || peer.needs_everything) continue;
    if (!encoded) {
      bool holds = true;
      if (entry.whole) {
        large = encode_whole(key, turn, holds);
      } else {
        encoded_.clear();
        const std::size_t begun = begin_merge_entry(encoded_, key.bytes);
        encode_cell(entry.delta, encoded_);
        end_merge_entry(encoded_, begun);
      }
      if (!holds)
        return forget_large(key, entry.peers);  // nothing is held of it any more: a tombstone that all have passed, or moved away
      encoded = true;
    }
    Carried carried = entry.carried;
    if (entry.whole) note_large(peer, key, large, carried, turn);
    if (!peer.backlog.empty() || !append(peer, encoded_.bytes(), carried, turn)) lag(peer, key, carried);
  }
}

// The key's whole state into encoded_; the large value that it names, if it does.
std::optional<LargeId> Gossip::encode_whole(const Key& key, const GossipTurn& turn, bool& holds) {
  encoded_.clear();
  const std::size_t begun = begin_merge_entry(encoded_, key.bytes);
  const std::size_t cell = encoded_.size();
  holds = turn.store.encode(key, encoded_);
  if (!holds) return std::nullopt;
  end_merge_entry(encoded_, begun);
  const auto mark = large_mark_of(encoded_.bytes().subspan(cell));
  return mark ? std::optional(mark->id) : std::nullopt;
}

// What a large value carries is under way until the peer has it, not only until its batch is acknowledged.
void Gossip::note_large(Peer& peer, const Key& key, const std::optional<LargeId>& large, Carried& carried, const GossipTurn& turn) {
  if (large) {
    peer.large.add(key, *large, carried, turn.now_ns);
    large_at_ = std::min(large_at_, peer.large.due_at());
  } else if (!peer.large.empty()) [[unlikely]] {
    carried.include(peer.large.take(key));
  }
}

// Those that were not confirmed are dirty once more.
void Gossip::tell_of_large(const GossipTurn& turn) {
  large_at_ = kNever;
  for (std::size_t index = 0; index < peers_.size(); ++index) {
    Peer& peer = peers_[index];
    if (!peer.live || peer.large.empty()) continue;
    if (peer.large.size() > kLaggingKeysMax) {
      fall_behind(peer);
      continue;
    }
    if (turn.now_ns >= peer.large.due_at()) {
      bool fits = true;
      peer.large.tell_again(turn.now_ns, [&](const Key& key) {
        DeltaBuffer::Entry* entry = buffer_.find(key);
        if (entry == nullptr) entry = &buffer_.add(key);
        buffer_.make_whole(*entry);
        fits &= entry->peers.add(static_cast<PeerIndex>(index));
      });
      if (!fits) fall_behind(peer);
      round_at_ = turn.now_ns;
    }
    large_at_ = std::min(large_at_, peer.large.due_at());
  }
}

// Whoever was told of a large value of it, and has not confirmed it, will not: there is nothing to be had.
void Gossip::forget_large(const Key& key, const DeltaBuffer::PeerSet& peers) {
  for (const PeerIndex index : peers.peers()) peers_[index].large.take(key);
}

// For an entry of so many bytes. false: the peer's window is full.
bool Gossip::make_room(Peer& peer, std::size_t bytes, const GossipTurn& turn) {
  const bool full = peer.building.size() + bytes > kFrameBytesGoal || peer.building_count == kFrameOperationsMax;
  if (peer.building_count > 0 && full) seal(peer, turn);
  return peer.building_count > 0 || peer.stream.has_room();
}

// false: the peer's window is full.
bool Gossip::append(Peer& peer, Bytes encoded, const Carried& carried, const GossipTurn& turn) {
  if (!make_room(peer, encoded.size(), turn)) return false;
  if (peer.building_count == 0) {
    peer.building = turn.outbox.acquire();
    begin_merge_batch(peer.building, {.sender = self_,
                                      .number = peer.stream.next_number(),
                                      .clock = round_clock_,
                                      .horizon = round_horizon_,
                                      .epoch = view_->epoch});
    building_to_.push_back(static_cast<PeerIndex>(peer_of_.find(peer.place)->second));
  }
  peer.building.append(encoded);
  peer.building_carried.include(carried);
  ++peer.building_count;
  turn.counters.entries_sent.add();
  return true;
}

void Gossip::seal(Peer& peer, const GossipTurn& turn) {
  set_merge_count(peer.building, peer.building_count);
  FrameBuffer leaving = turn.outbox.acquire();
  leaving.append(peer.building.bytes());
  turn.outbox.send(peer.place, std::move(leaving));
  if (peer.stream.empty()) ++streams_under_way_;
  peer.stream.keep(std::move(peer.building), peer.building_carried, turn.now_ns);
  peer.building = {};
  peer.building_count = 0;
  peer.building_carried = {};
  resend_at_ = std::min(resend_at_, peer.stream.resend_at());
  turn.counters.batches_sent.add();
}

void Gossip::lag(Peer& peer, const Key& key, const Carried& carried) {
  if (peer.backlog.add(key, carried)) ++lagging_keys_;
  backlogged_ = true;
  if (lagging_keys_ > kLaggingKeysMax) fall_behind(peer);
}

void Gossip::drain_backlogs(const GossipTurn& turn) {
  backlogged_ = false;
  for (Peer& peer : peers_) {
    if (!peer.live || peer.backlog.empty()) continue;
    bool sent = false;
    while (!peer.backlog.empty()) {
      const Backlog::Lagging& lagging = peer.backlog.front();
      bool holds = false;
      const auto large = encode_whole(lagging.as_key(), turn, holds);
      if (holds) {
        if (!make_room(peer, encoded_.size(), turn)) break;  // before anything is noted
        Carried carried = lagging.carried;
        note_large(peer, lagging.as_key(), large, carried, turn);
        append(peer, encoded_.bytes(), carried, turn);
      } else {
        peer.large.take(lagging.as_key());
      }
      peer.backlog.pop_front();
      --lagging_keys_;
      sent = true;
    }
    if (sent) peer.backlog.settle();
    backlogged_ |= !peer.backlog.empty();
  }
}

void Gossip::resend(const GossipTurn& turn) {
  const Stamp clock = turn.clock.next(turn.wall_us);
  const Stamp horizon = own_horizon(clock);
  resend_at_ = kNever;
  for (Peer& peer : peers_) {
    if (!peer.live || peer.stream.empty()) continue;
    peer.stream.resend(turn.now_ns, [&](FrameBuffer& kept) {
      if (turn.outbox.lags(peer.place)) return;  // an earlier copy still waits for credit
      refresh_merge_batch(kept, clock, horizon_for(peer.place, horizon), view_->epoch);
      FrameBuffer leaving = turn.outbox.acquire();
      leaving.append(kept.bytes());
      turn.outbox.send(peer.place, std::move(leaving));
      turn.counters.batches_resent.add();
    });
    resend_at_ = std::min(resend_at_, peer.stream.resend_at());
  }
}

void Gossip::send_acks(const GossipTurn& turn) {
  const Stamp clock = turn.clock.next(turn.wall_us);
  const Stamp horizon = own_horizon(clock);
  for (auto& [place, incoming] : acks_due_) {
    incoming->acknowledge = false;
    FrameBuffer frame = turn.outbox.acquire();
    write_merge_ack(frame, {.sender = self_,
                            .incarnation = incoming->stream.incarnation(),
                            .below = incoming->stream.below(),
                            .beyond = incoming->stream.beyond(),
                            .clock = clock,
                            .horizon = horizon_for(place, horizon),
                            .epoch = static_cast<std::uint32_t>(view_->epoch)});
    turn.outbox.send(incoming->reply_to, std::move(frame));
  }
  acks_due_.clear();
}

void Gossip::ask(Place place, const GossipTurn& turn) {
  const Peer& peer = peers_[peer_index(place)];
  FrameBuffer frame = turn.outbox.acquire();
  const Stamp clock = turn.clock.next(turn.wall_us);
  begin_merge_batch(frame, {.count = 0,
                            .sender = self_,
                            .number = peer.stream.asking_number(),
                            .clock = clock,
                            .horizon = horizon_for(place, own_horizon(clock)),
                            .epoch = view_->epoch});
  turn.outbox.send(place, std::move(frame));
}

}  // namespace lath
