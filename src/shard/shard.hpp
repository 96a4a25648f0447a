// The actor that owns a part of the keys: a state machine without I/O, clock or lock. Messages and time go in, frames to send come
// out by the outbox. Every update is applied at most once a session and sequence. One thread, the shard loop's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/hybrid_clock.hpp"
#include "base/message.hpp"
#include "base/random.hpp"
#include "lath/ids.hpp"
#include "lath/limits.hpp"
#include "metrics/node_counters.hpp"
#include "metrics/shard_counters.hpp"
#include "replication/gossip.hpp"
#include "replication/moved_keys.hpp"
#include "replication/tombstones.hpp"
#include "shard/deferred.hpp"
#include "shard/large_work.hpp"
#include "shard/offers.hpp"
#include "shard/request_contexts.hpp"
#include "shard/session_window.hpp"
#include "shard/waiters.hpp"
#include "store/store.hpp"
#include "topology/cluster_view.hpp"
#include "topology/hash.hpp"
#include "transfer/pulls.hpp"
#include "wire/merge_batch.hpp"
#include "wire/outbox.hpp"
#include "wire/reply.hpp"
#include "wire/request.hpp"

namespace lath {

class ReplyWriter;

struct Turn {
  TimeNs now_ns = 0;  // read once a turn
  std::uint64_t wall_us = 0;
};

struct ShardOptions {
  WriterId self;
  const Clock* export_clock = nullptr;    // sessions may read its memory, and are told the time by this; null: they may not
  TimeNs gossip_interval_ns = 1'000'000;  // from the first dirty key to the round that carries it
  MemoryPort* port = nullptr;             // large values are read by it; null: they are asked for part by part
};

class Shard : private PullRooms {
 public:
  Shard(const ShardOptions& options, Store store);

  // The caller keeps the view alive until the set_view (or begin_drain) after the next has returned: who the key's replicas were
  // decides who is sent what.
  void set_view(const ClusterView& view);
  // Takes a view without this shard's node: every key held is pushed to its replicas under that view. Requests go on being
  // answered, those routed by another view with kWrongOwner.
  void begin_drain(const ClusterView& view);
  bool settled() const { return gossip_.settled(); }  // nothing waits to be sent or acknowledged
  // The last turn is over: nobody reads this memory any more.
  void end_publishing() { store_.end_publishing(); }
  bool drained() const { return draining_ && gossip_.settled(); }  // all that was held is on its replicas
  bool draining() const { return draining_; }
  std::uint64_t keys_held() const { return counters_.keys.value() + counters_.tombstones.value(); }
  std::uint64_t keys_left() const { return gossip_.keys_left(keys_held()); }  // that may not be on all their replicas

  // A request, a merge batch or an acknowledgement; anything else is counted and dropped.
  void handle(const Message& message, const Turn& turn, Outbox& outbox);
  // One operation of a caller on the shard's own thread, as if it had come in a frame routed by our view. nullopt: it is none that can be
  // answered well and at once (by this shard, or at all), and has done nothing: it is to be sent. The answer, kOk or kNotFound, is valid
  // until the next call. A tick is due when turns usually are.
  std::optional<Answer> execute_here(const Operation& operation, const Turn& turn, Outbox& outbox);
  void prefetch(Bytes key) const;  // for one that is about to come
  // At the end of each turn, and whenever next_deadline() has passed.
  void tick(const Turn& turn, Outbox& outbox);
  void peer_failed(PeerId peer);
  void read_done(std::uint64_t token, bool ok, TimeNs now) { pulls_.read_done(token, ok, *this, now); }  // of the port
  TimeNs next_deadline() const;  // kNever: an idle shard may sleep

  const ShardCounters& counters() const { return counters_; }  // any thread
  ShardCounters& counters() { return counters_; }              // the loop adds its own
  // Asked, on this thread, whenever somebody asks for the shard's counters: its are told with them.
  void tell_also(CounterSource source) { sources_.push_back(std::move(source)); }
  const Store& store() const { return store_; }  // this thread

 private:
  static constexpr TimeNs kLookAheadNs = 100'000;  // between looks at what replicas lack: a look at a thousand takes some 5 us
  struct Request {
    Operation operation;
    Store::Lookup lookup;
    std::uint16_t index = 0;
    std::uint64_t hash() const { return lookup.probe.key_bytes == 0 ? lookup.probe.word : key_hash(operation.key); }
    Key key() const { return {hash(), operation.key}; }
  };
  // One request frame on its way through: the operations are in requests_.
  struct Frame {
    RequestHeader header;
    PeerId from;
    std::size_t updates = 0;
    std::size_t later = 0;  // waits and flushes
    bool ours = false;      // routed by the view that we have
    bool repeated = false;
    SessionWindow* window = nullptr;         // null for frames that only read
    SessionWindow::Frame* memory = nullptr;  // null for frames without updates
  };
  // A merge batch on its way in.
  struct Merging {
    const MergeBatchHeader& header;
    PeerId from;
    const Turn& turn;
    Outbox& outbox;
  };

