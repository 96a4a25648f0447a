#include "transport/ucx_listener.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace lath {

namespace {

bool listens(int descriptor) {
  int type = 0;
  int accepts = 0;
  socklen_t type_size = sizeof type;
  socklen_t accepts_size = sizeof accepts;
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM &&
         getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &accepts_size) == 0 && accepts != 0;
}

std::optional<UcxListener> listener_of(const sockaddr_storage& name) {
  UcxListener listener;
  if (name.ss_family == AF_INET) {
    sockaddr_in in = {};
    std::memcpy(&in, &name, sizeof in);
    if (in.sin_addr.s_addr == htonl(INADDR_ANY)) return std::nullopt;
    listener.port = ntohs(in.sin_port);
    std::memcpy(listener.ip.data(), &in.sin_addr, sizeof in.sin_addr);
    return listener;
  }
  if (name.ss_family == AF_INET6) {
    sockaddr_in6 in = {};
    std::memcpy(&in, &name, sizeof in);
    if (IN6_IS_ADDR_UNSPECIFIED(&in.sin6_addr) || IN6_IS_ADDR_LINKLOCAL(&in.sin6_addr)) return std::nullopt;
    listener.ip_version = 6;
    listener.port = ntohs(in.sin6_port);
    std::memcpy(listener.ip.data(), &in.sin6_addr, sizeof in.sin6_addr);
    return listener;
  }
  return std::nullopt;
}

std::size_t ip_bytes(const UcxListener& listener) {
  return listener.ip_version == 4 ? sizeof(in_addr) : sizeof(in6_addr);
}

bool contains(Bytes whole, const void* part, std::size_t part_bytes) {
  const std::string_view in(reinterpret_cast<const char*>(whole.data()), whole.size());
  return in.find(std::string_view(static_cast<const char*>(part), part_bytes)) != std::string_view::npos;
}

// UCX 1.13 packs both in network order.
bool is_named_in(const UcxListener& listener, Bytes address) {
  const std::uint16_t port = htons(listener.port);
  return contains(address, listener.ip.data(), ip_bytes(listener)) && contains(address, &port, sizeof port);
}

}  // namespace

std::vector<UcxListener> ucx_listeners_now() {
  std::vector<UcxListener> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), &closedir);
  if (folder == nullptr) return found;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view digits = entry->d_name;
    int descriptor = -1;
    if (std::from_chars(digits.begin(), digits.end(), descriptor).ec != std::errc() || !listens(descriptor)) continue;
    sockaddr_storage name = {};
    socklen_t name_size = sizeof name;
    if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &name_size) != 0) continue;
    if (const auto listener = listener_of(name)) found.push_back(*listener);
  }
  std::ranges::sort(found);
  return found;
}

std::vector<UcxListener> ucx_listeners_since(const std::vector<UcxListener>& before, const std::vector<UcxListener>& after,
                                             Bytes address) {
  std::vector<UcxListener> since;
  for (const UcxListener& each : after) {
    if (!std::ranges::binary_search(before, each) && is_named_in(each, address)) since.push_back(each);
  }
  return since;
}

bool is_loopback(const UcxListener& listener) {
  constexpr std::array<std::uint8_t, 16> kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return listener.ip_version == 4 ? listener.ip[0] == IN_LOOPBACKNET : listener.ip == kLoopback6;
}

bool is_same_ip(const UcxListener& one, const UcxListener& other) {
  return one.ip_version == other.ip_version && one.ip == other.ip;
}

socklen_t fill_in(const UcxListener& listener, sockaddr_storage& name) {
  if (listener.ip_version == 4) {
    sockaddr_in in = {};
    in.sin_family = AF_INET;
    in.sin_port = htons(listener.port);
    std::memcpy(&in.sin_addr, listener.ip.data(), sizeof in.sin_addr);
    std::memcpy(&name, &in, sizeof in);
    return sizeof in;
  }
  sockaddr_in6 in = {};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(listener.port);
  std::memcpy(&in.sin6_addr, listener.ip.data(), sizeof in.sin6_addr);
  std::memcpy(&name, &in, sizeof in);
  return sizeof in;
}

std::string text_of(const UcxListener& listener) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(listener.ip_version == 4 ? AF_INET : AF_INET6, listener.ip.data(), text, sizeof text);
  const std::string port = ":" + std::to_string(listener.port);
  return listener.ip_version == 4 ? text + port : "[" + std::string(text) + "]" + port;
}

}  // namespace lath
