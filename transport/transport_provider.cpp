#include "transport/transport_provider.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/random.hpp"
#include "lath/limits.hpp"
#include "transport/joint_transport.hpp"
#include "transport/network_limits.hpp"
#include "transport/tcp_transport.hpp"
#include "transport/ucx_log.hpp"

namespace lath {

namespace {

// Those that can be bound, kTcpPortsMax at most: an address may be there and not to be used, while IPv6 looks for its double.
std::vector<TcpPort> addresses_of(const std::vector<TcpInterface>& interfaces) {
  std::vector<TcpPort> addresses;
  std::string left_out;
  for (const TcpInterface& each : interfaces) {
    const std::string name = text_of(each.address) + " of " + each.name;
    if (addresses.size() == kTcpPortsMax) {
      left_out += (left_out.empty() ? "" : ", ") + name;
    } else if (const auto bound = tcp_listen(each.address, {}, 1); bound) {
      addresses.push_back(each.address);
    } else {
      log_warn("this host is not reached at " + name + ": " + bound.error().text);
    }
  }
  if (!left_out.empty())
    log_info("TCP: this host has more than " + std::to_string(kTcpPortsMax) + " addresses, and is not reached at " + left_out +
             ": name the networks to use by --interface or LATH_UCX_NET_DEVICES");
  return addresses;
}

std::vector<TcpPort> addresses_for(const NetworkLimits& limits) {
  if (!limits.tcp || (limits.interfaces_named && limits.interfaces.empty())) return {};
  return addresses_of(tcp_interfaces_to_use(tcp_interfaces_here(limits.interfaces)));
}

Error nowhere_to_go(const NetworkSettings& settings, const NetworkLimits& limits) {
  const std::string chosen = settings.transports ? " (LATH_UCX_TLS or UCX_TLS: '" + *settings.transports + "')" : std::string();
  const std::string devices =
      settings.devices ? " of the network devices '" + *settings.devices + "'" : std::string(" of this host");
  return {Code::kInvalid, "no way to other processes is left: neither shared memory nor RDMA may be used" + chosen + ", and TCP " +
                              (limits.tcp ? "has no address" + devices : std::string("is not to be used either")) +
                              ": unset LATH_UCX_TLS and LATH_UCX_NET_DEVICES, or name an interface that ip address lists"};
}

}  // namespace

Result<std::unique_ptr<TransportProvider>> TransportProvider::open(std::span<const std::string> devices) {
  for (const char* ours : {"LATH_UCX_TCP_PORT_RANGE", "UCX_TCP_PORT_RANGE"}) ucx_log_passed_on(ours);
  const NetworkSettings settings = network_settings_here(devices);
  const auto limits = network_limits_here(settings);
  if (!limits) return limits.error();
  auto ucx = UcxContext::open(limits->ucx);
  if (!ucx) return ucx.error();
  TcpPlaces tcp = {.addresses = addresses_for(*limits), .ports = limits->ports};
  if (tcp.addresses.empty() && !(*ucx)->shares_messages() && !(*ucx)->has_rdma()) return nowhere_to_go(settings, *limits);
  if (tcp.addresses.empty() && limits->tcp)
    log_warn("TCP has no address here: only processes that share memory or RDMA are reached");
  return std::unique_ptr<TransportProvider>(new TransportProvider(std::move(*ucx), std::move(tcp)));
}

Result<std::unique_ptr<Transport>> TransportProvider::open_transport(std::uint64_t cookie, const Clock& clock, UcxThreads threads) {
  auto ucx = UcxTransport::open(*ucx_, cookie, clock, threads);
  if (!ucx) return ucx.error();
  std::unique_ptr<TcpTransport> tcp;
  if (!tcp_.addresses.empty()) {
    auto opened = TcpTransport::open(tcp_, cookie, TcpName{entropy(), entropy()}, clock);
    if (!opened) return opened.error();
    tcp = std::move(*opened);
  }
  auto joint = JointTransport::open(*ucx_, std::move(*ucx), std::move(tcp));
  if (!joint) return joint.error();
  return std::unique_ptr<Transport>(std::move(*joint));
}

}  // namespace lath
