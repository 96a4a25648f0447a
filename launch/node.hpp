// A node: its shards on their cores, its control thread, its contact port. Comes up together with the nodes of its group, or not at
// all: a failure of one is everybody's answer. Uses the group only until start() returns.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "launch/bootstrap.hpp"
#include "launch/config/config.hpp"
#include "launch/contact/crypto.hpp"
#include "launch/control_thread.hpp"
#include "launch/shard_host.hpp"
#include "topology/machine.hpp"
#include "transport/ucx_context.hpp"

namespace lath {

class Node {
 public:
  // Collective. `key` is rank 0's; the others' is not looked at.
  static Result<std::unique_ptr<Node>> start(GroupBootstrap& group, const Config& config, const ClusterKey& key,
                                             const Clock& clock);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Leaves the cluster: hands over what only this node holds, within `timeout_ns` (0 does not try), and ends all threads. false: the
  // time was not enough, which was told.
  bool stop(TimeNs timeout_ns);

  bool left_alone() const { return left_alone_; }  // when it stopped, no other node was there to stay

  NodeId id() const { return id_; }
  std::uint64_t cookie() const { return cookie_; }
  std::size_t shard_count() const { return plan_.shards.size(); }
  const ShardPlan& plan() const { return plan_; }
  ViewSource& views() { return *control_; }
  const ViewSource& views() const { return *control_; }
  UcxContext& context() { return *context_; }
  const Clock& clock() const { return clock_; }

 private:
  struct Agreed;  // what rank 0 decides for all

  Node(Machine machine, NodeId id, const Clock& clock) : clock_(clock), machine_(std::move(machine)), id_(id) {}

  Result<void> plan(GroupBootstrap& group, const Config& config);
  Result<void> take_decisions(GroupBootstrap& group, const Config& config, const ClusterKey& key);
  Result<void> open(const Config& config);
  Result<void> open_context(const std::string& interface);
  Result<void> open_shards(const Config& config);
  Result<std::shared_ptr<const ClusterView>> meet(GroupBootstrap& group);
  Result<void> serve(const std::shared_ptr<const ClusterView>& view);

  const Clock& clock_;
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
  std::unique_ptr<UcxContext> context_;
  std::vector<std::unique_ptr<ShardHost>> shards_;
  std::unique_ptr<Transport> control_transport_;
  std::unique_ptr<ContactServer> contact_;
  std::unique_ptr<ControlThread> control_;
};

}  // namespace lath
