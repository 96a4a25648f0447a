#include "sim_cluster.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace lath {

namespace {
constexpr std::size_t kExtentBytes = 256 << 10;
constexpr TimeNs kStepNsMax = 1'000'000;  // things may become due that no one announced
constexpr TimeNs kStepNsMin = 1'000;
constexpr std::uint32_t kNoNode = ~std::uint32_t{0};
}  // namespace

std::vector<std::uint64_t> test_seeds(std::uint64_t count) {
  if (const char* one = std::getenv("LATH_SEED"); one != nullptr) return {std::stoull(one)};
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = 1; seed <= count; ++seed) seeds.push_back(seed);
  return seeds;
}

SimCluster::SimCluster(const SimClusterOptions& options)
    : options_(options), random_(options.seed), network_(options.seed * 31 + 7, options.network, clock_) {
  for (std::uint32_t node = 0; node < options.nodes; ++node) {
    nodes_.emplace_back().entry.id = NodeId{node};
    boot(nodes_.back());
  }
  publish(NodeId{kNoNode});
}

void SimCluster::boot(SimNode& node) {
  node.shards.clear();
  node.running = true;
  node.entry.incarnation = std::max(node.entry.incarnation + 1, clock_.wall_us());
  node.entry.state = NodeState::kAlive;
  node.entry.shard_addresses.clear();
  for (std::uint32_t shard = 0; shard < options_.shards; ++shard) {
    SimShard& made = node.shards.emplace_back();
    made.extents = std::make_unique<ExtentQueue>(options_.memory_bytes, kExtentBytes, kExtentBytes);
    if (!made.extents->refill(network_.memory())) std::abort();
    auto transport = network_.open(kCookie);
    made.transport = transport.get();
    const WriterId self{node.entry.id, ShardId{shard}, node.entry.incarnation};
    Store store({.self = self, .memory_bytes = options_.memory_bytes, .hash = &key_hash}, *made.extents);
    made.loop = std::make_unique<ShardLoop>(ShardOptions{.self = self, .export_clock = &clock_}, std::move(store),
                                            std::move(transport), clock_, WaitPolicy{});
    node.entry.shard_addresses.push_back(made.transport->address());
  }
  members_.merge(node.entry);
}

void SimCluster::publish(NodeId except) {
  view_ = ClusterView::make(members_, Placement(options_.replication));
  for (SimNode& node : nodes_) {
    if (node.entry.id == except) continue;
    for (SimShard& shard : node.shards) shard.loop->set_view(view_);
  }
}

std::size_t SimCluster::add_driver(Driver driver) {
  drivers_.push_back(std::move(driver));
  return drivers_.size() - 1;
}

ShardLoop& SimCluster::loop(Place place) {
  return *nodes_.at(place.node.value).shards.at(place.shard.value).loop;
}

const TransportCounters& SimCluster::traffic(Place place) const {
  return nodes_.at(place.node.value).shards.at(place.shard.value).transport->counters();
}

std::vector<Place> SimCluster::replicas_of(std::string_view key) const {
  std::array<Place, kReplicasMax> places;
  const Key hashed = key_of(key);
  const std::size_t count = view_->replicas(hashed.hash, hashed.bytes, places);
  return {places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count)};
}

Code SimCluster::read_at(Place place, std::string_view key, Opcode opcode, FrameBuffer& answer) {
  answer.clear();
  return loop(place).shard().store().read(key_of(key), opcode, {}, answer);
}

bool SimCluster::step() {
  bool worked = false;
  for (SimNode& node : nodes_) {
    if (!node.running) continue;
    for (SimShard& shard : node.shards) {
      if (shard.extents->wants_more() && !shard.extents->refill(network_.memory())) std::abort();
      worked |= shard.loop->turn();
    }
  }
  for (Driver& driver : drivers_) {
    if (driver.turn) worked |= driver.turn();
  }
  return worked;
}

