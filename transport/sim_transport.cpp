#include "transport/sim_transport.hpp"

#include <cstring>

#include "base/assert.hpp"

namespace lath {

namespace {

struct SimAddress {
  std::uint32_t mark;
  SimNode node;
  std::uint64_t check;
};
constexpr std::uint32_t kMark = 0x4d49534c;  // "LSIM"

std::uint64_t check_of(SimNode node) {
  return Random(node).next();
}

Address make_address(SimNode node) {
  const SimAddress layout = {.mark = kMark, .node = node, .check = check_of(node)};
  Address address(sizeof layout);
  std::memcpy(address.data(), &layout, sizeof layout);
  return address;
}

std::optional<SimNode> node_at(const Address& address) {
  SimAddress layout;
  if (address.size() != sizeof layout) return std::nullopt;
  std::memcpy(&layout, address.data(), sizeof layout);
  if (layout.mark != kMark || layout.check != check_of(layout.node)) return std::nullopt;
  return layout.node;
}

}  // namespace

SimTransport::SimTransport(SimNetwork& network, SimNode node, std::uint64_t cookie)
    : network_(network), node_(node), cookie_(cookie), address_(make_address(node)) {}

SimTransport::~SimTransport() {
  for (std::uint32_t index = 0; index < peers_.size(); ++index) disconnect(id_at(index));
  network_.nodes_.erase(node_);
}

SimTransport::Peer* SimTransport::find(PeerId id) {
  if (id.index >= peers_.size()) return nullptr;
  Peer& peer = peers_[id.index];
  return peer.generation == id.generation && peer.state != Peer::State::kFree ? &peer : nullptr;
}

Result<PeerId> SimTransport::connect(const Address& address) {
  const std::optional<SimNode> node = node_at(address);
  if (!node) return Error{Code::kInvalid, "not the address of a simulated transport, or a damaged one"};
  const auto known = by_node_.find(*node);
  if (known != by_node_.end()) return id_at(known->second);
  Result<PeerId> made = new_peer(*node);
  if (!made) return made;
  Peer& peer = peers_[made->index];
  peer.greet_again_ns = network_.clock_.now_ns() + kGreetingAgainNs;
  peer.greeted_until_ns = network_.clock_.now_ns() + kGreetingNsMax;
  greeting_.push_back(*made);
  say(*made, Parcel::Kind::kHello);
  if (network_.alive(*node) == nullptr) network_.report_death(*node, *this);
  return made;
}

bool SimTransport::is_connected(const Address& address) const {
  const std::optional<SimNode> node = node_at(address);
  return node && by_node_.contains(*node);
}

bool SimTransport::is_open(PeerId id) const {
  const Peer* peer = find(id);
  return peer != nullptr && peer->state == Peer::State::kOpen;
}

Result<PeerId> SimTransport::new_peer(SimNode node) {
  if (free_peers_.empty()) {
    if (peers_.size() >= kPeersMax) {
      return Error{Code::kFull, "this transport already has " + std::to_string(kPeersMax) + " connections"};
    }
    free_peers_.push_back(static_cast<std::uint32_t>(peers_.size()));
    peers_.emplace_back();
  }
  const std::uint32_t index = free_peers_.back();
  free_peers_.pop_back();
  Peer fresh;
  fresh.generation = peers_[index].generation;
  fresh.state = Peer::State::kGreeting;
  fresh.node = node;
  peers_[index] = std::move(fresh);
  by_node_[node] = index;
  return id_at(index);
}

void SimTransport::disconnect(PeerId id) {
  if (find(id) == nullptr) return;
  say(id, Parcel::Kind::kGoodbye);
  forget(id);
}

void SimTransport::forget(PeerId id) {
  Peer& peer = peers_[id.index];
  by_node_.erase(peer.node);
  peer.state = Peer::State::kFree;
  ++peer.generation;
  peer.waiting.clear();
  for (AttachedRegion& each : regions_) {
    if (each.region == nullptr || each.peer != id) continue;
    each.region = nullptr;
    ++each.generation;
  }
  free_peers_.push_back(id.index);
}

void SimTransport::say(PeerId id, Parcel::Kind kind) {
  if (killed_) return;
  Peer& peer = peers_[id.index];
  Parcel parcel;
  parcel.kind = kind;
  parcel.from = node_;
  parcel.sender = id;
  parcel.receiver = peer.remote;
  parcel.cookie = cookie_;
  parcel.credit = std::exchange(peer.credit.owed, {});
  network_.send_control(peer.node, std::move(parcel));
}

Sent SimTransport::send(PeerId id, FrameBuffer& frame) {
  Peer* peer = find(id);
  if (peer == nullptr || killed_) return Sent::kClosed;
  const std::size_t size = frame.size();
  LATH_ASSERT(size <= kFrameBytesMax);
  if (!peer->credit.allows(size)) {
    ++counters_.refused_busy;
    return Sent::kBusy;
  }
  peer->credit.take(size);
  ++counters_.messages_sent;
  counters_.bytes_sent += size;
  if (peer->state == Peer::State::kOpen) {
    transmit(id, std::move(frame));
  } else {
    peer->waiting.push_back(std::move(frame));
  }
  return Sent::kAccepted;
}

void SimTransport::transmit(PeerId id, FrameBuffer frame) {
  Peer& peer = peers_[id.index];
  Parcel parcel;
  parcel.from = node_;
  parcel.sender = id;
  parcel.receiver = peer.remote;
  parcel.credit = std::exchange(peer.credit.owed, {});
  parcel.frame = std::move(frame);
  network_.send_frame(peer.node, std::move(parcel));
}

std::size_t SimTransport::poll(std::size_t messages_max, TransportEvents& events) {
  delivered_ = 0;
  const TimeNs now_ns = network_.clock_.now_ns();
  if (!greeting_.empty() && !killed_) advance_greetings(now_ns, events);
  if (!reads_.empty()) finish_reads(now_ns, events);
  auto next = inbox_.begin();
  while (next != inbox_.end() && delivered_ < messages_max && next->first.first <= now_ns) {
    if (network_.parted(next->second.from, node_)) {
      if (next->second.kind == Parcel::Kind::kFrame) {  // was under way when the network parted
        next->second.kind = Parcel::Kind::kGap;
        next->second.frame = {};
      }
      ++next;
      continue;
    }
    const auto key = next->first;
    Parcel parcel = std::move(next->second);
    inbox_.erase(next);
    take(parcel, events);
    if (killed_) break;
    next = inbox_.upper_bound(key);  // a handler may have sent to itself
  }
  return delivered_;
}

void SimTransport::advance_greetings(TimeNs now_ns, TransportEvents& events) {
  std::vector<PeerId> greeting;
  greeting.swap(greeting_);
  for (const PeerId id : greeting) {
    Peer* peer = find(id);
    if (peer == nullptr || peer->state != Peer::State::kGreeting) continue;
    if (now_ns >= peer->greeted_until_ns) {
      fail(id, {Code::kUnreachable, "the peer did not answer our hello"}, events);
      continue;
    }
    if (now_ns >= peer->greet_again_ns) {
      peer->greet_again_ns = now_ns + kGreetingAgainNs;
      say(id, Parcel::Kind::kHello);
    }
    greeting_.push_back(id);
  }
}

void SimTransport::take(Parcel& parcel, TransportEvents& events) {
  using Kind = Parcel::Kind;
  if (parcel.kind == Kind::kDeath) {
    const auto known = by_node_.find(parcel.from);
    if (known != by_node_.end()) fail(id_at(known->second), {Code::kUnreachable, "the peer is lost"}, events);
    return;
  }
  if (parcel.kind == Kind::kHello || parcel.kind == Kind::kHelloAck || parcel.kind == Kind::kGoodbye) {
    if (parcel.cookie != cookie_) {
      ++counters_.dropped_foreign;
      return;
    }
    if (parcel.kind == Kind::kHello) return on_hello(parcel, events);
    if (parcel.kind == Kind::kHelloAck) return on_hello_ack(parcel, events);
    const auto known = by_node_.find(parcel.from);
    if (known == by_node_.end() || !peers_[known->second].remote_known || peers_[known->second].remote != parcel.sender) {
      ++counters_.dropped_stale;
    } else {
      fail(id_at(known->second), {Code::kClosed, "the peer closed the connection"}, events);
    }
    return;
  }
  take_frame(parcel, events);
}

void SimTransport::take_frame(Parcel& parcel, TransportEvents& events) {
  using Kind = Parcel::Kind;
  const PeerId id = parcel.receiver;
  Peer* peer = find(id);
  if (peer == nullptr) {
    ++counters_.dropped_stale;
    return;
  }
  peer->credit.returned(parcel.credit);
  if (parcel.kind == Kind::kFrame || parcel.kind == Kind::kGap) peer->credit.owe(parcel.size);
  if (parcel.kind == Kind::kFrame || parcel.kind == Kind::kCopy) {
    ++delivered_;
    ++counters_.messages_received;
    counters_.bytes_received += parcel.frame.size();
    events.on_message({.from = id, .bytes = parcel.frame.bytes()});
    pool_.give(std::move(parcel.frame));
    peer = find(id);
  }
  if (peer != nullptr && peer->state == Peer::State::kOpen && peer->credit.must_return()) say(id, Kind::kCredit);
}

void SimTransport::on_hello(const Parcel& parcel, TransportEvents& events) {
  auto known = by_node_.find(parcel.from);
  if (known != by_node_.end() && peers_[known->second].remote_known) {
    if (peers_[known->second].remote == parcel.sender) {
      if (peers_[known->second].state == Peer::State::kOpen) say(id_at(known->second), Parcel::Kind::kHelloAck);
      return;
    }
    fail(id_at(known->second), {Code::kClosed, "the peer gave the connection up and made another"}, events);
    known = by_node_.find(parcel.from);  // the handler may have connected anew
  }
  PeerId id;
  if (known != by_node_.end()) {
    id = id_at(known->second);
  } else {
    const Result<PeerId> made = new_peer(parcel.from);
    if (!made) {
      ++counters_.dropped_foreign;
      return;
    }
    id = *made;
  }
  peers_[id.index].remote = parcel.sender;
  say(id, Parcel::Kind::kHelloAck);
  opened(id, parcel.sender);
}

// Hellos that were given up can cross: an end may be bound to one that is gone, or to one that is bound to another. Both are told.
void SimTransport::on_hello_ack(const Parcel& parcel, TransportEvents& events) {
  const PeerId id = parcel.receiver;
  const Peer* peer = find(id);
  if (peer != nullptr && (peer->state != Peer::State::kOpen || peer->remote == parcel.sender)) return opened(id, parcel.sender);
  ++counters_.dropped_stale;
  Parcel goodbye;
  goodbye.kind = Parcel::Kind::kGoodbye;
  goodbye.from = node_;
  goodbye.sender = id;
  goodbye.cookie = cookie_;
  network_.send_control(parcel.from, std::move(goodbye));
  if (peer != nullptr) fail(id, {Code::kClosed, "the peer gave the connection up and made another"}, events);
}

void SimTransport::opened(PeerId id, PeerId remote) {
  Peer& peer = peers_[id.index];
  if (peer.state == Peer::State::kOpen) return;
  peer.state = Peer::State::kOpen;
  peer.remote = remote;
  peer.remote_known = true;
  std::vector<FrameBuffer> waiting;
  waiting.swap(peer.waiting);
  for (FrameBuffer& frame : waiting) transmit(id, std::move(frame));
}

void SimTransport::fail(PeerId id, const Error& error, TransportEvents& events) {
  counters_.peer_ended(error);
  ++delivered_;
  forget(id);
  events.on_peer_failed(id, error);
}

}  // namespace lath
