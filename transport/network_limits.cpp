#include "transport/network_limits.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "transport/ucx_setting.hpp"

namespace lath {

namespace {

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (end > 0) parts.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string list;
  for (const std::string& part : parts) list += (list.empty() ? "" : ",") + part;
  return list;
}

// TLS without TCP, and without every network where `no_network`.
std::string transports_left(const std::vector<std::string>& chosen, bool is_negated, bool no_network) {
  std::vector<std::string> transports = chosen;
  if (is_negated || std::ranges::find(chosen, "all") != chosen.end()) {
    if (!is_negated) transports.clear();
    transports.emplace_back("tcp");
    if (no_network) transports.emplace_back("ib");
    return "^" + joined(transports);
  }
  constexpr std::string_view kOfOneHost[] = {"self", "sm", "shm", "mm", "posix", "sysv", "xpmem", "cma", "knem"};
  std::erase_if(transports, [&](const std::string& each) {
    return each == "tcp" || (no_network && std::ranges::find(kOfOneHost, each) == std::end(kOfOneHost));
  });
  // Without anything UCX does not start, and this one reaches nobody else.
  if (std::ranges::find(transports, "self") == transports.end()) transports.emplace_back("self");
  return joined(transports);
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(port) : std::nullopt;
}

Result<TcpPortRange> range_in(const std::string& text) {
  if (text == "0") return TcpPortRange{};
  const std::size_t dash = text.find('-');
  const auto first = port_in(std::string_view(text).substr(0, dash));
  const auto last = dash == std::string::npos ? first : port_in(std::string_view(text).substr(dash + 1));
  if (first && last && *first > 0 && *first <= *last) return TcpPortRange{.first = *first, .last = *last};
  return Error{Code::kInvalid, "'" + text + "' is no range of ports: set LATH_UCX_TCP_PORT_RANGE as 40000-40100, or to 0 for any"};
}

}  // namespace

NetworkSettings network_settings_here(std::span<const std::string> devices) {
  std::optional<std::string> named;
  if (!devices.empty()) named = joined({devices.begin(), devices.end()});
  if (!named || lath_ucx_setting("NET_DEVICES")) named = ucx_setting("NET_DEVICES");
  // UCX_TCP_PORT_RANGE is of the application's MPI, which may need all of it.
  return {.transports = ucx_setting("TLS"), .devices = std::move(named), .ports = lath_ucx_setting("TCP_PORT_RANGE")};
}

Result<NetworkLimits> network_limits_here(const NetworkSettings& settings) {
  NetworkHost host = {.interfaces = {}, .has_rdma = has_rdma_devices()};
  std::error_code error;
  for (std::filesystem::directory_iterator each("/sys/class/net", error); !error && each != std::filesystem::directory_iterator();
       each.increment(error)) {
    host.interfaces.push_back(each->path().filename());
  }
  return network_limits(settings, host);
}

Result<NetworkLimits> network_limits(const NetworkSettings& settings, const NetworkHost& host) {
  const auto is_interface = [&](const std::string& device) {
    return std::ranges::find(host.interfaces, device) != host.interfaces.end();
  };
  NetworkLimits limits;
  limits.ucx.devices = "all";  // said, since UCX reads what is set and empty as well
  const Result<TcpPortRange> ports = settings.ports ? range_in(*settings.ports) : TcpPortRange{};
  if (!ports) return ports.error();
  limits.ports = *ports;

  bool no_network = false;
  if (settings.devices && !settings.devices->empty() && *settings.devices != "all") {
    std::vector<std::string> left;
    for (std::string& device : split(*settings.devices))
      (is_interface(device) ? limits.interfaces : left).push_back(std::move(device));
    limits.interfaces_named = true;
    no_network = left.empty() && host.has_rdma;  // else UCX, which has no TCP, has no network anyway
    limits.ucx.devices = left.empty() ? "all" : joined(left);
  }

  const std::string chosen = settings.transports.value_or("all");
  const bool is_negated = chosen.starts_with('^');
  const std::vector<std::string> transports = split(std::string_view(chosen).substr(is_negated ? 1 : 0));
  const auto names = [&](std::string_view name) { return std::ranges::find(transports, name) != transports.end(); };
  limits.tcp = is_negated ? !names("tcp") : names("tcp") || names("all");
  limits.ucx.transports = transports_left(transports, is_negated, no_network);
  return limits;
}

}  // namespace lath
