// What one shard counts. Written by the shard's thread alone, read by any: plain loads and stores, no read-modify-write, so a
// reader may see two counters of one event apart but never a torn one.
#pragma once

#include <atomic>
#include <cstdint>

namespace lath {

class ShardCounter {
 public:
  void add(std::uint64_t count = 1) { set(value() + count); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct ShardCounters {
  // Requests.
  ShardCounter frames;       // of requests, handled
  ShardCounter frame_bytes;  // theirs
  ShardCounter reads;        // operations by kind
  ShardCounter updates;
  ShardCounter waits;
  ShardCounter flushes;
  ShardCounter wrong_owner;         // operations for keys that are not here
  ShardCounter refused_full;        // operations that found no memory
  ShardCounter refused_crowded;     // operations that found as much waiting, or being moved, as may
  ShardCounter put_off;             // operations asked to come again: memory was not mapped yet, or other replicas lack too much
  ShardCounter repeats_answered;    // frames that came again, and were answered without being applied
  ShardCounter replies;             // frames
  ShardCounter waiters;             // parked now
  ShardCounter deferred;            // answers that wait for other nodes, now
  ShardCounter sessions;            // remembered now
  ShardCounter sessions_forgotten;  // for room

  // Large values.
  ShardCounter large_puts;     // begun
  ShardCounter large_offers;   // to sessions and replicas
  ShardCounter large_fetched;  // from replicas, whole
  ShardCounter large_failed;   // pulls that ended without the value
  ShardCounter large_bytes;    // pulled
  ShardCounter large_pulls;    // now
  ShardCounter offers_held;    // now

  // What was dropped.
  ShardCounter dropped_garbage;  // frames that are no request, batch or acknowledgement
  ShardCounter dropped_stale;    // frames below their session's oldest, or of a past life of a peer
  ShardCounter dropped_beyond;   // frames over their session's or stream's window
  ShardCounter dropped_full;     // frames that the outbox had no room for

  // Replication.
  ShardCounter batches_sent;  // first sendings
  ShardCounter batches_resent;
  ShardCounter batches_received;  // merged
  ShardCounter batches_repeated;  // received again
  ShardCounter entries_sent;
  ShardCounter merges;          // entries merged
  ShardCounter merges_grown;    // of them, those that changed something
  ShardCounter merges_refused;  // entries that were garbage or found no room
  ShardCounter acks_received;
  ShardCounter dirty_keys;    // waiting for a round or a peer, now
  ShardCounter peers_behind;  // that need everything, now
  ShardCounter keys_swept;    // looked at for peers that need everything
  ShardCounter tombstones_freed;
  ShardCounter keys_moved_away;  // freed, since other shards hold them now

  // The store, as of the last turn that changed it.
  ShardCounter keys;
  ShardCounter tombstones;
  ShardCounter mixed_cells;
  ShardCounter shedding_maps;
  ShardCounter store_bytes;
  ShardCounter store_bytes_boxed;
  ShardCounter store_bytes_limit;

  // The loop.
  ShardCounter turns;
  ShardCounter sleeps;
  ShardCounter peers_closed;  // connections that ended with a goodbye
  ShardCounter peers_failed;  // and without

  // visit(name, counter) for each, in the order above.
  template <class Visitor>
  void for_each(Visitor&& visit) const;
};

template <class Visitor>
void ShardCounters::for_each(Visitor&& visit) const {
  visit("frames", frames);
  visit("frame_bytes", frame_bytes);
  visit("reads", reads);
  visit("updates", updates);
  visit("waits", waits);
  visit("flushes", flushes);
  visit("wrong_owner", wrong_owner);
  visit("refused_full", refused_full);
  visit("refused_crowded", refused_crowded);
  visit("put_off", put_off);
  visit("repeats_answered", repeats_answered);
  visit("replies", replies);
  visit("waiters", waiters);
  visit("deferred", deferred);
  visit("sessions", sessions);
  visit("sessions_forgotten", sessions_forgotten);
  visit("large_puts", large_puts);
  visit("large_offers", large_offers);
  visit("large_fetched", large_fetched);
  visit("large_failed", large_failed);
  visit("large_bytes", large_bytes);
  visit("large_pulls", large_pulls);
  visit("offers_held", offers_held);
  visit("dropped_garbage", dropped_garbage);
  visit("dropped_stale", dropped_stale);
  visit("dropped_beyond", dropped_beyond);
  visit("dropped_full", dropped_full);
  visit("batches_sent", batches_sent);
  visit("batches_resent", batches_resent);
  visit("batches_received", batches_received);
  visit("batches_repeated", batches_repeated);
  visit("entries_sent", entries_sent);
  visit("merges", merges);
  visit("merges_grown", merges_grown);
  visit("merges_refused", merges_refused);
  visit("acks_received", acks_received);
  visit("dirty_keys", dirty_keys);
  visit("peers_behind", peers_behind);
  visit("keys_swept", keys_swept);
  visit("tombstones_freed", tombstones_freed);
  visit("keys_moved_away", keys_moved_away);
  visit("keys", keys);
  visit("tombstones", tombstones);
  visit("mixed_cells", mixed_cells);
  visit("shedding_maps", shedding_maps);
  visit("store_bytes", store_bytes);
  visit("store_bytes_boxed", store_bytes_boxed);
  visit("store_bytes_limit", store_bytes_limit);
  visit("turns", turns);
  visit("sleeps", sleeps);
  visit("peers_closed", peers_closed);
  visit("peers_failed", peers_failed);
}

}  // namespace lath
