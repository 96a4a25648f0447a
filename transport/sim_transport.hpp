// A network in one thread under a seed: frames are lost, late, repeated and reordered; peers are parted, fall silent and die.
// It passes the same contract suite as UCX, with the same credit. Time is a clock that the caller turns; the same seed and the
// same calls give the same history. A silent peer is one that is not polled.
//
// Only frames are lost, repeated and reordered. What the network says for itself (greetings, goodbyes, credit) arrives late but
// in order. A lost frame still arrives as a gap, so that its credit comes back. Nothing crosses a partition until it is healed:
// frames sent meanwhile are lost, the rest waits, so that senders run out of credit as they do on RDMA and TCP.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/random.hpp"
#include "transport/credit.hpp"
#include "transport/sim_memory.hpp"
#include "transport/transport.hpp"

namespace lath {

using SimNode = std::uint32_t;  // a transport's number in its network, from 1, never used again
class SimTransport;

struct SimOptions {
  unsigned drop_percent = 0;
  unsigned duplicate_percent = 0;
  TimeNs delay_ns_min = 1'000;
  TimeNs delay_ns_max = 10'000;
  bool reorder = false;
  bool reports_death = true;     // else a killed peer is only silent
  Reach reach = Reach::kMapped;  // what probes find: kNone, kCopies or kMapped
  unsigned reads_at_once_percent = 0;
  TimeNs death_delay_ns = 100'000;  // from the death, or from a connect to a dead peer, until it is reported
};

class SimNetwork {
 public:
  // `clock` outlives the network, and the network its transports.
  SimNetwork(std::uint64_t seed, SimOptions options, const ManualClock& clock) : random_(seed), options_(options), clock_(clock) {}
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;

  std::unique_ptr<SimTransport> open(std::uint64_t cookie);
  void partition(const std::vector<const SimTransport*>& left, const std::vector<const SimTransport*>& right);
  void heal() { parted_.clear(); }
  // As kill -9: from now on nothing leaves it, and its poll() delivers nothing.
  void kill(SimTransport& victim);
  void set_options(const SimOptions& options) { options_ = options; }
  RegionProvider& memory() { return memory_; }  // of all nodes; outlives their tables

  // When the next thing arrives that a poll() would take; none while all is quiet. A driver may turn the clock to then.
  std::optional<TimeNs> next_arrival_ns() const;
  std::size_t bytes_under_way() const;

 private:
  friend SimTransport;

  struct Parcel {
    enum class Kind : std::uint8_t { kFrame, kCopy, kGap, kCredit, kHello, kHelloAck, kGoodbye, kDeath };
    Kind kind = Kind::kGap;
    SimNode from = 0;
    PeerId sender;    // the sender's name of the connection
    PeerId receiver;  // the receiver's, where the sender knows it
    std::uint64_t cookie = 0;
    CreditAmount credit;   // given back
    std::size_t size = 0;  // of the frame, also when it is lost
    FrameBuffer frame;
  };

  void send_frame(SimNode to, Parcel parcel);
  void send_control(SimNode to, Parcel parcel);
  void post(SimNode to, Parcel parcel, bool ordered);
  void report_death(SimNode dead, SimTransport& survivor);
  bool chance(unsigned percent) { return percent > 0 && random_.below(100) < percent; }
  bool parted(SimNode a, SimNode b) const { return parted_.contains({a, b}); }
  SimTransport* alive(SimNode node) const;

  Random random_;
  SimOptions options_;
  const ManualClock& clock_;
  SimMemory memory_;
  SimNode node_next_ = 1;
  std::uint64_t sequence_ = 0;
  std::map<SimNode, SimTransport*> nodes_;
  std::set<std::pair<SimNode, SimNode>> parted_;
  std::map<std::pair<SimNode, SimNode>, TimeNs> latest_ns_;  // arrival of the last ordered parcel between the two
};

class SimTransport final : public Transport {
 public:
  ~SimTransport() override;
  SimTransport(const SimTransport&) = delete;
  SimTransport& operator=(const SimTransport&) = delete;

  const Address& address() const override { return address_; }
  Result<PeerId> connect(const Address& address) override;
  bool is_connected(const Address& address) const override;
  bool is_open(PeerId peer) const override;
  void disconnect(PeerId id) override;
  FrameBuffer acquire() override { return pool_.take(); }
  void release(FrameBuffer frame) override { pool_.give(std::move(frame)); }
  Sent send(PeerId id, FrameBuffer& frame) override;
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override;
  void probe(PeerId id) override;
  Reach reach(PeerId id) const override;
  Result<Attached> attach(PeerId id, Bytes exported) override;
  void detach(AttachedId region) override;
  ReadBegun read(AttachedId region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override;
  int event_fd() const override { return -1; }
  bool arm() override { return false; }
  void wake() override {}
  std::string path(PeerId) const override { return "simulated"; }
  const TransportCounters& counters() const override { return counters_; }

 private:
  friend SimNetwork;
  using Parcel = SimNetwork::Parcel;

  struct Peer {
    enum class State : std::uint8_t { kFree, kGreeting, kOpen };
    State state = State::kFree;
    std::uint32_t generation = 1;
    SimNode node = 0;
    bool remote_known = false;
    TimeNs greet_again_ns = 0;    // while kGreeting: when the hello is due again
    TimeNs greeted_until_ns = 0;  // while kGreeting: when it is given up
    bool probed = false;
    PeerId remote;
    Credit credit;
    std::vector<FrameBuffer> waiting;
  };

  struct AttachedRegion {
    std::uint32_t generation = 1;
    PeerId peer;
    std::shared_ptr<SimRegion> region;  // null: not attached
  };
  struct Read {  // its bytes are copied when it arrives, as by a device
    AttachedId region;
    std::size_t offset = 0;
    std::span<std::byte> room;
    std::uint64_t token = 0;
  };

  SimTransport(SimNetwork& network, SimNode node, std::uint64_t cookie);

  Peer* find(PeerId id);
  PeerId id_at(std::uint32_t index) const { return {.index = index, .generation = peers_[index].generation}; }
  Result<PeerId> new_peer(SimNode node);
  void forget(PeerId id);
  void say(PeerId id, Parcel::Kind kind);
  void transmit(PeerId id, FrameBuffer frame);
  void advance_greetings(TimeNs now_ns, TransportEvents& events);
  void opened(PeerId id, PeerId remote);
  void take(Parcel& parcel, TransportEvents& events);
  void take_frame(Parcel& parcel, TransportEvents& events);
  void on_hello(const Parcel& parcel, TransportEvents& events);
  void on_hello_ack(const Parcel& parcel, TransportEvents& events);
  void fail(PeerId id, const Error& error, TransportEvents& events);
  AttachedRegion* find(AttachedId id);
  const Peer* find(PeerId id) const;
  void finish_reads(TimeNs now_ns, TransportEvents& events);
  bool perform(const Read& read);

  SimNetwork& network_;
  const SimNode node_;
  const std::uint64_t cookie_;
  const Address address_;
  bool killed_ = false;
  TransportCounters counters_;
  FramePool pool_;
  std::vector<Peer> peers_;
  std::vector<std::uint32_t> free_peers_;
  std::vector<PeerId> greeting_;  // whose hello is not answered yet
  std::map<SimNode, std::uint32_t> by_node_;
  std::map<std::pair<TimeNs, std::uint64_t>, Parcel> inbox_;  // by arrival, then by order of sending; bounded by credit
  std::size_t delivered_ = 0;
  std::vector<AttachedRegion> regions_;
  std::multimap<TimeNs, Read> reads_;  // by when they arrive
};

}  // namespace lath