// To the next moment at which something happens.
void SimCluster::advance(TimeNs until_ns) {
  const TimeNs now = clock_.now_ns();
  TimeNs next = std::min(until_ns, now + kStepNsMax);
  if (const auto arrival = network_.next_arrival_ns(); arrival && *arrival > now) next = std::min(next, *arrival);
  for (SimNode& node : nodes_) {
    if (!node.running) continue;
    for (SimShard& shard : node.shards) next = std::min(next, std::max(shard.loop->next_deadline(), now + kStepNsMin));
  }
  for (Driver& driver : drivers_) {
    if (driver.next_deadline) next = std::min(next, std::max(driver.next_deadline(), now + kStepNsMin));
  }
  clock_.advance(std::max(next, now + 1) - now);
}

bool SimCluster::run_until(const std::function<bool()>& done, TimeNs within_ns) {
  const TimeNs until = clock_.now_ns() + within_ns;
  while (!done()) {
    if (clock_.now_ns() >= until) return false;
    if (!step()) advance(until);
  }
  return true;
}

void SimCluster::run_for(TimeNs ns) {
  run_until([] { return false; }, ns);
}

bool SimCluster::run_until_quiet(TimeNs within_ns) {
  step();  // what was posted but not read yet counts
  return run_until(
      [this] {
        return std::ranges::all_of(nodes_, [](const SimNode& node) {
          return !node.running ||
                 std::ranges::all_of(node.shards, [](const SimShard& shard) { return shard.loop->shard().settled(); });
        });
      },
      within_ns);
}

void SimCluster::partition(const std::vector<NodeId>& left, const std::vector<NodeId>& right) {
  const auto transports = [this](const std::vector<NodeId>& side) {
    std::vector<const SimTransport*> all;
    for (const NodeId node : side) {
      for (const SimShard& shard : nodes_[node.value].shards) all.push_back(shard.transport);
    }
    return all;
  };
  network_.partition(transports(left), transports(right));
}

NodeId SimCluster::add_node() {
  const NodeId id{static_cast<std::uint32_t>(nodes_.size())};
  nodes_.emplace_back().entry.id = id;
  boot(nodes_.back());
  publish(NodeId{kNoNode});
  return id;
}

void SimCluster::kill(NodeId node) {
  SimNode& victim = nodes_[node.value];
  for (SimShard& shard : victim.shards) network_.kill(*shard.transport);
  victim.running = false;
  victim.shards.clear();
  victim.entry.state = NodeState::kDead;
  members_.merge(victim.entry);
  publish(node);
}

void SimCluster::restart(NodeId node) {
  SimNode& reborn = nodes_[node.value];
  for (SimShard& shard : reborn.shards) network_.kill(*shard.transport);
  boot(reborn);
  publish(NodeId{kNoNode});
}

// By the view of those who stay, as the control thread does.
void SimCluster::drain(SimNode& leaver) {
  View staying;
  for (const NodeEntry* entry : members_.alive()) staying.merge(*entry);
  const auto view = ClusterView::make(std::move(staying), Placement(options_.replication));
  for (SimShard& shard : leaver.shards) shard.loop->begin_drain(view);
}

void SimCluster::part(NodeId node) {
  SimNode& leaver = nodes_[node.value];
  leaver.entry.state = NodeState::kLeaving;
  members_.merge(leaver.entry);
  drain(leaver);
  run_until([&] { return std::ranges::all_of(leaver.shards, [](const SimShard& shard) { return shard.loop->parted(); }); },
            kSecond);
}

bool SimCluster::leave(NodeId node, TimeNs within_ns) {
  SimNode& leaver = nodes_[node.value];
  if (leaver.entry.state == NodeState::kAlive) part(node);
  publish(node);
  drain(leaver);  // again, as the control thread does once all others know
  const bool drained = run_until(
      [&] { return std::ranges::all_of(leaver.shards, [](const SimShard& shard) { return shard.loop->drained(); }); }, within_ns);
  left_behind_ = 0;
  for (const SimShard& shard : leaver.shards) left_behind_ += shard.loop->keys_left();
  leaver.entry.state = NodeState::kLeft;
  members_.merge(leaver.entry);
  leaver.running = false;
  leaver.shards.clear();
  publish(node);
  return drained;
}

}  // namespace lath
