// A whole cluster in one thread under a seed: nodes and their shards, each with its real loop, over a simulated network and a clock
// that moves from event to event. Whatever else takes part (sessions) is driven by the same steps.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/region.hpp"
#include "shard/shard_loop.hpp"
#include "store/extent_queue.hpp"
#include "topology/cluster_view.hpp"
#include "topology/hash.hpp"
#include "transport/sim_transport.hpp"
#include "wire/opcode.hpp"
#include "wire/writer.hpp"

namespace lath {

inline Key key_of(std::string_view text) {
  return {key_hash(as_bytes(text)), as_bytes(text)};
}

inline constexpr TimeNs kMs = 1'000'000;
inline constexpr TimeNs kSecond = 1000 * kMs;

inline Place place_of(std::uint32_t node) {
  return {NodeId{node}, ShardId{0}};
}

// Loses, doubles, reorders.
inline SimOptions bad_network() {
  return {.drop_percent = 10, .duplicate_percent = 10, .delay_ns_min = 1'000, .delay_ns_max = 20 * kMs, .reorder = true};
}

// 1 .. count, or the one that LATH_SEED names.
std::vector<std::uint64_t> test_seeds(std::uint64_t count);

struct SimClusterOptions {
  std::uint32_t nodes = 3;
  std::uint32_t shards = 1;
  Replication replication{.nodes = 2, .shards = 1};
  std::uint64_t seed = 1;
  SimOptions network{};
  std::size_t memory_bytes = 32 << 20;  // of one shard
};

class SimCluster {
 public:
  // Takes part in each step: does what it can now, and says whether that was anything, and when it has more to do.
  struct Driver {
    std::function<bool()> turn;
    std::function<TimeNs()> next_deadline;
  };

  explicit SimCluster(const SimClusterOptions& options);

  const ManualClock& clock() const { return clock_; }
  SimNetwork& network() { return network_; }
  std::shared_ptr<const ClusterView> view() const { return view_; }  // the newest
  std::unique_ptr<SimTransport> open_transport() { return network_.open(kCookie); }
  Random& random() { return random_; }
  std::size_t add_driver(Driver driver);
  void remove_driver(std::size_t driver) { drivers_[driver] = {}; }

  ShardLoop& loop(Place place);
  const TransportCounters& traffic(Place place) const;
  std::vector<Place> replicas_of(std::string_view key) const;
  // What the shard at that place holds, without a message.
  Code read_at(Place place, std::string_view key, Opcode opcode, FrameBuffer& answer);

  void run_for(TimeNs ns);
  bool run_until(const std::function<bool()>& done, TimeNs within_ns);
  bool run_until_quiet(TimeNs within_ns);  // every shard that runs has nothing left to send, or to be acknowledged

  void stop(NodeId node) { nodes_[node.value].running = false; }  // silent, but alive
  void resume(NodeId node) { nodes_[node.value].running = true; }
  void partition(const std::vector<NodeId>& left, const std::vector<NodeId>& right);
  void heal() { network_.heal(); }
  NodeId add_node();
  void kill(NodeId node);                                     // and everyone learns that it is dead
  void restart(NodeId node);                                  // empty, in a new life
  void part(NodeId node);                                     // it is about to leave, and nobody else knows
  bool leave(NodeId node, TimeNs within_ns);                  // drains, then is gone
  std::uint64_t left_behind() const { return left_behind_; }  // keys, as the last that left saw it

 private:
  static constexpr std::uint64_t kCookie = 7;
  struct SimShard {
    std::unique_ptr<ExtentQueue> extents;
    SimTransport* transport = nullptr;
    std::unique_ptr<ShardLoop> loop;
  };
  struct SimNode {
    NodeEntry entry;
    bool running = true;
    std::vector<SimShard> shards;
  };

  void boot(SimNode& node);
  void publish(NodeId except);
  void drain(SimNode& leaver);
  bool step();  // says whether anything happened at this time
  void advance(TimeNs until_ns);

  SimClusterOptions options_;
  ManualClock clock_;
  Random random_;
  SimNetwork network_;
  View members_;
  std::shared_ptr<const ClusterView> view_;
  std::vector<SimNode> nodes_;
  std::vector<Driver> drivers_;
  std::uint64_t left_behind_ = 0;
};

}  // namespace lath
