// What a node counts beside its shards: at its contact port and on its control thread. Written by the control thread alone, read by
// any, as shard counters are; shards tell it with their own, so that whoever reaches one shard learns of the node.
#pragma once

#include <functional>
#include <string_view>

#include "metrics/shard_counters.hpp"

namespace lath {

// Names and values on their way to whoever asked; a source tells all of its counters.
using CounterVisitor = std::function<void(std::string_view name, std::uint64_t value)>;
using CounterSource = std::function<void(const CounterVisitor& visit)>;

struct NodeCounters {
  // The contact port: connections.
  ShardCounter contact_accepted;
  ShardCounter contact_welcomed;   // that proved the cluster's key
  ShardCounter contact_clients;    // of them, connected now
  ShardCounter contact_gone;       // of them, ended
  ShardCounter contact_denied;     // a wrong key, or garbage
  ShardCounter contact_version;    // the key, but another version of the protocol
  ShardCounter contact_abandoned;  // that ended before they had proved anything
  ShardCounter contact_timed_out;  // not proved for too long
  ShardCounter contact_stalled;    // of those that proved it, ended by us: they took nothing for too long
  ShardCounter contact_malformed;  // frames of welcomed clients that are not theirs
  ShardCounter contact_refused_full;
  ShardCounter contact_no_descriptor;  // times that clients had to wait for one

  // The control protocol.
  ShardCounter control_views_sent;
  ShardCounter control_views_received;
  ShardCounter control_views_grown;  // of them, those that told something new
  ShardCounter control_questions_sent;
  ShardCounter control_dropped_garbage;
  ShardCounter control_dropped_foreign;
  ShardCounter control_given_up;      // times that a node left a message without an answer
  ShardCounter control_peers_failed;  // connections that ended without a goodbye, or were not made
  ShardCounter control_nodes_lost;    // now

  ShardCounter memory_refused;  // times that the system had no memory for a table that grows, or for cells on the heap

  // visit(name, value) for each, in the order above.
  template <class Visitor>
  void for_each(Visitor&& visit) const;
};

template <class Visitor>
void NodeCounters::for_each(Visitor&& visit) const {
  visit("contact_accepted", contact_accepted.value());
  visit("contact_welcomed", contact_welcomed.value());
  visit("contact_clients", contact_clients.value());
  visit("contact_gone", contact_gone.value());
  visit("contact_denied", contact_denied.value());
  visit("contact_version", contact_version.value());
  visit("contact_abandoned", contact_abandoned.value());
  visit("contact_timed_out", contact_timed_out.value());
  visit("contact_stalled", contact_stalled.value());
  visit("contact_malformed", contact_malformed.value());
  visit("contact_refused_full", contact_refused_full.value());
  visit("contact_no_descriptor", contact_no_descriptor.value());
  visit("control_views_sent", control_views_sent.value());
  visit("control_views_received", control_views_received.value());
  visit("control_views_grown", control_views_grown.value());
  visit("control_questions_sent", control_questions_sent.value());
  visit("control_dropped_garbage", control_dropped_garbage.value());
  visit("control_dropped_foreign", control_dropped_foreign.value());
  visit("control_given_up", control_given_up.value());
  visit("control_peers_failed", control_peers_failed.value());
  visit("control_nodes_lost", control_nodes_lost.value());
  visit("memory_refused", memory_refused.value());
}

}  // namespace lath
