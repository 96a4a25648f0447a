// Which ways to other processes a provider's transports have, as the settings say.
#include "transport/transport_provider.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "transport/joint_address.hpp"
#include "transport/network_limits.hpp"
#include "transport/tcp_wire.hpp"

namespace lath {

namespace {

struct Quiet final : TransportEvents {
  void on_message(const Message& message) override { from = message.from; }
  void on_peer_failed(PeerId, const Error& error) override { errors.push_back(error); }
  PeerId from;
  std::vector<Error> errors;
};

class Providers : public ::testing::Test {
 protected:
  Providers() { forget_settings(); }
  ~Providers() override { forget_settings(); }
  static void forget_settings() {
    for (const char* key : {"LATH_UCX_TLS", "LATH_UCX_NET_DEVICES", "LATH_UCX_TCP_PORT_RANGE"}) unsetenv(key);
  }
  std::unique_ptr<Transport> open(const char* transports) {
    setenv("LATH_UCX_TLS", transports, 1);
    providers_.push_back(std::move(*TransportProvider::open()));
    return std::move(*providers_.back()->open_transport(1, clock_));
  }
  // The way by which a frame went from one to the other.
  std::string way(Transport& from, Transport& to) {
    const auto peer = from.connect(to.address());
    if (!peer) return peer.error().text;
    FrameBuffer frame = from.acquire();
    frame.extend(8);
    EXPECT_EQ(from.send(*peer, frame), Sent::kAccepted);
    Quiet at_from;
    Quiet at_to;
    for (int turn = 0; turn < 100'000 && at_to.from == PeerId{}; ++turn) {
      from.poll(8, at_from);
      to.poll(8, at_to);
      if (turn > 10'000) usleep(100);
    }
    EXPECT_NE(at_to.from, PeerId{});
    EXPECT_TRUE(at_from.errors.empty()) << at_from.errors[0].text;
    EXPECT_TRUE(from.is_connected(to.address()));
    EXPECT_EQ(from.counters().messages_sent, 1U);
    return from.path(*peer);
  }

  SystemClock clock_;
  std::vector<std::unique_ptr<TransportProvider>> providers_;
};

Result<JointAddress> parts_of(const Transport& transport) {
  const auto parts = joint_unwrap_address(transport.address());
  if (!parts) return Error{Code::kInvalid, "no joint address"};
  return *parts;
}

}  // namespace

TEST_F(Providers, who_shares_memory_is_reached_by_it_and_who_does_not_over_tcp) {
  const auto all = open("all");
  const auto also_all = open("all");
  const auto tcp = open("tcp");
  EXPECT_NE(way(*all, *also_all), "tcp");
  EXPECT_EQ(way(*tcp, *all), "tcp");
}

TEST_F(Providers, a_newcomer_over_tcp_is_heard_while_memory_brings_more_than_a_turn_takes) {
  const auto busy = open("all");
  const auto near = open("all");
  const auto newcomer = open("tcp");
  const PeerId from_near = *near->connect(busy->address());
  const auto send = [](Transport& from, PeerId to) {
    FrameBuffer frame = from.acquire();
    frame.extend(8);
    return from.send(to, frame) == Sent::kAccepted;
  };
  struct Ways final : TransportEvents {
    void on_message(const Message& message) override { ++(message.from.index % 2 == 1 ? by_tcp : by_memory); }
    void on_peer_failed(PeerId, const Error&) override {}
    std::size_t by_tcp = 0;
    std::size_t by_memory = 0;
  } seen;
  Quiet ignored;
  const auto turn_until = [&](auto until) {
    for (int turn = 0; turn < 200'000 && !until(); ++turn) {
      while (send(*near, from_near)) {
      }
      near->poll(8, ignored);
      newcomer->poll(8, ignored);
      busy->poll(1, seen);
      if (turn % 1000 == 999) usleep(1000);
    }
    return until();
  };
  ASSERT_TRUE(turn_until([&] { return seen.by_memory > 60; })) << "memory is not busy: this would test nothing";
  ASSERT_TRUE(send(*newcomer, *newcomer->connect(busy->address())));
  EXPECT_TRUE(turn_until([&] { return seen.by_tcp == 1; }));
}

TEST_F(Providers, without_a_way_in_common_that_is_said) {
  const auto memory = open("posix,sysv,self");
  const auto tcp = open("tcp");
  for (const std::string& told : {way(*memory, *tcp), way(*tcp, *memory)})
    EXPECT_NE(told.find("no way to the peer: it shares neither memory nor RDMA"), std::string::npos) << told;
}

TEST_F(Providers, damaged_and_foreign_addresses_are_refused) {
  const auto transport = open("all");
  Address damaged = transport->address();
  damaged.back() ^= std::byte{1};
  for (const Address& wrong : {damaged, Address(), Address(40, std::byte{7})}) {
    EXPECT_EQ(transport->connect(wrong).error().code, Code::kInvalid);
    EXPECT_FALSE(transport->is_connected(wrong));
  }
}

TEST_F(Providers, with_no_way_left_nothing_is_opened) {
  setenv("LATH_UCX_TLS", "self", 1);
  const auto alone = TransportProvider::open();
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, Code::kInvalid);
  EXPECT_NE(alone.error().text.find("unset LATH_UCX_TLS"), std::string::npos) << alone.error().text;
  setenv("LATH_UCX_TLS", "tcp", 1);
  const std::vector<std::string> asked = {"nosuch0"};
  const auto nowhere = TransportProvider::open(asked);
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().text.find("nosuch0"), std::string::npos) << nowhere.error().text;
  setenv("LATH_UCX_NET_DEVICES", "lo", 1);
  EXPECT_TRUE(TransportProvider::open(asked)) << "what the user's variable names goes over it";
}

TEST_F(Providers, listen_at_the_ports_that_may_be_used) {
  setenv("LATH_UCX_TCP_PORT_RANGE", "45210-45260", 1);
  const auto one = open("tcp");
  const auto other = open("tcp");
  for (const Transport* each : {one.get(), other.get()}) {
    const auto tcp = tcp_unwrap_address(parts_of(*each)->tcp);
    ASSERT_TRUE(tcp);
    for (const TcpPort& port : tcp->ports) {
      EXPECT_GE(port.port, 45210);
      EXPECT_LE(port.port, 45260);
    }
  }
  setenv("LATH_UCX_TCP_PORT_RANGE", "many", 1);
  EXPECT_EQ(TransportProvider::open().error().code, Code::kInvalid);
}

TEST_F(Providers, a_setting_that_is_empty_is_not_set) {
  for (const char* key : {"LATH_UCX_TLS", "LATH_UCX_NET_DEVICES", "LATH_UCX_TCP_PORT_RANGE"}) setenv(key, "", 1);
  EXPECT_TRUE(TransportProvider::open());
  const std::vector<std::string> asked = {"nosuch0"};
  const auto nowhere = network_limits_here(network_settings_here(asked));
  ASSERT_TRUE(nowhere);
  EXPECT_TRUE(nowhere->interfaces_named) << "an empty variable does not overrule what the caller named";
}

TEST_F(Providers, the_ports_of_an_applications_mpi_are_not_ours) {
  setenv("UCX_TCP_PORT_RANGE", "1-1", 1);
  const auto one = open("tcp");
  const auto tcp = tcp_unwrap_address(parts_of(*one)->tcp);
  ASSERT_TRUE(tcp);
  EXPECT_NE(tcp->ports[0].port, 1);
  unsetenv("UCX_TCP_PORT_RANGE");
}

}  // namespace lath
