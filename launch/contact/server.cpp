#include "launch/contact/server.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "lath/limits.hpp"

namespace lath {

struct ContactServer::Connection {
  Descriptor socket;
  std::vector<std::byte> in;
  std::vector<std::byte> out;  // at most one sealed frame, or the answer to the greeting
  std::size_t sent = 0;        // of `out`
  ContactSeals seals;
  bool greeted = false;                            // its hello was answered: it may be a recording
  bool welcomed = false;                           // a frame of it has opened: it holds the key
  bool closing = false;                            // once `out` has left
  bool counted = false;                            // what became of it, if it was not welcomed: each is counted once
  bool ended = false;                              // it goes with this turn
  bool awaits_room = false;                        // as the kernel was told: for what is in `out`
  std::shared_ptr<const ContactMessages> telling;  // of which `told` messages were sealed
  std::size_t told = 0;
  TimeNs since = 0;     // it was accepted, or its hello was answered
  TimeNs deadline = 0;  // for being welcomed, or for taking what is in `out`; ~0: none
};

namespace {
constexpr TimeNs kNoDeadline = ~TimeNs{0};
constexpr std::size_t kAcceptsPerTurn = 64;
constexpr TimeNs kDeafNs = 1'000'000'000;   // without a descriptor for a client: the listener would wake us in vain
constexpr TimeNs kHelloNs = 20'000'000;     // who holds the key has said hello by then,
constexpr TimeNs kProofNs = 250'000'000;    // and proved it by then, in a mass start too
constexpr TimeNs kRoomNs = 10'000'000;      // between looks whether somebody has
constexpr TimeNs kLineNs = 60'000'000'000;  // between lines of the log about one thing
constexpr epoll_event kOfListener{.events = EPOLLIN, .data = {.ptr = nullptr}};
constexpr std::size_t kGreetingsShare = 4;  // of few descriptors, those who have proved nothing get one in 4

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}
bool is_knocked_at(const Descriptor& listener) {
  pollfd waits{listener.number(), POLLIN, 0};
  return poll(&waits, 1, 0) > 0;
}
// An application in which a node is embedded has other uses for its descriptors, and its limit is 1024 where nobody raised it.
std::size_t descriptors_for_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::numeric_limits<std::size_t>::max();
  return std::max<std::size_t>(limit.rlim_cur / kContactDescriptorsShare, 2 * kGreetingsShare);
}
}  // namespace

