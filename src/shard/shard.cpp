#include "shard/shard.hpp"

#include <algorithm>
#include <utility>

#include "shard/entries_ahead.hpp"
#include "shard/reply_writer.hpp"
#include "topology/hash.hpp"
#include "wire/frame.hpp"
#include "wire/merge_batch.hpp"
#include "wire/writer.hpp"

namespace lath {

Shard::Shard(const ShardOptions& options, Store store)
    : self_(options.self),
      export_clock_(options.export_clock),
      store_(std::move(store)),
      gossip_(options.self, options.gossip_interval_ns),
      tombstones_({options.self.node, options.self.shard}),
      moved_keys_({options.self.node, options.self.shard}),
      pulls_(options.port) {
  publish_store();
}

void Shard::set_view(const ClusterView& view) {
  view_ = &view;
  store_.publish_view(view.epoch);
  gossip_.set_view(view, draining_);
  tombstones_.set_view(view);
  moved_keys_.set_view(view, !draining_);
  progressed_ = true;
}

void Shard::begin_drain(const ClusterView& view) {
  draining_ = true;
  set_view(view);
}

void Shard::handle(const Message& message, const Turn& turn, Outbox& outbox) {
  const auto kind = kind_of(message.bytes);
  if (kind == FrameKind::kBriefRequest || kind == FrameKind::kRequest) {
    on_request(message, turn, outbox);
  } else if (kind == FrameKind::kMergeBatch) {
    on_merge_batch(message, turn, outbox);
  } else if (kind == FrameKind::kMergeAck) {
    on_merge_ack(message, turn, outbox);
  } else if (kind >= FrameKind::kAsk) {
    on_transfer(*kind, message, turn, outbox);
  } else {
    counters_.dropped_garbage.add();
  }
}

void Shard::tick(const Turn& turn, Outbox& outbox) {
  if (first_turn_ns_ == 0) [[unlikely]]
    first_turn_ns_ = turn.now_ns;
  if (!pulls_.idle() || !offers_.idle() || !large_work_.fetches.empty()) [[unlikely]]
    tick_large(turn, outbox);
  const GossipTurn gossip_turn_now = gossip_turn(turn, outbox);
  gossip_.tick(gossip_turn_now);
  if (turn.now_ns >= look_ahead_at_) {
    store_.set_bytes_ahead(store_.is_filling() ? bytes_ahead() : 0);
    look_ahead_at_ = turn.now_ns + kLookAheadNs;
  }
  if (progressed_ && !deferred_.empty()) answer_deferred(outbox);
  progressed_ = false;
  // Of most turns neither has anything to do, and the answers wait for this.
  const std::uint64_t tombstones = erased_kept();
  if (tombstones > 0 || tombstones_.next_deadline() != kNever) [[unlikely]] {
    store_changed_ |= tombstones_.tick(tombstones, gossip_, gossip_turn_now);
  }
  if (turn.now_ns >= moved_keys_.next_deadline()) [[unlikely]]
    store_changed_ |= moved_keys_.tick(gossip_, gossip_turn_now);
  if (store_changed_) {
    publish_store();
    if (erased_kept() == 0) tombstones_.tick(0, gossip_, gossip_turn_now);  // its timer ends
  }
  store_.publish_turn(turn.now_ns, view_ == nullptr ? 0 : view_->epoch);
  counters_.waiters.set(waiters_.size());
  counters_.deferred.set(deferred_.size());
  counters_.dropped_full.set(outbox.frames_dropped());
}

void Shard::peer_failed(PeerId peer) {
  contexts_.forget(peer);
  pulls_.peer_failed(peer);
  offers_.forget(peer, store_);
  store_changed_ = true;
  // A session sends nothing again by another connection than the one by which it was sent first: what is remembered of it is of no use.
  if (sessions_.forget(peer) == 0) return;
  waiters_.drop_if([&](const ParkedWait& waiter) { return sessions_.find(waiter.session) == nullptr; });
  progressed_ = true;  // its deferred answers go with the next tick
  store_changed_ = true;
}

TimeNs Shard::next_deadline() const {
  return std::min({gossip_.next_deadline(), tombstones_.next_deadline(), moved_keys_.next_deadline(), pulls_.next_deadline(),
                   offers_.next_deadline()});
}

void Shard::on_merge_batch(const Message& message, const Turn& turn, Outbox& outbox) {
  using Verdict = IncomingStream::Verdict;
  MergeBatchHeader header;
  Reader reader(message.bytes);
  if (!read_merge_batch_header(reader, header)) return counters_.dropped_garbage.add();
  Reader look(reader.rest());  // all of it is read before any of it is merged
  MergeEntry entry;
  for (std::uint16_t index = 0; index < header.count; ++index) {
    if (!read_merge_entry(look, entry)) return counters_.dropped_garbage.add();
  }
  if (!look.at_end()) return counters_.dropped_garbage.add();

  switch (gossip_.receive(header, message.from, clock_)) {
    case Verdict::kStale: return counters_.dropped_stale.add();
    case Verdict::kBeyond: return counters_.dropped_beyond.add();
    case Verdict::kRepeated: return counters_.batches_repeated.add();
    case Verdict::kNew: break;
  }
  const bool taken = merge_entries(reader.rest(), {header, message.from, turn, outbox});
  store_changed_ = true;
  counters_.batches_received.add();
  if (taken) gossip_.merged(header);
}

// false: there was no memory for one.
bool Shard::merge_entries(Bytes entries, const Merging& merging) {
  const MergeBatchHeader& header = merging.header;
  EntriesAhead ahead(store_, entries, header.count);
  // What was sent here by an older view may be for others now, and the sweep may have passed it.
  const bool may_be_for_others = moved_keys_.pending() || (view_ != nullptr && header.epoch != view_->epoch);
  bool taken = true;
  std::uint64_t grown_count = 0;
  for (std::uint32_t index = 0; index < header.count; ++index) {
    const EntriesAhead::Entry& entry = ahead.take(index);
    const std::optional<bool> quickly = store_.merge_short(entry.lookup, entry.cell, clock_);
    if (quickly && (!*quickly || (!may_be_for_others && waiters_.empty()))) [[likely]] {
      grown_count += *quickly ? 1U : 0U;
      continue;
    }
    const Key key{key_hash(entry.lookup.probe.bytes), entry.lookup.probe.bytes};
    const Result<bool> grown = quickly ? Result<bool>(*quickly) : merge_entry(key, entry.cell, merging);
    if (!grown) {
      counters_.merges_refused.add();
      taken &= grown.error().code != Code::kFull;  // the sender tries again, and there may be room by then
    } else if (*grown) {
      ++grown_count;
      if (may_be_for_others && view_ != nullptr && !moved_keys_.is_own(key)) forward(key, merging.turn);
      if (waiters_.any_for(key.hash)) moved(key, merging.outbox);
    }
  }
  counters_.merges.add(header.count);
  counters_.merges_grown.add(grown_count);
  return taken;
}

// A large value's bytes come later, by another way; the sender goes on telling of it until they are here.
Result<bool> Shard::merge_entry(const Key& key, Bytes cell, const Merging& merging) {
  const std::uint64_t wall_us = merging.turn.wall_us;
  const std::optional<LargeMark> mark = large_mark_of(cell);
  if (!mark) [[likely]]
    return store_.merge(key, cell, clock_, wall_us);
  const bool lacks = store_.large_lacking(key, cell).has_value();
  Result<bool> grown = lacks ? store_.merge_rest(key, cell, clock_, wall_us) : store_.merge(key, cell, clock_, wall_us);
  if (lacks && (grown || grown.error().code == Code::kFull)) {
    fetch_large(key, mark->id, merging);
  } else if (grown) {
    tell_held(key, mark->id, merging.header.sender.incarnation, merging.from, merging.outbox);
  }
  return grown;
}

// A large value under way has its room here already, and will need some elsewhere.
std::uint64_t Shard::bytes_ahead() const {
  std::uint64_t bytes = gossip_.bytes_ahead();
  if (!gossip_.replicates()) return bytes;
  for (const auto& [pull, put] : large_work_.puts) bytes += put.bytes;
  return bytes;
}

void Shard::forward(const Key& key, const Turn& turn) {
  Cell whole;
  gossip_.updated(key, whole, true, Stamp{}, turn.now_ns);
}

void Shard::on_merge_ack(const Message& message, const Turn& turn, Outbox& outbox) {
  MergeAck ack;
  Reader reader(message.bytes);
  if (!read_merge_ack(reader, ack)) return counters_.dropped_garbage.add();
  counters_.acks_received.add();
  if (gossip_.acknowledged(ack, gossip_turn(turn, outbox))) progressed_ = true;
}

void Shard::moved(const Key& key, Outbox& outbox) {
  const std::uint64_t version = store_.content_version(key, scratch_);
  moved_waiters_.clear();
  waiters_.take_moved(key, version, moved_waiters_);
  for (const ParkedWait& waiter : moved_waiters_) {
    const SessionWindow* session = sessions_.find(waiter.session);
    if (session == nullptr || waiter.sequence < session->oldest()) continue;  // it gave up
    ReplyWriter replies(outbox, session->peer, waiter.sequence, false);
    replies.answer(waiter.operation, [&](FrameBuffer& reply) {
      write(reply, version);
      return Code::kOk;
    });
    counters_.replies.add(replies.finish());
  }
}

void Shard::answer_deferred(Outbox& outbox) {
  const auto gave_up = [&](const DeferredAnswer& answer) {
    const SessionWindow* session = sessions_.find(answer.session);
    return session == nullptr || answer.sequence < session->oldest();
  };
  const auto is_over = [&](const DeferredAnswer& answer) { return gave_up(answer) || is_held(answer); };
  deferred_.take_if(is_over, [&](const DeferredAnswer& answer) {
    if (gave_up(answer)) return;
    SessionWindow* session = sessions_.find(answer.session);
    ReplyWriter replies(outbox, session->peer, answer.sequence, false);
    if (answer.is_flush) {
      replies.answer_status(answer.operation, Code::kOk);
    } else if (SessionWindow::Frame* memory = session->find(answer.sequence); memory != nullptr) {
      memory->deferred = false;
      for (const std::uint16_t operation : answer.operations) answer_update(operation, memory->outcome_of(operation), replies);
    }
    counters_.replies.add(replies.finish());
  });
}

bool Shard::is_held(const DeferredAnswer& answer) const {
  if (answer.is_flush) {
    bool possible = true;
    return gossip_.nodes_behind(answer.update, whose(answer.nodes)).size() <= lagging_nodes_allowed(answer.nodes, possible);
  }
  return std::ranges::all_of(answer.sets, [&](const OtherReplicas& set) {
    std::array<NodeId, kReplicasMax> holding;
    std::size_t count = 0;
    for (const Place& place : set.all()) {
      const auto end = holding.begin() + static_cast<std::ptrdiff_t>(count);
      if (place.node == self_.node || std::find(holding.begin(), end, place.node) != end) continue;
      const std::uint64_t held = answer.is_large ? gossip_.held_by(place) : gossip_.small_held_by(place);
      if (held >= answer.update) holding[count++] = place.node;
    }
    return count + 1 >= answer.nodes;
  });
}

void Shard::publish_store() {
  const auto counters = store_.counters();
  counters_.keys.set(counters.keys);
  counters_.tombstones.set(counters.tombstones);
  counters_.mixed_cells.set(counters.mixed_cells);
  counters_.shedding_maps.set(counters.shedding_maps);
  counters_.store_bytes.set(counters.bytes_used);
  counters_.store_bytes_boxed.set(counters.bytes_boxed);
  counters_.store_bytes_limit.set(counters.bytes_limit);
  counters_.sessions.set(sessions_.size());
  counters_.sessions_forgotten.set(sessions_.forgotten());
  counters_.large_bytes.set(pulls_.bytes_pulled());
  counters_.large_pulls.set(pulls_.size());
  counters_.offers_held.set(offers_.size());
  store_changed_ = false;
}

GossipTurn Shard::gossip_turn(const Turn& turn, Outbox& outbox) {
  return {
      .now_ns = turn.now_ns, .wall_us = turn.wall_us, .store = store_, .clock = clock_, .counters = counters_, .outbox = outbox};
}

}  // namespace lath
