// How connections of a TcpTransport end, and the transport itself.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "transport/tcp_transport.hpp"

namespace lath {

namespace {

constexpr TimeNs kLeavingNsMax = 1'000'000'000;  // for the other side to take the last words
constexpr TimeNs kFarewellNsMax = 250'000'000;
constexpr TimeNs kLookNs = 1'000'000;  // between looks at what ends by the clock

}  // namespace

// Nothing more comes by it.
void TcpTransport::ended(Link& link) {
  if (link.role == Role::kPeer || link.role == Role::kSelf) {
    if (link.role == Role::kPeer && peers_[link.peer]->state == Peer::State::kGreeting && dial_next(id_at(link.peer))) return;
    const std::string why = link.connection.is_foreign() ? "it says what no transport says" : link.connection.error();
    return fail(id_at(link.peer), {Code::kUnreachable, "the peer is lost: " + why});
  }
  kill(link);
}

void TcpTransport::disconnect(PeerId id) {
  if (Peer* peer = find(id); peer != nullptr) return retire(*peer);
  drop_failure(id);
}

// Of a connection that has ended and is given up before that was reported.
void TcpTransport::drop_failure(PeerId id) {
  const auto found = std::ranges::find(failures_, id, &Failure::peer);
  if (found == failures_.end()) return;
  failures_.erase(found);
  peers_[id.index]->state = Peer::State::kFree;
  free_peers_.push_back(id.index);
}

void TcpTransport::fail(PeerId id, Error error) {
  Peer* peer = find(id);
  if (peer == nullptr) return;
  retire(*peer);
  // The slot is free once the failure was reported: until then its number still means the connection that has ended.
  peer->state = Peer::State::kFailed;
  std::erase(free_peers_, id.index);
  failures_.push_back({.peer = id, .error = std::move(error)});
}

// The other side is told where it can be.
void TcpTransport::retire(Peer& peer) {
  const std::uint32_t index = by_name_.at(peer.name);
  by_name_.erase(peer.name);
  if (peer.state != Peer::State::kOpen) --timed_;
  if (Link* link = std::exchange(peer.link, nullptr); link != nullptr) {
    say(*link, TcpKind::kGoodbye);
    leave(*link);
  }
  if (peer.name == name_) {
    for (const auto& link : links_) {
      if (link->role == Role::kSelf) leave(*link);
    }
  }
  ++peer.generation;
  peer.state = Peer::State::kFree;
  peer.waiting.clear();
  free_peers_.push_back(index);
}

bool TcpTransport::say(Link& link, TcpKind kind) {
  FrameBuffer frame = pool_.take();
  return !link.ended && link.connection.send(kind, frame, {}, pool_);
}

// Until the other side has ended too: what is closed with something unread takes back what was said last.
void TcpTransport::leave(Link& link) {
  if (link.ended || link.connection.is_foreign()) return kill(link);
  play(link, Role::kLeaving);
  link.until_ns = clock_.now_ns() + kLeavingNsMax;
  if (!link.connection.has_unsent()) link.connection.finish();
  await_room(link);
}

void TcpTransport::kill(Link& link) {
  if (link.role == Role::kDead) return;
  if (link.role == Role::kPeer || link.role == Role::kSelf) {
    Peer& peer = *peers_[link.peer];
    if (peer.link == &link) {
      link.ended = true;
      return fail(id_at(link.peer), {Code::kUnreachable, "the peer is lost: it says what no transport says"});
    }
  }
  // A child of fork() may hold the socket too.
  epoll_ctl(waits_.number(), EPOLL_CTL_DEL, link.connection.descriptor(), nullptr);
  shutdown(link.connection.descriptor(), SHUT_RDWR);
  play(link, Role::kDead);
  any_dead_ = true;
}

void TcpTransport::bury() {
  std::erase_if(ready_, [](const Link* link) { return link->role == Role::kDead; });
  std::erase_if(links_, [](const std::unique_ptr<Link>& link) { return link->role == Role::kDead; });
  any_dead_ = false;
}

void TcpTransport::give_up_late() {
  if (timed_ == 0) return;
  const TimeNs now_ns = clock_.now_ns();
  if (now_ns < look_at_ns_) return;
  look_at_ns_ = now_ns + kLookNs;
  hear_again(now_ns);
  for (std::size_t at = 0; at < links_.size(); ++at) {
    Link& link = *links_[at];
    if (link.role == Role::kLeaving && !link.connection.has_unsent()) link.connection.finish();
    if ((link.role == Role::kStranger || link.role == Role::kLeaving) && now_ns >= link.until_ns) kill(link);
  }
  for (std::uint32_t index = 0; index < peers_.size(); ++index) {
    const Peer& peer = *peers_[index];
    if (peer.state != Peer::State::kGreeting) continue;
    if (now_ns >= peer.others_after_ns && dial_next(id_at(index), peer.greeted)) continue;
    if (now_ns < peer.answered_until_ns) continue;
    fail(id_at(index),
         {Code::kUnreachable, "the peer did not answer our hello within " + std::to_string(kGreetingNsMax / 1'000'000'000) +
                                  " s: it is stopped or overloaded, or its address is another cluster's by now"});
  }
}

void TcpTransport::do_chores(TransportEvents& events) {
  take_dials();
  give_up_late();
  while (!failures_.empty()) {
    const Failure failure = std::move(failures_.front());
    failures_.pop_front();
    Peer& peer = *peers_[failure.peer.index];
    peer.state = Peer::State::kFree;
    free_peers_.push_back(failure.peer.index);
    ++delivered_;
    counters_.peer_ended(failure.error);
    events.on_peer_failed(failure.peer, failure.error);
  }
  if (any_dead_) bury();
}

TcpTransport::~TcpTransport() {
  dials_.clear();
  for (const auto& [name, index] : std::map(by_name_)) retire(*peers_[index]);
  const TimeNs until_ns = clock_.now_ns() + kFarewellNsMax;
  const auto is_leaving = [](const std::unique_ptr<Link>& link) { return link->role == Role::kLeaving; };
  while (std::ranges::any_of(links_, is_leaving) && clock_.now_ns() < until_ns) {
    for (const auto& link : links_) {
      if (!is_leaving(link)) continue;
      link->ended = !link->connection.flush(pool_) || !link->connection.receive(rooms_);
      while (link->connection.next()) {
      }
      if (!link->connection.has_unsent()) link->connection.finish();
      if (link->ended) kill(*link);
    }
    usleep(100);
  }
}

}  // namespace lath
