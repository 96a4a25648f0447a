// What the settings of UCX mean where TCP is not UCX's but our own: TLS and NET_DEVICES name its transports and devices beside TCP and the
// interfaces that TCP may use, and LATH_UCX_TCP_PORT_RANGE is where we listen.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lath/result.hpp"
#include "transport/tcp_port.hpp"
#include "transport/ucx_context.hpp"

namespace lath {

struct NetworkSettings {
  std::optional<std::string> transports;  // TLS
  std::optional<std::string> devices;     // NET_DEVICES
  std::optional<std::string> ports;       // LATH_UCX_TCP_PORT_RANGE: "40000-40100", or 0 for any
};

// Of the environment. `devices` stands for NET_DEVICES, where there are any and LATH_UCX_NET_DEVICES is not set.
NetworkSettings network_settings_here(std::span<const std::string> devices = {});

struct NetworkLimits {
  UcxLimits ucx;
  bool tcp = true;
  std::vector<std::string> interfaces;  // of TCP, and no others; none: all, unless interfaces_named
  bool interfaces_named = false;
  TcpPortRange ports;
};

struct NetworkHost {
  std::vector<std::string> interfaces;
  bool has_rdma = false;
};

// Errors: kInvalid, of ports that are no range.
Result<NetworkLimits> network_limits(const NetworkSettings& settings, const NetworkHost& host);
Result<NetworkLimits> network_limits_here(const NetworkSettings& settings);

}  // namespace lath
