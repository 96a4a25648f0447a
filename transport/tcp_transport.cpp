#include "transport/tcp_transport.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/assert.hpp"

namespace lath {

TcpTransport::Peer* TcpTransport::find(PeerId id) const {
  if (id.index >= peers_.size()) return nullptr;
  Peer* peer = peers_[id.index].get();
  return peer->generation == id.generation && peer->state > Peer::State::kFailed ? peer : nullptr;
}

Sent TcpTransport::send(PeerId id, FrameBuffer& frame) {
  Peer* peer = find(id);
  if (peer == nullptr) return Sent::kClosed;
  const std::size_t size = frame.size();
  LATH_ASSERT(size <= kFrameBytesMax);
  const bool is_open = peer->state == Peer::State::kOpen;
  if (!peer->credit.allows(size) || (is_open && !transmit(*peer, TcpKind::kData, frame))) {
    ++counters_.refused_busy;
    return Sent::kBusy;
  }
  if (!is_open) peer->waiting.push_back(std::move(frame));
  peer->credit.take(size);
  ++counters_.messages_sent;
  counters_.bytes_sent += size;
  return Sent::kAccepted;
}

// With the credit that is owed. False: the connection is about to end, and the frame is untouched.
bool TcpTransport::transmit(Peer& peer, TcpKind kind, FrameBuffer& frame) {
  const CreditAmount credit = {.messages = std::min<std::uint32_t>(peer.credit.owed.messages, 255),
                               .bytes = std::min<std::uint64_t>(peer.credit.owed.bytes, UINT32_MAX)};
  Link& link = *peer.link;
  if (link.unsendable) return false;
  if (!link.connection.send(kind, frame, credit, pool_)) {
    cannot_send(link);
    return false;
  }
  peer.credit.owed.messages -= credit.messages;
  peer.credit.owed.bytes -= credit.bytes;
  await_room(link);
  return true;
}

// The connection ends behind what the other side has said, which may be a goodbye: the next poll() takes it.
void TcpTransport::cannot_send(Link& link) {
  link.unsendable = true;
  if (!link.ready) ready_.push_back(&link);
  link.ready = true;
}

// The kernel tells of the room for what is unsent, and of none while nothing is.
void TcpTransport::await_room(Link& link) {
  const bool awaits = link.connection.has_unsent();
  if (awaits == link.awaits_room) return;
  link.awaits_room = awaits;
  epoll_event how = {.events = EPOLLIN | (awaits ? EPOLLOUT : 0U), .data = {.ptr = &link}};
  LATH_ASSERT(epoll_ctl(waits_.number(), EPOLL_CTL_MOD, link.connection.descriptor(), &how) == 0);
}

std::size_t TcpTransport::poll(std::size_t messages_max, TransportEvents& events) {
  LATH_ASSERT(events_ == nullptr);  // a handler may not poll
  events_ = &events;
  delivered_ = 0;
  deliver_max_ = messages_max;
  for (Link* const link : std::exchange(ready_, {})) {
    link->ready = false;
    take(*link);
  }
  if (delivered_ < deliver_max_) {
    std::array<epoll_event, 64> found;
    const int count = epoll_wait(waits_.number(), found.data(), static_cast<int>(found.size()), 0);
    for (int at = 0; at < count; ++at) {
      const epoll_event& event = found[static_cast<std::size_t>(at)];
      if (event.data.ptr != nullptr) on_event(*static_cast<Link*>(event.data.ptr), event.events);
    }
  }
  do_chores(events);
  events_ = nullptr;
  return delivered_;
}

void TcpTransport::on_event(Link& link, std::uint32_t events) {
  switch (link.role) {
    case Role::kDead: return;
    case Role::kListener: return accept(link);
    case Role::kWaker: {
      std::uint64_t count = 0;
      LATH_ASSERT(::read(waker_.number(), &count, sizeof count) == sizeof count || errno == EAGAIN);
      return;
    }
    default: break;
  }
  if ((events & EPOLLOUT) != 0) {
    if (!link.connection.flush(pool_)) link.unsendable = true;
    await_room(link);
  }
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && !link.ended) link.ended = !link.connection.receive(rooms_);
  take(link);
}

// What has come, as far as the caller has room for it.
void TcpTransport::take(Link& link) {
  while (link.role != Role::kDead) {
    if (delivered_ >= deliver_max_ && (link.connection.has_frame() || link.ended)) {
      if (!link.ready) ready_.push_back(&link);
      link.ready = true;
      return;
    }
    const auto frame = link.connection.next();
    if (!frame && !take_rest(link)) break;
    if (frame && !take(link, *frame)) return kill(link);
  }
  if (link.role == Role::kDead) return;
  link.connection.return_room(rooms_);
  if (link.connection.is_foreign()) ++counters_.dropped_foreign;
  if (link.ended || link.connection.is_foreign()) ended(link);
}

