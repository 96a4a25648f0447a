// The actor that owns a part of the keys: a state machine without I/O, clock or lock. Messages and time go in, frames to send come
// out by the outbox. Every update is applied at most once a session and sequence. One thread, the shard loop's.
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.hpp"
#include "base/message.hpp"
#include "base/random.hpp"
#include "lath/ids.hpp"
#include "metrics/shard_counters.hpp"
#include "store/store.hpp"
#include "topology/cluster_view.hpp"
#include "wire/outbox.hpp"

namespace lath {

inline constexpr TimeNs kNever = ~TimeNs{0};

struct Turn {
  TimeNs now_ns = 0;          // read once a turn
  std::uint64_t wall_us = 0;
};

struct ShardOptions {
  WriterId self;
  TimeNs gossip_interval_ns = 1'000'000;  // from the first dirty key to the round that carries it
};

class Shard {
 public:
  Shard(const ShardOptions& options, Store store, Random random);
  ~Shard();

  // The caller keeps the view alive until the set_view (or begin_drain) after the next has returned: what the key's replicas were
  // decides who is sent what.
  void set_view(const ClusterView& view, const Turn& turn);
  // Takes a view without this shard's node: every key held is pushed to its replicas under that view. Requests go on being answered,
  // those routed by another view with kWrongOwner.
  void begin_drain(const ClusterView& view, const Turn& turn);
  bool drained() const;  // all that was held has been acknowledged

  // A request, a merge batch or an acknowledgement; anything else is counted and dropped.
  void handle(const Message& message, const Turn& turn, Outbox& outbox);
  // At the end of each turn, and whenever next_deadline() has passed.
  void tick(const Turn& turn, Outbox& outbox);
  void peer_failed(PeerId peer);
  TimeNs next_deadline() const;  // kNever: an idle shard may sleep

  const ShardCounters& counters() const;  // any thread
  ShardCounters& counters();              // the loop adds its own
  const Store& store() const;             // this thread

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace lath