  // shard_frame.cpp
  void on_request(const Message& message, const Turn& turn, Outbox& outbox);
  bool read_request(Bytes bytes, Frame& frame);
  bool admit(Frame& frame);
  void execute(const Frame& frame, const Turn& turn, Outbox& outbox);
  void execute_some(const Frame& frame, std::span<const Request> requests, const Turn& turn, Outbox& outbox, ReplyWriter& replies);
  [[gnu::noinline]] bool is_mine(bool ours, const Key& key) const;  // apart, as it clears room for the replicas
  void count_refusal(Code status);
  UpdateOutcome failed_once(const Frame& frame, const Request& request, Code status);
  static void answer_again(const Frame& frame, std::uint16_t operation, ReplyWriter& replies);
  static void answer_update(std::uint16_t operation, const UpdateOutcome& outcome, ReplyWriter& replies);
  Code update(const Frame& frame, const Request& request, const Turn& turn, Outbox& outbox);
  void answer_read(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies);

  // shard_here.cpp
  bool is_here(std::uint64_t hash, Bytes key) const;
  Store::Lookup look_up(Bytes key) const;

  // shard_request.cpp
  void answer_about_shard(const Request& request, const Turn& turn, ReplyWriter& replies);
  void defer(const Frame& frame, const Turn& turn);
  [[gnu::noinline]] bool note_replicas(const Key& key, std::uint8_t nodes);
  void write_stats(const Turn& turn, FrameBuffer& reply);
  void write_memory(FrameBuffer& reply) const;

  // shard_large.cpp
  std::span<std::byte> room(std::uint64_t content, std::uint64_t offset) override { return store_.large().room(content, offset); }
  bool may_grow() const override { return store_.may_grow(); }
  void on_transfer(FrameKind kind, const Message& message, const Turn& turn, Outbox& outbox);
  void answer_put_large(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies);
  UpdateOutcome begin_put_large(const Frame& frame, const Request& request, const Turn& turn);
  Code offer_large(PeerId to, const Key& key, const Turn& turn, FrameBuffer& reply);
  void tick_large(const Turn& turn, Outbox& outbox);
  void pull_ended(const Pulls::Ended& ended, const Turn& turn, Outbox& outbox);
  void finish_put(const LargePut& put, const Pulls::Ended& ended, const Turn& turn, Outbox& outbox);
  Code write_large(const LargePut& put, const Pulls::Ended& ended, const Turn& turn, Outbox& outbox);
  void fetch_large(const Key& key, const LargeId& told, const Merging& merging);
  void on_offer(PeerId from, const OfferFrame& offer, TimeNs now);
  void finish_fetch(const LargeFetch& fetch, const Pulls::Ended& ended, const Turn& turn, Outbox& outbox);
  void tell_held(const Key& key, const LargeId& id, std::uint64_t incarnation, PeerId to, Outbox& outbox);

  // shard_waits.cpp
  void answer_wait(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies, Outbox& outbox);
  bool is_gone(const Key& key, const Turn& turn, Outbox& outbox);
  bool may_lack(const Key& key, const Turn& turn, Outbox& outbox);
  void answer_flush(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies);
  std::size_t lagging_nodes_allowed(std::uint8_t nodes, bool& possible) const;
  // Who is waited for by a flush to so many nodes; 0: every replica.
  static Gossip::Of whose(std::uint8_t nodes) { return nodes == 0 ? Gossip::Of::kAll : Gossip::Of::kOtherNodes; }

  // shard.cpp
  void on_merge_batch(const Message& message, const Turn& turn, Outbox& outbox);
  bool merge_entries(Bytes entries, const Merging& merging);
  Result<bool> merge_entry(const Key& key, Bytes cell, const Merging& merging);
  std::uint64_t bytes_ahead() const;
  void forward(const Key& key, const Turn& turn);  // to its replicas
  void on_merge_ack(const Message& message, const Turn& turn, Outbox& outbox);
  void moved(const Key& key, Outbox& outbox);
  void answer_deferred(Outbox& outbox);
  bool is_held(const DeferredAnswer& answer) const;
  void publish_store();
  std::uint64_t erased_kept() const { return counters_.tombstones.value() + counters_.shedding_maps.value(); }
  GossipTurn gossip_turn(const Turn& turn, Outbox& outbox);

  WriterId self_;
  const Clock* export_clock_;
  Store store_;
  HybridClock clock_;
  ShardCounters counters_;
  std::vector<CounterSource> sources_;
  const ClusterView* view_ = nullptr;
  Gossip gossip_;
  Tombstones tombstones_;
  RequestContexts contexts_;
  MovedKeys moved_keys_;
  SessionTable sessions_;
  Waiters waiters_;
  Deferred deferred_;
  Offers offers_;
  Pulls pulls_;
  LargeWork large_work_;
  TimeNs first_turn_ns_ = 0;
  TimeNs look_ahead_at_ = 0;
  bool draining_ = false;
  bool store_changed_ = false;  // since its counters were published
  bool progressed_ = false;     // something that deferred answers may wait for has happened since they were looked at

  // Scratch of one frame; kept for its room.
  std::array<Request, kFrameOperationsMax> requests_;
  Cell delta_;
  std::vector<OtherReplicas> replica_sets_;
  std::vector<ParkedWait> moved_waiters_;
  FrameBuffer scratch_;
  FrameBuffer answer_here_;
  std::uint64_t word_here_ = 0;
};

}  // namespace lath