Result<std::unique_ptr<ContactServer>> ContactServer::open(const HostPort& listen, const ClusterKey& key,
                                                           std::size_t connections_max) {
  if (const auto started = start_crypto(); !started) return started.error();
  auto listener = listen_at(listen);
  if (!listener) return listener.error();
  auto bound = bound_address(*listener);
  if (!bound) return bound.error();
  Descriptor waits(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event = kOfListener;
  if (!waits || epoll_ctl(waits.number(), EPOLL_CTL_ADD, listener->number(), &event) != 0)
    return Error{Code::kIo, std::string("epoll: ") + std::strerror(errno)};
  return std::unique_ptr<ContactServer>(
      new ContactServer(std::move(*listener), std::move(waits), std::move(*bound), key, connections_max));
}

ContactServer::ContactServer(Descriptor listener, Descriptor waits, HostPort bound, const ClusterKey& key,
                             std::size_t connections_max)
    : listener_(std::move(listener)), waits_(std::move(waits)), bound_(std::move(bound)), key_(key) {
  const std::size_t all = descriptors_for_connections();
  greetings_max_ = std::min(kContactGreetingsMax, all / kGreetingsShare);
  connections_max_ = std::min(connections_max, all - greetings_max_);
}

// Also of a child that holds the descriptors: nobody is to wait for what has no one behind it, and the port is free.
ContactServer::~ContactServer() {
  for (const auto& connection : connections_) close(*connection);
  shutdown(listener_.number(), SHUT_RDWR);
}

void ContactServer::publish(ContactMessages messages) {
  for (const auto& message : messages) LATH_ASSERT(message.size() + kContactTagBytes <= kContactFrameBytesMax);
  messages_ = std::make_shared<const ContactMessages>(std::move(messages));
  // Whoever is in the middle of an older view gets it to its end: parts of two views must not be taken for one.
  for (const auto& connection : connections_) {
    if (!connection->welcomed || !connection->out.empty()) continue;
    tell(*connection);
    await_room(*connection);
  }
}

void ContactServer::add_descriptors(std::vector<pollfd>& waited) const {
  waited.push_back({waits_.number(), POLLIN, 0});
}

void ContactServer::turn(TimeNs now) {
  const bool is_knocked = serve_ready(now);
  std::erase_if(connections_, [&](const std::unique_ptr<Connection>& connection) {
    if (!is_over(*connection, now)) return false;
    close(*connection);
    return true;
  });
  if (deaf_until_ == 0 ? is_knocked : hears_again(now))
    accept_all(now);  // last: whose proof has come is not among those who may have to go
}

// Those alone that have something for us, or room for what we have for them: a thousand that wait for news cost no system call. true: there
// is somebody to accept.
bool ContactServer::serve_ready(TimeNs now) {
  ready_.resize(connections_.size() + 1);
  const int count = epoll_wait(waits_.number(), ready_.data(), static_cast<int>(ready_.size()), 0);
  bool is_knocked = false;
  for (int i = 0; i < count; ++i) {
    auto* connection = static_cast<Connection*>(ready_[static_cast<std::size_t>(i)].data.ptr);
    if (connection == nullptr) {
      is_knocked = true;
    } else if (serve(*connection, now)) {
      await_room(*connection);
    } else {
      connection->ended = true;
    }
  }
  return is_knocked;
}

bool ContactServer::hears_again(TimeNs now) {
  if (now < deaf_until_) return false;
  if (listen(true)) return true;
  deaf_until_ = now + kDeafNs;
  return false;
}

// Who knocks at a port that does not listen waits in the kernel's queue.
bool ContactServer::listen(bool listens) {
  epoll_event event = kOfListener;
  if (!listens) event.events = 0;
  return epoll_ctl(waits_.number(), EPOLL_CTL_MOD, listener_.number(), &event) == 0;
}

// The kernel tells of the room for what is in `out`, and of none while that is empty.
void ContactServer::await_room(Connection& connection) {
  const bool awaits = !connection.out.empty();
  if (awaits == connection.awaits_room) return;
  connection.awaits_room = awaits;
  epoll_event event{.events = EPOLLIN | (awaits ? EPOLLOUT : 0U), .data = {.ptr = &connection}};
  if (epoll_ctl(waits_.number(), EPOLL_CTL_MOD, connection.socket.number(), &event) != 0) connection.ended = true;
}

bool ContactServer::is_over(Connection& connection, TimeNs now) {
  if (connection.ended) return true;
  if (connection.awaits_room && connection.deadline == kNoDeadline) connection.deadline = now + kContactStallNs;
  if (now < connection.deadline) return false;
  count_late(connection);
  return true;
}

void ContactServer::count(Connection& connection, std::uint64_t& outcome) {
  ++outcome;
  connection.counted = true;
}

void ContactServer::count_late(Connection& connection) {
  if (!connection.counted) count(connection, connection.welcomed ? counters_.stalled : counters_.timed_out);
}

// A child of the process may hold the descriptor as well, and keep the connection there, and known to the kernel as one that we wait for.
void ContactServer::close(const Connection& connection) {
  epoll_ctl(waits_.number(), EPOLL_CTL_DEL, connection.socket.number(), nullptr);
  shutdown(connection.socket.number(), SHUT_RDWR);
  if (connection.welcomed) {
    ++counters_.gone;
    --clients_;
  } else if (!connection.counted) {
    ++counters_.abandoned;
  }
}

TimeNs ContactServer::next_deadline() const {
  TimeNs next = deaf_until_ == 0 ? kNoDeadline : deaf_until_;
  for (const auto& connection : connections_) next = std::min(next, connection->deadline);
  return next;
}

std::size_t ContactServer::unproved() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(connections_, [](const auto& connection) { return !connection->welcomed && !connection->counted; }));
}

void ContactServer::accept_all(TimeNs now) {
  deaf_until_ = 0;
  for (std::size_t i = 0; i < kAcceptsPerTurn; ++i) {
    if (connections_.size() - clients_ >= greetings_max_) {
      if (!is_knocked_at(listener_)) return;
      if (!make_room(now)) return be_deaf(now + kRoomNs);
    }
    Descriptor socket(accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (is_shortage(errno)) go_deaf(now, errno);
      return;
    }
    watch_for_silence(socket);
    auto connection = std::make_unique<Connection>();
    connection->socket = std::move(socket);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = connection.get()}};
    if (epoll_ctl(waits_.number(), EPOLL_CTL_ADD, connection->socket.number(), &event) != 0) return go_deaf(now, errno);
    ++counters_.accepted;
    connection->since = now;
    connection->deadline = now + kContactHandshakeNs;
    connections_.push_back(std::move(connection));
  }
}

// Who has no key keeps nobody out who has one, and takes no more than a part of the descriptors: the oldest that has said nothing goes, or
// has not proved the key. false: they may yet; where a thousand clients begin at once, some of these wait in the kernel's queue.
bool ContactServer::make_room(TimeNs now) {
  const auto silent = std::find_if(connections_.begin(), connections_.end(), [&](const auto& connection) {
    return !connection->welcomed && now >= connection->since + (connection->greeted ? kProofNs : kHelloNs);
  });
  if (silent == connections_.end()) return false;
  count_late(**silent);
  close(**silent);
  connections_.erase(silent);
  if (now < room_line_not_before_) return true;
  room_line_not_before_ = now + kLineNs;
  log_warn(std::to_string(greetings_max_) + " connections to the contact port " + to_text(bound_) +
           " have not proved the key: the oldest are closed for new ones. Where that goes on, see who it is (ss -tn), and let a " +
           "firewall keep it off");
  return true;
}

