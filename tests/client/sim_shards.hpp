// Real shards over the simulated network, one a node, turned by whoever polls: a cluster in one thread, for sessions to work on.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "base/region.hpp"
#include "client/view_source.hpp"
#include "shard/shard.hpp"
#include "tests/forwarding_transport.hpp"
#include "topology/hash.hpp"
#include "transport/attachments.hpp"
#include "transport/sim_transport.hpp"

namespace lath::test {

inline constexpr std::uint64_t kSimCookie = 77;

// A network that loses, repeats, delays and reorders, and tells of a death late.
inline SimOptions lossy() {
  return {.drop_percent = 10,
          .duplicate_percent = 10,
          .delay_ns_min = 1'000,
          .delay_ns_max = 200'000,
          .reorder = true,
          .reports_death = true,
          .death_delay_ns = 100'000};
}

class SimShards final : public ViewSource {
 public:
  SimShards(std::uint64_t seed, std::uint32_t nodes, std::uint32_t replicas, SimOptions options = {},
            std::size_t memory_bytes = kMemoryBytes)
      : network(seed, options, clock) {
    View view;
    for (std::uint32_t i = 0; i < nodes; ++i) {
      shards_.push_back(std::make_unique<OneShard>(i, network, memory_bytes, clock));
      NodeEntry entry;
      entry.id = NodeId{i};
      entry.incarnation = 1;
      entry.host = "sim" + std::to_string(i);
      entry.shard_addresses = {shards_.back()->transport->address()};
      view.merge(entry);
    }
    view_ = ClusterView::make(view, Placement(Replication{.nodes = replicas, .shards = 1}));
    for (const auto& shard : shards_) shard->shard.set_view(*view_);
  }

  std::shared_ptr<const ClusterView> current() const override { return view_; }
  std::uint64_t version() const override { return 1; }
  void ask_for_news() override {}

  // Every shard takes a turn, and time goes on.
  void step(TimeNs by = 5'000) {
    clock.advance(by);
    for (const auto& shard : shards_) shard->step(turn(), *view_);
  }
  SimTransport& transport_of(std::uint32_t node) { return *shards_[node]->transport; }
  const ShardCounters& counters_of(std::uint32_t node) { return shards_[node]->shard.counters(); }
  const Shard& shard_of(std::uint32_t node) { return shards_[node]->shard; }
  // Its session frames and peers meet silence from here on; the process lives.
  void stop(std::uint32_t node) { shards_[node]->stopped = true; }
  void resume(std::uint32_t node) { shards_[node]->stopped = false; }

  static constexpr std::size_t kMemoryBytes = std::size_t{16} << 20;

  ManualClock clock;
  SimNetwork network;

 private:
  struct OneShard final : TransportEvents, MemoryPort {
    OneShard(std::uint32_t node, SimNetwork& network, std::size_t memory_bytes, const Clock& clock)
        : memory(network.memory()),
          transport(network.open(kSimCookie)),
          attachments(*transport),
          extents(memory_bytes),
          shard({.self = {NodeId{node}, ShardId{0}, 1}, .export_clock = &clock, .gossip_interval_ns = 1'000'000, .port = this},
                Store({.self = {NodeId{node}, ShardId{0}, 1}, .memory_bytes = memory_bytes, .hash = key_hash}, extents)) {}
    void step(const Turn& turn, const ClusterView& view) {
      if (stopped) return;
      if (extents.wants_more() && !extents.refill(memory)) std::abort();
      now = turn;
      transport->poll(kMessagesPerPoll, *this);
      shard.tick(turn, outbox);
      outbox.flush([&](const Outbox::Destination& to, FrameBuffer& frame) { return deliver(to, frame, view); });
    }
    Outbox::Offer deliver(const Outbox::Destination& to, FrameBuffer& frame, const ClusterView& view) {
      PeerId peer;
      if (const Place* place = std::get_if<Place>(&to)) {
        const Result<PeerId> connected = transport->connect(view.view.find(place->node)->shard_addresses[place->shard.value]);
        if (!connected) return Outbox::Offer::kGone;
        peer = *connected;
      } else {
        peer = std::get<PeerId>(to);
      }
      switch (transport->send(peer, frame)) {
        case Sent::kAccepted: return Outbox::Offer::kTaken;
        case Sent::kBusy: return Outbox::Offer::kLater;
        case Sent::kClosed: return Outbox::Offer::kGone;
      }
      return Outbox::Offer::kGone;
    }
    void on_message(const Message& message) override { shard.handle(message, now, outbox); }
    void on_peer_failed(PeerId peer, const Error&) override {
      outbox.drop(peer);
      attachments.forget(peer);
      shard.peer_failed(peer);
    }
    void on_read_done(std::uint64_t token, Code code) override { shard.read_done(token, code == Code::kOk, now.now_ns); }
    bool reads(PeerId peer, Bytes exported) override { return attachments.find(peer, exported) != nullptr; }
    PortRead read(PeerId peer, Bytes exported, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override {
      const Attached* region = attachments.find(peer, exported);
      if (region == nullptr) return PortRead::kNot;
      switch (attachments.read(*region, address, room, token)) {
        case ReadBegun::kDone: return PortRead::kDone;
        case ReadBegun::kUnderWay: return PortRead::kUnderWay;
        case ReadBegun::kBusy: return PortRead::kBusy;
        default: return PortRead::kNot;
      }
    }

    bool stopped = false;
    RegionProvider& memory;
    std::unique_ptr<SimTransport> transport;
    Attachments attachments;
    ExtentQueue extents;
    Outbox outbox;
    Turn now;
    Shard shard;
  };

  Turn turn() const { return {.now_ns = clock.now_ns(), .wall_us = clock.wall_us()}; }

  std::shared_ptr<const ClusterView> view_;
  std::vector<std::unique_ptr<OneShard>> shards_;
};

// A session's endpoint whose polls turn the cluster too.
class PumpedTransport final : public ForwardingTransport {
 public:
  explicit PumpedTransport(SimShards& cluster) : ForwardingTransport(cluster.network.open(kSimCookie)), cluster_(cluster) {}
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override {
    cluster_.step();
    return ForwardingTransport::poll(messages_max, events);
  }

 private:
  SimShards& cluster_;
};

}  // namespace lath::test
