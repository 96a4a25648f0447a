// A host's address and a port there, and the addresses that this host has.
#pragma once

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "lath/result.hpp"

namespace lath {

// As it travels within an Address (tcp_wire.hpp).
struct TcpPort {
  std::uint8_t ip_version = 4;  // or 6
  std::uint8_t unused = 0;
  std::uint16_t port = 0;
  std::array<std::uint8_t, 16> ip = {};  // in network order; of IPv4 the first four
  auto operator<=>(const TcpPort&) const = default;
};
static_assert(sizeof(TcpPort) == 20);

// What this host has that is up, of the interfaces named, or all where none is; an interface may have several addresses.
struct TcpInterface {
  std::string name;
  TcpPort address;    // port 0
  unsigned rank = 0;  // the less, the likelier others reach it
};
std::vector<TcpInterface> tcp_interfaces_here(std::span<const std::string> interfaces);
// In the order of their rank; without loopback's, unless there is no other.
std::vector<TcpInterface> tcp_interfaces_to_use(std::vector<TcpInterface> found);
bool is_loopback(const TcpPort& port);
bool is_same_ip(const TcpPort& one, const TcpPort& other);

std::optional<TcpPort> port_of(const sockaddr_storage& name);  // none: at no one address, or at one of a single link
// Where a transport listens: at a port of each address, of those in the range, or of any where that is empty.
struct TcpPortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  bool operator==(const TcpPortRange&) const = default;
};
struct TcpPlaces {
  std::vector<TcpPort> addresses;
  TcpPortRange ports;
};
// Errors: kNotFound (this host does not have the address now), kIo, with what is in the way.
Result<Descriptor> tcp_listen(const TcpPort& address, const TcpPortRange& ports, int backlog);
TcpPort tcp_port_of(const Descriptor& socket);  // where it is bound

// For connect(2) and bind(2); the length of what was filled in.
socklen_t fill_in(const TcpPort& port, sockaddr_storage& name);
std::string text_of(const TcpPort& port);  // 10.0.0.2:41234, [fd00::2]:41234

}  // namespace lath
