// Where UCX takes connections over TCP. It tells nobody but its peers, in an address that nothing else can read; so whoever opens a
// worker looks which of the process's sockets have begun to listen meanwhile. Any thread.
#pragma once

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/message.hpp"

namespace lath {

// As it travels within an Address (ucx_wire.hpp).
struct UcxListener {
  std::uint8_t ip_version = 4;  // or 6
  std::uint8_t unused = 0;
  std::uint16_t port = 0;
  std::array<std::uint8_t, 16> ip = {};  // in network order; of IPv4 the first four
  auto operator<=>(const UcxListener&) const = default;
};
static_assert(sizeof(UcxListener) == 20);

inline constexpr std::size_t kUcxListenersMax = 8;  // of one worker: one for each of a host's networks

// The sockets of this process that listen at one address: not at any, and not at one of a single link. Nothing where /proc cannot be read.
std::vector<UcxListener> ucx_listeners_now();
// Those of `after` that are not in `before` and that the worker's address (UCX's own) names.
std::vector<UcxListener> ucx_listeners_since(const std::vector<UcxListener>& before, const std::vector<UcxListener>& after,
                                             Bytes address);
bool is_loopback(const UcxListener& listener);
bool is_same_ip(const UcxListener& one, const UcxListener& other);

// For connect(2); the length of what was filled in.
socklen_t fill_in(const UcxListener& listener, sockaddr_storage& name);
std::string text_of(const UcxListener& listener);  // 10.0.0.2:41234, [fd00::2]:41234

}  // namespace lath
