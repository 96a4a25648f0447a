#include "launch/contact/socket.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "lath/limits.hpp"
#include "launch/contact/resolve.hpp"

namespace lath {

namespace {

constexpr int kListenBacklog = static_cast<int>(kContactConnectionsMax);  // a mass start waits there

Descriptor new_socket(const addrinfo& address) {
  return Descriptor(socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
}

Error refused(const std::string& what, const HostPort& address, int number) {
  return {Code::kIo, what + " " + to_text(address) + ": " + std::strerror(number)};
}

std::string numeric_host(const sockaddr* address, socklen_t length) {
  char host[NI_MAXHOST] = {};
  if (getnameinfo(address, length, host, sizeof host, nullptr, 0, NI_NUMERICHOST) != 0) return {};
  return host;
}

}  // namespace

void watch_for_silence(const Descriptor& socket) {
  const int on = 1;
  const auto set = [&](int level, int name, const auto& value) {
    // Best effort: without these the connection works, and only a vanished host is noticed later.
    static_cast<void>(setsockopt(socket.number(), level, name, &value, sizeof value));
  };
  set(SOL_SOCKET, SO_KEEPALIVE, on);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kContactProbeAfterS);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kContactProbeEveryS);
  set(IPPROTO_TCP, TCP_KEEPCNT, kContactProbesMax);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, kContactSilenceMsMax);
  set(IPPROTO_TCP, TCP_NODELAY, on);
}

Result<Descriptor> listen_at(const HostPort& address) {
  auto resolved = resolve_own(address);
  if (!resolved)
    return Error{resolved.error().code, "setting 'contact': " + resolved.error().text + " of this host, such as 0.0.0.0:0"};
  int failure = 0;
  for (const addrinfo* candidate = resolved->get(); candidate != nullptr; candidate = candidate->ai_next) {
    Descriptor listener = new_socket(*candidate);
    const int on = 1;
    if (listener && setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(listener.number(), candidate->ai_addr, candidate->ai_addrlen) == 0 && listen(listener.number(), kListenBacklog) == 0) {
      return listener;
    }
    failure = errno;
  }
  Error error = refused("cannot listen at the contact address", address, failure);
  if (failure == EADDRINUSE)
    error.text += ". Choose another port (setting 'contact'), or port 0 for a free one: nodes of one host need different ports";
  if (failure == EADDRNOTAVAIL) error.text += ". It is no address of this host: see `ip address`";
  return error;
}

Result<HostPort> bound_address(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    return Error{Code::kIo, std::string("getsockname: ") + std::strerror(errno)};
  const std::uint16_t port = address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                                           : reinterpret_cast<const sockaddr_in&>(address).sin_port;
  return HostPort{numeric_host(reinterpret_cast<const sockaddr*>(&address), length), ntohs(port)};
}

namespace {

// The first of the addresses that takes a connection; none: why the last did not, as errno has it, or that one of them was silent, which may
// yet answer.
Descriptor connect_to_any(const AddressList& addresses, const Clock& clock, Until until, int& failure) {
  failure = ETIMEDOUT;
  bool any_silent = false;
  TimeNs left = 0;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) ++left;
  for (const addrinfo* candidate = addresses.get(); candidate != nullptr; candidate = candidate->ai_next, --left) {
    Descriptor connection = new_socket(*candidate);
    failure = errno;
    if (!connection) continue;
    watch_for_silence(connection);
    if (connect(connection.number(), candidate->ai_addr, candidate->ai_addrlen) == 0) return connection;
    failure = errno;
    if (failure != EINPROGRESS) continue;
    // An address that nothing comes back from leaves the others their share of the time.
    Until share = until;
    const TimeNs now = clock.now_ns();
    if (now < until.deadline) share.deadline = now + (until.deadline - now) / left;
    if (!wait_for(connection.number(), POLLOUT, clock, share)) {
      any_silent = true;
      continue;
    }
    socklen_t length = sizeof failure;
    if (getsockopt(connection.number(), SOL_SOCKET, SO_ERROR, &failure, &length) == 0 && failure == 0) return connection;
  }
  if (any_silent) failure = ETIMEDOUT;
  return {};
}

}  // namespace

Result<Descriptor> connect_to(const HostPort& address, const Clock& clock, Until until) {
  auto resolved = resolve(address, clock, until);
  if (!resolved) return resolved.error();
  int failure = 0;
  Descriptor connection = connect_to_any(*resolved, clock, until, failure);
  if (connection) return connection;
  Error error = refused("cannot connect to", address, failure);
  error.code = failure == ETIMEDOUT ? Code::kTimeout : Code::kUnreachable;
  return error;
}

Knock knock_at(const HostPort& address, const Clock& clock, TimeNs deadline) {
  const auto resolved = resolve(address, clock, deadline);
  if (!resolved) return Knock::kNoRoute;
  int failure = 0;
  if (connect_to_any(*resolved, clock, deadline, failure)) return Knock::kAccepted;
  return failure == ECONNREFUSED || failure == ECONNRESET ? Knock::kRefused
         : failure == ETIMEDOUT                           ? Knock::kSilence
                                                          : Knock::kNoRoute;
}

Result<std::string> address_of_interface(const std::string& interface) {
  ifaddrs* found = nullptr;
  if (getifaddrs(&found) != 0) return Error{Code::kIo, std::string("getifaddrs: ") + std::strerror(errno)};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(found, &freeifaddrs);
  std::string best;
  std::string names;
  int best_rank = 0;  // of: IPv6 1, IPv4 2; loopback only where it was asked for by name
  for (const ifaddrs* each = found; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr) continue;
    const int family = each->ifa_addr->sa_family;
    if (family == AF_PACKET) names += (names.empty() ? "" : ", ") + std::string(each->ifa_name);
    if ((family != AF_INET && family != AF_INET6) || (each->ifa_flags & IFF_UP) == 0) continue;
    if (interface.empty() ? (each->ifa_flags & IFF_LOOPBACK) != 0 : interface != each->ifa_name) continue;
    if (family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(each->ifa_addr)->sin6_addr)) continue;
    const int rank = family == AF_INET ? 2 : 1;
    if (rank <= best_rank) continue;
    best_rank = rank;
    best = numeric_host(each->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
  }
  if (!best.empty()) return best;
  if (interface.empty()) return std::string("127.0.0.1");
  return Error{Code::kInvalid, "there is no network interface '" + interface + "' with an address here (there are: " + names + ")"};
}

Result<HostPort> listening_address(const HostPort& asked, const std::string& interface) {
  if (asked.host != "0.0.0.0") return asked;
  const auto reached_at = address_of_interface(interface);
  if (!reached_at) return reached_at.error();
  const bool has_ipv6_only = reached_at->find(':') != std::string::npos;
  return has_ipv6_only ? HostPort{"::", asked.port} : asked;
}

Result<HostPort> advertised_address(const HostPort& bound, const std::string& interface) {
  if (bound.host != "0.0.0.0" && bound.host != "::") return bound;
  auto host = address_of_interface(interface);
  if (!host) return host.error();
  return HostPort{std::move(*host), bound.port};
}

}  // namespace lath
