// What the settings of UCX mean for UCX, for our own TCP, and for where it listens.
#include "transport/network_limits.hpp"

#include <gtest/gtest.h>

namespace lath {

namespace {

const NetworkHost kHost = {.interfaces = {"eth0", "ib0"}, .has_rdma = true};

NetworkLimits limits_of(const NetworkSettings& settings, const NetworkHost& host = kHost) {
  const auto limits = network_limits(settings, host);
  EXPECT_TRUE(limits) << limits.error().text;
  return limits ? *limits : NetworkLimits{};
}

std::string transports_of(const char* chosen, const char* devices = nullptr) {
  return *limits_of({.transports = chosen, .devices = devices ? std::optional<std::string>(devices) : std::nullopt, .ports = {}})
              .ucx.transports;
}

}  // namespace

TEST(NetworkLimits, without_settings_ucx_has_all_but_tcp_and_tcp_every_interface) {
  const NetworkLimits limits = limits_of({});
  EXPECT_EQ(limits.ucx.transports, "^tcp");
  EXPECT_EQ(limits.ucx.devices, "all");
  EXPECT_TRUE(limits.tcp);
  EXPECT_FALSE(limits.interfaces_named);
  EXPECT_EQ(limits.ports, TcpPortRange{});
}

TEST(NetworkLimits, tcp_is_taken_out_of_what_ucx_may_use) {
  EXPECT_EQ(transports_of("all"), "^tcp");
  EXPECT_EQ(transports_of("posix,all"), "^tcp");
  EXPECT_EQ(transports_of("^sysv"), "^sysv,tcp");
  EXPECT_EQ(transports_of("tcp,self"), "self");
  EXPECT_EQ(transports_of("tcp"), "self") << "UCX starts with none less";
  EXPECT_EQ(transports_of("posix,tcp,rc"), "posix,rc,self");
  EXPECT_EQ(transports_of(",posix,,"), "posix,self");
}

TEST(NetworkLimits, tcp_is_used_where_it_is_named) {
  for (const char* chosen : {"all", "tcp", "posix,tcp", "^posix"})
    EXPECT_TRUE(limits_of({.transports = chosen, .devices = {}, .ports = {}}).tcp) << chosen;
  for (const char* chosen : {"posix", "^tcp", "^posix,tcp", "", "tcpx"})
    EXPECT_FALSE(limits_of({.transports = chosen, .devices = {}, .ports = {}}).tcp) << chosen;
}

TEST(NetworkLimits, devices_are_told_from_interfaces) {
  const NetworkLimits limits = limits_of({.transports = {}, .devices = "mlx5_0:1,eth0,nosuch0", .ports = {}});
  EXPECT_TRUE(limits.interfaces_named);
  EXPECT_EQ(limits.interfaces, std::vector<std::string>{"eth0"});
  EXPECT_EQ(limits.ucx.devices, "mlx5_0:1,nosuch0");
  for (const char* any : {"all", ""})
    EXPECT_FALSE(limits_of({.transports = {}, .devices = any, .ports = {}}).interfaces_named) << any;
}

TEST(NetworkLimits, where_interfaces_alone_are_named_ucx_has_no_network) {
  EXPECT_EQ(transports_of("all", "eth0"), "^tcp,ib");
  EXPECT_EQ(transports_of("^cma", "eth0,ib0"), "^cma,tcp,ib");
  EXPECT_EQ(transports_of("posix,rc,ud,tcp,self", "eth0"), "posix,self");
  const NetworkSettings interfaces = {.transports = {}, .devices = "eth0", .ports = {}};
  EXPECT_EQ(limits_of(interfaces).ucx.devices, "all");
  const NetworkHost without_rdma = {.interfaces = {"eth0"}, .has_rdma = false};
  EXPECT_EQ(limits_of(interfaces, without_rdma).ucx.transports, "^tcp") << "UCX warns of a kind of transport that is not there";
}

TEST(NetworkLimits, ports_are_a_range_or_an_error) {
  const auto ports_of = [](const char* text) { return limits_of({.transports = {}, .devices = {}, .ports = text}).ports; };
  EXPECT_EQ(ports_of("0"), TcpPortRange{});
  EXPECT_EQ(ports_of("40000-40100"), (TcpPortRange{.first = 40000, .last = 40100}));
  EXPECT_EQ(ports_of("40000"), (TcpPortRange{.first = 40000, .last = 40000}));
  for (const char* wrong : {"", "-", "1-", "-1", "5-4", "0-9", "1-70000", "a-b", "1-2-3", " 1-2"}) {
    const auto refused = network_limits({.transports = {}, .devices = {}, .ports = wrong}, kHost);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, Code::kInvalid);
    EXPECT_NE(refused.error().text.find("LATH_UCX_TCP_PORT_RANGE"), std::string::npos) << refused.error().text;
  }
}

}  // namespace lath
