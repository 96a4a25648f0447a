// A node: its shards on their cores, its control thread, its contact port. Comes up together with the nodes of its group, or not at
// all: a failure of one is everybody's answer. Uses the group only until start() returns.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/local_shard.hpp"
#include "launch/attendant.hpp"
#include "launch/bootstrap.hpp"
#include "launch/config/config.hpp"
#include "launch/contact/crypto.hpp"
#include "launch/control_thread.hpp"
#include "launch/shard_host.hpp"
#include "topology/machine.hpp"
#include "transport/transport_provider.hpp"

namespace lath {

// Whose threads turn the shards.
enum class Progress {
  kThreads,  // their own
  kCallers,  // the application's, in their calls; and the attendant
};

class Node {
 public:
  // Collective. `key` is rank 0's; the others' is not looked at.
  static Result<std::unique_ptr<Node>> start(GroupBootstrap& group, const Config& config, const ClusterKey& key, const Clock& clock,
                                             Progress progress = Progress::kThreads);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Leaves the cluster: hands over what only this node holds, within `timeout_ns` (0 does not try), and ends all threads. false: the
  // time was not enough, which was told.
  bool stop(TimeNs timeout_ns);

  bool left_alone() const { return left_alone_; }  // when it stopped, no other node was there to stay

  NodeId id() const { return id_; }
  std::uint64_t cookie() const { return cookie_; }
  const ClusterKey& key() const { return key_; }
  std::size_t shard_count() const { return plan_.shards.size(); }
  const ShardPlan& plan() const { return plan_; }
  ViewSource& views() { return *control_; }
  const ViewSource& views() const { return *control_; }
  TransportProvider& transports() { return *transports_; }
  const Clock& clock() const { return clock_; }
  // The first shard that no thread of the application has yet, for one that will turn it. Null: none is free, or they have threads of
  // their own. Any thread; given back, by its end, before the node stops.
  std::unique_ptr<LocalShard> take_shard();

 private:
  struct Agreed;  // what rank 0 decides for all

  Node(Machine machine, NodeId id, const Clock& clock, Progress progress)
      : clock_(clock), progress_(progress), machine_(std::move(machine)), id_(id) {}

  Result<void> plan(GroupBootstrap& group, const Config& config);
  Result<void> take_decisions(GroupBootstrap& group, const Config& config, const ClusterKey& key);
  Result<void> open(const Config& config);
  Result<void> open_transports(const std::string& interface);
  Result<void> open_shards(const Config& config);
  Result<std::shared_ptr<const ClusterView>> meet(GroupBootstrap& group);
  Result<void> serve(const std::shared_ptr<const ClusterView>& view);

  const Clock& clock_;
  const Progress progress_;
  Machine machine_;
  NodeId id_;
  std::uint64_t incarnation_ = 0;
  std::uint64_t cookie_ = 0;
  ClusterKey key_{};
  Placement placement_;
  ShardPlan plan_;
  WaitPolicy wait_;
  bool left_alone_ = false;
  NodeEntry entry_;

  // Destroyed in the reverse order: first the control thread, then the shards, then what they stand on.
  NodeCounters counters_;
  SharedHeapShortage heap_{HeapShortage::kNone};
  std::unique_ptr<TransportProvider> transports_;
  std::vector<std::unique_ptr<ShardHost>> shards_;
  std::unique_ptr<Transport> control_transport_;
  std::unique_ptr<ContactServer> contact_;
  std::unique_ptr<Attendant> attendant_;
  std::unique_ptr<ControlThread> control_;

  std::mutex taken_mutex_;
  std::vector<bool> taken_;  // by shard: has an owner
};

}  // namespace lath
