// How connections of a TcpTransport begin: dials, hellos, and which of two that cross stays.
#include <algorithm>
#include <string>
#include <utility>

#include "transport/tcp_transport.hpp"

namespace lath {

namespace {

constexpr TimeNs kOthersNs = 2'000'000'000;  // for the others of a peer's ports, before those that were silent are dialed again

Error no_descriptor() {
  return {Code::kIo, "no descriptor for a connection: let more files be open at once (ulimit -n)"};
}

}  // namespace

Result<PeerId> TcpTransport::connect(const Address& address) {
  const auto remote = tcp_unwrap_address(address);
  if (!remote) return Error{Code::kInvalid, "not the address of a TCP transport of this version of Lath, or a damaged one"};
  const auto known = by_name_.find(remote->name);
  if (known != by_name_.end()) return id_at(known->second);
  Result<PeerId> made = new_peer(remote->name);
  if (!made) return made;
  Peer& peer = *peers_[made->index];
  peer.answered_until_ns = clock_.now_ns() + kGreetingNsMax;
  if (dials_.begin(*made, ports_to_dial(remote->ports), peer.answered_until_ns)) return made;
  retire(peer);
  return no_descriptor();
}

// Without those that are also ours, unless all are: an address that each host has, such as a container bridge's, is not the peer's from here.
std::vector<TcpPort> TcpTransport::ports_to_dial(std::vector<TcpPort> ports) const {
  const auto is_ours = [this](const TcpPort& port) {
    return std::ranges::any_of(own_ports_, [&](const TcpPort& own) { return is_same_ip(own, port); });
  };
  if (!std::ranges::all_of(ports, is_ours)) std::erase_if(ports, is_ours);
  return ports;
}

Result<PeerId> TcpTransport::new_peer(const TcpName& name) {
  if (free_peers_.empty()) {
    if (peers_.size() >= kPeersMax) {
      return Error{Code::kFull, "this transport already has " + std::to_string(kPeersMax) + " connections"};
    }
    free_peers_.push_back(static_cast<std::uint32_t>(peers_.size()));
    peers_.push_back(std::make_unique<Peer>());
  }
  const std::uint32_t index = free_peers_.back();
  free_peers_.pop_back();
  const std::uint32_t generation = peers_[index]->generation;
  *peers_[index] = Peer{};
  peers_[index]->generation = generation;
  peers_[index]->state = Peer::State::kDialling;
  peers_[index]->name = name;
  by_name_[name] = index;
  ++timed_;
  return id_at(index);
}

bool TcpTransport::is_connected(const Address& address) const {
  const auto remote = tcp_unwrap_address(address);
  return remote && by_name_.contains(remote->name);
}

bool TcpTransport::is_open(PeerId id) const {
  const Peer* peer = find(id);
  return peer != nullptr && peer->state == Peer::State::kOpen;
}

void TcpTransport::take_dials() {
  if (dials_.empty()) return;
  dials_.drop_if([this](PeerId id) {
    const Peer* peer = find(id);
    return peer == nullptr || peer->state != Peer::State::kDialling;
  });
  for (TcpDials::Answer& answer : dials_.take(clock_.now_ns())) {
    Peer& peer = *peers_[answer.peer.index];
    if (answer.error) {
      if (!dial_next(answer.peer)) fail(answer.peer, std::move(*answer.error));
    } else {
      peer.greeted = answer.port;
      peer.others = std::move(answer.others);
      begin_greeting(answer.peer, std::move(answer.socket));
    }
  }
}

void TcpTransport::begin_greeting(PeerId id, Descriptor socket) {
  Peer& peer = *peers_[id.index];
  Link& link = new_link(Role::kPeer, std::move(socket));
  link.peer = id.index;
  peer.link = &link;
  peer.state = Peer::State::kGreeting;
  peer.others_after_ns = clock_.now_ns() + kGreetingAgainNs;
  watch(link);
  if (!link.ended) greet(link, TcpKind::kHello, peer.name);
  if (link.ended) ended(link);
}

// Who took the connection may not be the peer: another host may have the same address in another network, or the peer's port by now.
// Or it is, and slow: `silent` is dialed again once the others have turned out to be nobody. False where there is no other port.
bool TcpTransport::dial_next(PeerId id, std::optional<TcpPort> silent) {
  Peer& peer = *peers_[id.index];
  std::vector<TcpPort> ports = std::exchange(peer.others, {});
  if (ports.empty()) ports = std::exchange(peer.set_aside, {});
  if (ports.empty()) return false;
  if (silent) peer.set_aside.push_back(*silent);
  if (peer.link != nullptr) kill(*std::exchange(peer.link, nullptr));
  peer.state = Peer::State::kDialling;
  const TimeNs until_ns =
      peer.set_aside.empty() ? peer.answered_until_ns : std::min(peer.answered_until_ns, clock_.now_ns() + kOthersNs);
  if (!dials_.begin(id, ports, until_ns)) fail(id, no_descriptor());
  return true;
}

void TcpTransport::greet(Link& link, TcpKind kind, const TcpName& target) {
  FrameBuffer frame = pool_.take();
  tcp_encode({.cookie = cookie_,
              .sender = name_,
              .target = target,
              .number = kind == TcpKind::kHello ? ++hellos_ : hellos_,
              .credit_messages = kPeerCreditMessages,
              .credit_bytes = kPeerCreditBytes},
             frame);
  link.ended = !link.connection.send(kind, frame, {}, pool_);
  await_room(link);
}

bool TcpTransport::take_of_stranger(Link& link, const TcpConnection::Frame& frame) {
  const auto hello = frame.header.kind == TcpKind::kHello ? tcp_decode_hello(frame.body) : std::nullopt;
  if (!hello || hello->cookie != cookie_ || hello->target != name_) {
    ++counters_.dropped_foreign;
    return false;
  }
  link.connection.greeted();
  on_hello(link, *hello);
  return true;
}

// Another transport wants a connection. It may be the one that we greet ourselves: then one of the two sockets stays, the same at both ends.
void TcpTransport::on_hello(Link& link, const TcpHello& hello) {
  if (link.connection.is_at_end()) return kill(link);  // given up before we looked
  auto known = by_name_.find(hello.sender);
  if (known != by_name_.end() && hello.sender == name_) {
    play(link, Role::kSelf);
    link.peer = known->second;
    return greet(link, TcpKind::kHelloAck, hello.sender);
  }
  if (known != by_name_.end()) {
    Peer& peer = *peers_[known->second];
    if (peer.state == Peer::State::kGreeting && peer.link != nullptr && name_ > hello.sender) {
      say(link, TcpKind::kCrossed);
      return leave(link);
    }
    if (peer.state != Peer::State::kOpen) return adopt(id_at(known->second), link, hello);
    if (hello.number <= peer.hello_number) return kill(link);
    fail(id_at(known->second), {Code::kClosed, "the peer gave the connection up and made another"});
  }
  const Result<PeerId> made = new_peer(hello.sender);
  if (!made) {
    ++counters_.dropped_foreign;
    return kill(link);
  }
  adopt(*made, link, hello);
}

void TcpTransport::adopt(PeerId id, Link& link, const TcpHello& hello) {
  Peer& peer = *peers_[id.index];
  if (peer.link != nullptr) kill(*std::exchange(peer.link, nullptr));
  play(link, Role::kPeer);
  link.peer = id.index;
  peer.link = &link;
  peer.hello_number = hello.number;
  peer.credit.granted = {.messages = hello.credit_messages, .bytes = hello.credit_bytes};
  greet(link, TcpKind::kHelloAck, peer.name);
  opened(peer, id);
}

void TcpTransport::opened(Peer& peer, PeerId id) {
  peer.state = Peer::State::kOpen;
  peer.others.clear();
  peer.set_aside.clear();
  --timed_;
  std::vector<FrameBuffer> waiting;
  waiting.swap(peer.waiting);
  for (FrameBuffer& frame : waiting) {
    if (find(id) == nullptr || !transmit(peer, TcpKind::kData, frame)) return;
  }
}

}  // namespace lath
