// How a TcpTransport begins, and how it hears of newcomers.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "transport/tcp_transport.hpp"

namespace lath {

namespace {

constexpr int kBacklog = 4096;            // the kernel cuts it to net.core.somaxconn
constexpr std::size_t kAcceptedMax = 64;  // of one turn
constexpr TimeNs kDeafNs = 100'000'000;   // without a descriptor for who wants in: they wait in the kernel's queue

Error failed(const std::string& what) {
  return {Code::kIo, "TCP: cannot " + what + " (" + std::strerror(errno) + ")"};
}

Error no_event() {
  return failed("make an event: let more files be open at once (ulimit -n)");
}

}  // namespace

Result<std::unique_ptr<TcpTransport>> TcpTransport::open(const TcpPlaces& places, std::uint64_t cookie, TcpName name,
                                                         const Clock& clock) {
  std::unique_ptr<TcpTransport> transport(new TcpTransport(cookie, name, clock));
  transport->waits_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!transport->waits_) return failed("make an epoll instance: let more files be open at once (ulimit -n)");
  transport->dials_.wake_by(transport->waits_.number());
  if (auto watched = transport->watch_for_wakes(); !watched) return watched.error();
  if (auto listening = transport->listen(places); !listening) return listening.error();
  return transport;
}

Result<void> TcpTransport::watch_for_wakes() {
  Descriptor waker(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!waker) return no_event();
  const int number = waker.number();
  waker_ = Descriptor(fcntl(number, F_DUPFD_CLOEXEC, 0));  // one to read by and one that the link owns
  if (!waker_) return no_event();
  watch(new_link(Role::kWaker, std::move(waker)));
  return {};
}

Result<void> TcpTransport::listen(const TcpPlaces& places) {
  for (const TcpPort& address : places.addresses) {
    Result<Descriptor> socket = tcp_listen(address, places.ports, kBacklog);
    if (!socket && socket.error().code == Code::kNotFound) continue;  // gone since the places were looked for
    if (!socket) return socket.error();
    own_ports_.push_back(tcp_port_of(*socket));
    watch(new_link(Role::kListener, std::move(*socket)));
  }
  if (own_ports_.empty()) return Error{Code::kIo, "TCP: no address to listen at: name a network that is up"};
  address_ = tcp_wrap_address({.name = name_, .ports = own_ports_});
  return {};
}

// What ends by the clock is counted.
void TcpTransport::play(Link& link, Role role) {
  const auto is_timed = [](Role each) { return each == Role::kStranger || each == Role::kLeaving ? 1U : 0U; };
  timed_ = timed_ - is_timed(link.role) + is_timed(role);
  strangers_ = strangers_ - (link.role == Role::kStranger ? 1U : 0U) + (role == Role::kStranger ? 1U : 0U);
  link.role = role;
}

TcpTransport::Link& TcpTransport::new_link(Role role, Descriptor socket) {
  links_.push_back(std::make_unique<Link>(Link{.role = Role::kDead, .connection = TcpConnection(std::move(socket))}));
  play(*links_.back(), role);
  return *links_.back();
}

void TcpTransport::watch(Link& link) {
  epoll_event how = {.events = EPOLLIN, .data = {.ptr = &link}};
  link.ended = epoll_ctl(waits_.number(), EPOLL_CTL_ADD, link.connection.descriptor(), &how) != 0;
}

void TcpTransport::accept(const Link& listener) {
  for (std::size_t count = 0; count < kAcceptedMax; ++count) {
    Descriptor socket(accept4(listener.connection.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) turn_deaf();
      return;
    }
    if (strangers_ >= kTcpStrangersMax) make_way();
    Link& link = new_link(Role::kStranger, std::move(socket));
    link.until_ns = clock_.now_ns() + 2 * kGreetingNsMax;
    watch(link);
    if (link.ended) kill(link);
  }
}

// The longest silent goes, unless it has said something that we have not looked at.
void TcpTransport::make_way() {
  const auto found = std::ranges::find_if(links_, [](const auto& link) { return link->role == Role::kStranger && !link->ready; });
  if (found == links_.end()) return;  // all have spoken, and are heard next
  Link& oldest = **found;
  if (!oldest.ended) oldest.ended = !oldest.connection.receive(rooms_);
  take(oldest);
  if (oldest.role == Role::kStranger && !oldest.ready) kill(oldest);
}

// Who cannot be let in would wake us in each turn.
void TcpTransport::turn_deaf() {
  if (deaf_until_ns_ == 0) ++timed_;
  deaf_until_ns_ = clock_.now_ns() + kDeafNs;
  listen_for(0);
}

void TcpTransport::hear_again(TimeNs now_ns) {
  if (deaf_until_ns_ == 0 || now_ns < deaf_until_ns_) return;
  deaf_until_ns_ = 0;
  --timed_;
  listen_for(EPOLLIN);
}

void TcpTransport::listen_for(std::uint32_t events) {
  for (const auto& link : links_) {
    epoll_event how = {.events = events, .data = {.ptr = link.get()}};
    if (link->role == Role::kListener)
      LATH_ASSERT(epoll_ctl(waits_.number(), EPOLL_CTL_MOD, link->connection.descriptor(), &how) == 0);
  }
}

}  // namespace lath
