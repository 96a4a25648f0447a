// The node's control thread: agrees with the other nodes on the view, answers the contact port, maps memory ahead of the shards'
// need, and leads the node out of the cluster. Sleeps in poll(2) over its endpoint, the contact port's sockets and a wake-up.
// What is public may be called from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "client/view_source.hpp"
#include "control/control.hpp"
#include "control/node_watch.hpp"
#include "launch/contact/server.hpp"
#include "launch/shard_host.hpp"
#include "launch/wakeup.hpp"
#include "metrics/node_counters.hpp"
#include "store/extent_filler.hpp"
#include "store/memory_watch.hpp"
#include "topology/cluster_view.hpp"
#include "transport/transport.hpp"

namespace lath {

struct ControlThreadOptions {
  NodeId self;
  std::uint64_t cookie = 0;
  Placement placement;
  std::shared_ptr<const ClusterView> view;  // as all nodes have it from the bootstrap
  std::vector<ShardHost*> shards;           // outlive the thread
  std::unique_ptr<Transport> transport;
  std::unique_ptr<ContactServer> contact;  // may be none
  const Machine* machine = nullptr;        // outlives the thread, which runs on `cpus` of it
  CpuSet cpus;
  RegionProvider* memory = nullptr;
  SharedHeapShortage* heap = nullptr;  // the shards', set by the thread
  NodeCounters* counters = nullptr;    // written by the thread; outlive it
};

class ControlThread final : public ViewSource, private TransportEvents {
 public:
  static Result<std::unique_ptr<ControlThread>> start(ControlThreadOptions options, const Clock& clock);
  ~ControlThread() override;  // ends it, without a farewell
  ControlThread(const ControlThread&) = delete;
  ControlThread& operator=(const ControlThread&) = delete;

  std::shared_ptr<const ClusterView> current() const override;
  std::uint64_t version() const override { return version_.load(std::memory_order_relaxed); }
  void ask_for_news() override;

  // Hands over what only this node holds, then leaves; the shards go on answering meanwhile. Ends by `deadline` at the latest.
  // false: not everything was handed over in time.
  bool leave(TimeNs deadline);

 private:
  enum class Phase { kServing, kParting, kDraining, kFarewell, kLeft };

  ControlThread(ControlThreadOptions options, const Clock& clock, Wakeup wakeup);
  void run();
  void turn(TimeNs now);
  void sleep(TimeNs now);
  void follow_view();
  void advance_leaving(TimeNs now);
  void drain_shards();
  std::string left_behind() const;
  void fill_extents(TimeNs now);
  void watch_memory(TimeNs now);
  void look_for_missed_news(TimeNs now);
  void answer_questions(TimeNs now);
  void watch_nodes(TimeNs now);
  void tell(const std::vector<NodeNews>& news) const;
  void lose(NodeId node, const Error& error);
  void publish_counters();
  Outbox::Offer deliver(const Outbox::Destination& to, FrameBuffer& frame);
  void on_message(const Message& message) override;
  void on_peer_failed(PeerId peer, const Error& error) override;

  const Clock& clock_;
  ControlThreadOptions options_;
  Wakeup wakeup_;
  Control control_;
  NodeWatch watch_;
  ExtentFiller filler_;
  MemoryWatch memory_;
  Outbox outbox_;
  std::map<PeerId, NodeId> links_;  // connections to nodes, live ones
  std::set<NodeId> left_out_;       // while draining: nodes that are lost, and take no keys
  std::vector<pollfd> waited_;
  std::size_t polled_ = 0;  // events of the last turn
  unsigned refusals_ = 0;   // of sleeps, in a row, with nothing to poll
  TimeNs now_ = 0;
  TimeNs turned_at_ = 0;
  std::uint64_t links_lost_ = 0;  // by the shards, as of the last turn
  TimeNs ask_not_before_ = 0;
  bool nobody_stays_ = false;  // of the last drain's view: nobody was there to be handed anything
  Phase phase_ = Phase::kServing;
  TimeNs parting_by_ = 0;
  bool handed_over_ = false;
  std::uint64_t view_epoch_ = 0;  // of the view that the others of this process have
  std::string view_shown_;        // in the log

  mutable std::mutex mutex_;  // guards current_
  std::shared_ptr<const ClusterView> current_;
  std::atomic<std::uint64_t> version_{1};
  std::atomic<bool> news_wanted_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<TimeNs> leave_by_{0};  // 0: stay
  std::promise<bool> left_;
  std::thread thread_;
};

}  // namespace lath