// Of a connection by which nothing more can be sent: what is left of it, and then its end. False: there is nothing.
bool TcpTransport::take_rest(Link& link) {
  if (!link.unsendable || link.ended || link.connection.is_foreign()) return false;
  const std::size_t before = link.connection.untaken();
  link.ended = !link.connection.receive(rooms_) || link.connection.untaken() == before;
  return true;
}

// False: it is nothing that may come here.
bool TcpTransport::take(Link& link, const TcpConnection::Frame& frame) {
  switch (link.role) {
    case Role::kStranger: return take_of_stranger(link, frame);
    case Role::kPeer:
    case Role::kSelf: return take_of_peer(link, frame);
    default: return true;  // said before it heard our goodbye
  }
}

bool TcpTransport::take_of_peer(Link& link, const TcpConnection::Frame& frame) {
  Peer& peer = *peers_[link.peer];
  const PeerId id = id_at(link.peer);
  peer.credit.returned({.messages = frame.header.credit_messages, .bytes = frame.header.credit_bytes});
  const bool is_open = peer.state == Peer::State::kOpen;
  switch (frame.header.kind) {
    case TcpKind::kData:
      if (is_open) deliver(link, frame.body);
      return is_open;
    case TcpKind::kCredit: return is_open;
    case TcpKind::kGoodbye: fail(id, {Code::kClosed, "the peer closed the connection"}); return true;
    case TcpKind::kCrossed:
      if (is_open) return false;
      peer.link = nullptr;
      peer.others.clear();
      peer.set_aside.clear();
      leave(link);
      return true;
    case TcpKind::kHelloAck: {
      const auto hello = tcp_decode_hello(frame.body);
      if (!hello || is_open || hello->cookie != cookie_ || hello->target != name_ || hello->sender != peer.name) return false;
      link.connection.greeted();
      peer.hello_number = hello->number;
      peer.credit.granted = {.messages = hello->credit_messages, .bytes = hello->credit_bytes};
      opened(peer, id);
      return true;
    }
    case TcpKind::kAsk:
      if (FrameBuffer answer = pool_.take(); is_open) transmit(peer, TcpKind::kHere, answer);
      return is_open;
    case TcpKind::kHere: peer.asked = false; return is_open;
    case TcpKind::kHello: return false;
  }
  return false;
}

void TcpTransport::deliver(Link& link, Bytes bytes) {
  const PeerId id = id_at(link.peer);
  Peer& peer = *peers_[link.peer];
  peer.credit.owe(bytes.size());
  ++counters_.messages_received;
  counters_.bytes_received += bytes.size();
  ++delivered_;
  events_->on_message({.from = id, .bytes = bytes});
  // An answer has taken the credit along. The connection may have ended meanwhile; its slot stays.
  if (!peer.credit.must_return() || find(id) == nullptr) return;
  FrameBuffer frame = pool_.take();
  transmit(peer, TcpKind::kCredit, frame);
}

bool TcpTransport::arm() {
  return ready_.empty() && !has_chores();
}

void TcpTransport::wake() {
  const std::uint64_t one = 1;
  LATH_ASSERT(::write(waker_.number(), &one, sizeof one) == sizeof one || errno == EAGAIN);
}

std::string TcpTransport::path(PeerId id) const {
  const Peer* peer = find(id);
  return peer != nullptr && peer->link != nullptr ? "tcp" : "";
}

void TcpTransport::ask(PeerId id) {
  Peer* peer = find(id);
  if (peer == nullptr || peer->state != Peer::State::kOpen) return;  // a hello asks as well
  peer->asked = true;
  FrameBuffer frame = pool_.take();
  transmit(*peer, TcpKind::kAsk, frame);
}

bool TcpTransport::answers(PeerId id) const {
  const Peer* peer = find(id);
  return peer != nullptr && peer->state == Peer::State::kOpen && !peer->asked;
}

void TcpTransport::probe(PeerId id) {
  if (Peer* peer = find(id); peer != nullptr) peer->probed = true;
}

Reach TcpTransport::reach(PeerId id) const {
  const Peer* peer = find(id);
  return peer != nullptr && !peer->probed ? Reach::kUnknown : Reach::kNone;
}

Result<Attached> TcpTransport::attach(PeerId id, Bytes /*exported*/) {
  if (find(id) == nullptr) return Error{Code::kClosed, "no such peer"};
  return Error{Code::kUnreachable, "over TCP nobody's memory can be read"};
}

ReadBegun TcpTransport::read(AttachedId /*region*/, std::uint64_t /*address*/, std::span<std::byte> /*room*/,
                             std::uint64_t /*token*/) {
  return ReadBegun::kClosed;
}

}  // namespace lath