void ContactServer::be_deaf(TimeNs until) {
  deaf_until_ = until;
  listen(false);
}

// Clients wait in the kernel's queue meanwhile; those that are here are served on.
void ContactServer::go_deaf(TimeNs now, int error) {
  be_deaf(now + kDeafNs);
  ++counters_.no_descriptor;
  if (now < deaf_line_not_before_) return;
  deaf_line_not_before_ = now + kLineNs;
  const std::size_t unproved = connections_.size() - clients_;
  log_warn("the contact port " + to_text(bound_) + " lets new clients wait: " + std::strerror(error) + ", with " +
           std::to_string(clients_) + " connected" +
           (unproved == 0 ? "" : ", and " + std::to_string(unproved) + " that have not proved the key") +
           ". Each needs a file descriptor: raise the limit (ulimit -n), or end " + "clients that are not needed");
}

bool ContactServer::serve(Connection& connection, TimeNs now) {
  return read_some(connection, now) && write_some(connection, now);
}

bool ContactServer::read_some(Connection& connection, TimeNs now) {
  std::array<std::byte, 1024> room;
  const ssize_t got = recv(connection.socket.number(), room.data(), room.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) return false;
  if (connection.closing) return true;
  connection.in.insert(connection.in.end(), room.begin(), room.begin() + got);
  const bool well =
      (connection.greeted || greet(connection, now)) && (!connection.greeted || connection.closing || take_frames(connection, now));
  if (!well) count(connection, connection.welcomed ? counters_.malformed : counters_.denied);
  return well;
}

// true: answered, or not all there yet.
bool ContactServer::greet(Connection& connection, TimeNs now) {
  if (!could_be_hello(connection.in)) return false;
  if (connection.in.size() < kContactHelloBytes) return true;
  const auto welcomed = welcome(Bytes(connection.in).first(kContactHelloBytes), key_);
  if (!welcomed) return false;
  connection.in.erase(connection.in.begin(), connection.in.begin() + kContactHelloBytes);
  connection.out.assign(welcomed->answer.begin(), welcomed->answer.end());
  connection.greeted = true;
  connection.since = now;
  if (!welcomed->seals) {
    connection.closing = true;
    count(connection, counters_.version);
    return true;
  }
  connection.seals = *welcomed->seals;
  return true;
}

// Its first frame has opened. Until then it may stay for as long as a handshake takes, and costs no client its place.
void ContactServer::let_in(Connection& connection, TimeNs now) {
  if (clients_ >= connections_max_) {
    const auto full = static_cast<std::byte>(ContactKind::kFull);
    connection.seals.send.seal({&full, 1}, connection.out);
    connection.closing = true;
    count(connection, counters_.refused_full);
    return;
  }
  connection.welcomed = true;
  connection.deadline = now + kContactStallNs;
  ++clients_;
  ++counters_.welcomed;
}

bool ContactServer::take_frames(Connection& connection, TimeNs now) {
  while (!connection.closing && connection.in.size() >= kContactLengthBytes) {
    std::uint32_t length = 0;
    std::memcpy(&length, connection.in.data(), sizeof length);
    if (length > kContactClientFrameBytesMax) return false;
    if (connection.in.size() < kContactLengthBytes + length) break;
    const auto plain = connection.seals.receive.unseal(Bytes(connection.in).subspan(kContactLengthBytes, length));
    if (!plain || plain->size() != 1 || static_cast<ContactKind>((*plain)[0]) != ContactKind::kNews) return false;
    connection.in.erase(connection.in.begin(), connection.in.begin() + static_cast<std::ptrdiff_t>(kContactLengthBytes + length));
    if (!connection.welcomed) let_in(connection, now);
    // Asked while it is being told: what it gets next is the newest anyway.
    if (connection.out.empty()) connection.telling = nullptr;
  }
  return true;
}

// Begins the next message that the client has not had, if there is one.
void ContactServer::tell(Connection& connection) {
  const bool at_end = connection.telling == nullptr || connection.told == connection.telling->size();
  if (at_end && connection.telling != messages_) {
    connection.telling = messages_;
    connection.told = 0;
  }
  if (connection.telling == nullptr || connection.told == connection.telling->size()) return;
  connection.seals.send.seal((*connection.telling)[connection.told++], connection.out);
}

bool ContactServer::write_some(Connection& connection, TimeNs now) {
  if (connection.welcomed && connection.out.empty()) tell(connection);
  while (!connection.out.empty()) {
    const ssize_t wrote = send(connection.socket.number(), connection.out.data() + connection.sent,
                               connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (wrote < 0) return errno == EAGAIN || errno == EINTR;
    connection.sent += static_cast<std::size_t>(wrote);
    if (connection.welcomed) connection.deadline = now + kContactStallNs;
    if (connection.sent < connection.out.size()) continue;
    connection.out.clear();
    connection.sent = 0;
    if (connection.closing) return false;
    if (connection.welcomed) tell(connection);
  }
  if (connection.welcomed) connection.deadline = kNoDeadline;
  return true;
}

}  // namespace lath
