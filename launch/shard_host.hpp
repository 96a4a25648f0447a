// One shard with its thread: bound to its core, its endpoint and its table's first memory made there, then the loop. The extents
// come from the control thread. Made, told and stopped by the node; the loop runs on the thread of its own. Or without one: then the loop is
// made by the node's opener, turned by its owner and the node's attendant, and ended by the node's closer.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "shard/attended_loop.hpp"
#include "shard/shard_loop.hpp"
#include "store/extent_queue.hpp"
#include "store/heap_shortage.hpp"
#include "topology/machine.hpp"
#include "transport/transport_provider.hpp"

namespace lath {

struct ShardHostOptions {
  ShardOptions shard;
  std::size_t memory_bytes = 0;
  std::uint64_t cookie = 0;
  WaitPolicy wait;
  PlannedShard place;
  const NodeCounters* node_counters = nullptr;  // outlive the thread
  const SharedHeapShortage* heap = nullptr;     // so does this
  CpuSet cpus;                                  // to run on: one, or all of the plan's where shards share cores
  bool by_callers = false;                      // without a thread
};

class ShardHost {
 public:
  // The machine, the context and the clock outlive it.
  ShardHost(const ShardHostOptions& options, const Machine& machine, TransportProvider& transports, const Clock& clock);
  ~ShardHost();
  ShardHost(const ShardHost&) = delete;
  ShardHost& operator=(const ShardHost&) = delete;

  // Starts the thread, where there is to be one; waits until its endpoint is there.
  Result<Address> open();
  // The shard serves from here on.
  void serve(std::shared_ptr<const ClusterView> view);
  void begin_stop();
  void stop();  // and wait for the thread's end. Where there is none, nobody turns the loop any more

  ShardLoop& loop() { return *loop_; }
  const ShardLoop& loop() const { return *loop_; }
  const ExtentQueue& extents() const { return extents_; }
  // One more extent, of the memory near the shard's core. The control thread's, once the shard serves.
  Result<void> refill(RegionProvider& provider, std::size_t bytes_at_most = SIZE_MAX);
  AttendedLoop* attended() { return attended_ ? &*attended_ : nullptr; }  // of a shard without a thread

 private:
  Result<void> prepare();
  Result<void> map_first();
  void end_attended();
  void run();
  std::string name() const;  // in the log

  ShardHostOptions options_;
  const Machine& machine_;
  TransportProvider& transports_;
  const Clock& clock_;
  ExtentQueue extents_;
  bool told_of_memory_ = false;  // that it cannot be placed
  std::optional<ShardLoop> loop_;
  std::optional<AttendedLoop> attended_;
  std::promise<Result<Address>> opened_;
  std::promise<bool> go_;         // false: end without having served
  std::promise<void> may_close_;  // after having served
  bool told_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace lath
