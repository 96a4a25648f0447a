#include "transport/tcp_port.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "base/assert.hpp"

namespace lath {

std::optional<TcpPort> port_of(const sockaddr_storage& name) {
  TcpPort port;
  if (name.ss_family == AF_INET) {
    sockaddr_in in = {};
    std::memcpy(&in, &name, sizeof in);
    if (in.sin_addr.s_addr == htonl(INADDR_ANY)) return std::nullopt;
    port.port = ntohs(in.sin_port);
    std::memcpy(port.ip.data(), &in.sin_addr, sizeof in.sin_addr);
    return port;
  }
  if (name.ss_family == AF_INET6) {
    sockaddr_in6 in = {};
    std::memcpy(&in, &name, sizeof in);
    if (IN6_IS_ADDR_UNSPECIFIED(&in.sin6_addr) || IN6_IS_ADDR_LINKLOCAL(&in.sin6_addr)) return std::nullopt;
    port.ip_version = 6;
    port.port = ntohs(in.sin6_port);
    std::memcpy(port.ip.data(), &in.sin6_addr, sizeof in.sin6_addr);
    return port;
  }
  return std::nullopt;
}

namespace {

// The less, the likelier others know this host by it: a bridge of containers has the same address everywhere, and what has no carrier reaches
// nobody now.
unsigned rank_of(const ifaddrs& interface, const std::vector<TcpInterface>& before) {
  const bool has_carrier = (interface.ifa_flags & IFF_RUNNING) != 0;
  const bool is_bridge = access((std::string("/sys/class/net/") + interface.ifa_name + "/bridge").c_str(), F_OK) == 0;
  const bool is_further = std::ranges::find(before, interface.ifa_name, &TcpInterface::name) != before.end();
  return (has_carrier ? 0U : 4U) + (is_bridge ? 2U : 0U) + (is_further ? 1U : 0U);
}

}  // namespace

std::vector<TcpInterface> tcp_interfaces_here(std::span<const std::string> interfaces) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, &freeifaddrs);
  std::vector<TcpInterface> found;
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0) continue;
    if (!interfaces.empty() && std::ranges::find(interfaces, each->ifa_name) == interfaces.end()) continue;
    sockaddr_storage name = {};
    const bool is_four = each->ifa_addr->sa_family == AF_INET;
    if (!is_four && each->ifa_addr->sa_family != AF_INET6) continue;
    std::memcpy(&name, each->ifa_addr, is_four ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    if (const auto address = port_of(name))
      found.push_back({.name = each->ifa_name, .address = *address, .rank = rank_of(*each, found)});
  }
  return found;
}

std::vector<TcpInterface> tcp_interfaces_to_use(std::vector<TcpInterface> found) {
  const auto is_local = [](const TcpInterface& each) { return is_loopback(each.address); };
  if (!std::ranges::all_of(found, is_local)) std::erase_if(found, is_local);
  std::ranges::sort(found, {}, [](const TcpInterface& each) { return std::pair(each.rank, each.address); });
  return found;
}

bool is_loopback(const TcpPort& port) {
  constexpr std::array<std::uint8_t, 16> kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return port.ip_version == 4 ? port.ip[0] == IN_LOOPBACKNET : port.ip == kLoopback6;
}

bool is_same_ip(const TcpPort& one, const TcpPort& other) {
  return one.ip_version == other.ip_version && one.ip == other.ip;
}

Result<Descriptor> tcp_listen(const TcpPort& address, const TcpPortRange& ports, int backlog) {
  TcpPort at = address;
  int error = EADDRINUSE;
  for (std::uint32_t port = ports.first; port <= ports.last; ++port) {
    at.port = static_cast<std::uint16_t>(port);
    sockaddr_storage name = {};
    const socklen_t size = fill_in(at, name);
    Descriptor socket(::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int reuse = 1;  // of a port whose last owner's connections are still on their way out
    if (socket) setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    if (socket && bind(socket.number(), reinterpret_cast<const sockaddr*>(&name), size) == 0 &&
        listen(socket.number(), backlog) == 0)
      return socket;
    error = errno;
    if (error != EADDRINUSE) break;
  }
  return Error{error == EADDRNOTAVAIL ? Code::kNotFound : Code::kIo,
               "TCP: cannot listen at " + text_of(at) + " (" + std::strerror(error) + ")" +
                   (error == EADDRINUSE ? ": all the ports that may be used are taken" : "")};
}

TcpPort tcp_port_of(const Descriptor& socket) {
  sockaddr_storage name = {};
  socklen_t size = sizeof name;
  LATH_ASSERT(getsockname(socket.number(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
  return port_of(name).value_or(TcpPort{});
}

socklen_t fill_in(const TcpPort& port, sockaddr_storage& name) {
  if (port.ip_version == 4) {
    sockaddr_in in = {};
    in.sin_family = AF_INET;
    in.sin_port = htons(port.port);
    std::memcpy(&in.sin_addr, port.ip.data(), sizeof in.sin_addr);
    std::memcpy(&name, &in, sizeof in);
    return sizeof in;
  }
  sockaddr_in6 in = {};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port.port);
  std::memcpy(&in.sin6_addr, port.ip.data(), sizeof in.sin6_addr);
  std::memcpy(&name, &in, sizeof in);
  return sizeof in;
}

std::string text_of(const TcpPort& port) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(port.ip_version == 4 ? AF_INET : AF_INET6, port.ip.data(), text, sizeof text);
  const std::string number = ":" + std::to_string(port.port);
  return port.ip_version == 4 ? text + number : "[" + std::string(text) + "]" + number;
}

}  // namespace lath
