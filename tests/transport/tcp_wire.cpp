// What TCP transports say to each other, whole and damaged. The golden bytes are those of docs/wire.md.
#include "transport/tcp_wire.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "lath/limits.hpp"
#include "tests/damage.hpp"
#include "tests/hex.hpp"
#include "transport/joint_address.hpp"

namespace lath {

namespace {

std::vector<std::byte> header_bytes(TcpHeader header) {
  std::vector<std::byte> bytes(sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

bool is_accepted(TcpKind kind, std::size_t body) {
  return tcp_decode_header(header_bytes({.bytes = static_cast<std::uint32_t>(body), .kind = kind})).has_value();
}

constexpr TcpHello kHelloWithAll = {.cookie = 0x1122334455667788,
                                    .sender = {0xa1, 0xa2},
                                    .target = {0xb1, 0xb2},
                                    .number = 3,
                                    .credit_messages = 64,
                                    .credit_bytes = 1 << 20};

template <class Unwrap>
void expect_damage_is_noticed(const Address& address, Unwrap unwrap) {
  ASSERT_TRUE(unwrap(address));
  for (std::size_t length = 0; length < address.size(); ++length) EXPECT_FALSE(unwrap(Bytes(address).first(length))) << length;
  for (std::size_t at = 0; at < address.size(); ++at) {
    Address damaged = address;
    damaged[at] ^= std::byte{1};
    EXPECT_FALSE(unwrap(Bytes(damaged))) << at;
  }
}

}  // namespace

TEST(TcpWire, a_header_has_these_bytes) {
  const TcpHeader header = {.bytes = 0x102, .credit_bytes = 0x304, .credit_messages = 5, .kind = TcpKind::kData};
  EXPECT_EQ(testing::hex(header_bytes(header)),
            "02010000"  // bytes that follow
            "04030000"  // bytes of credit that come back
            "544c"      // the mark "TL"
            "05"        // messages of credit
            "01");      // kind: data
  EXPECT_EQ(testing::hex(header_bytes({.bytes = kTcpHelloBytes, .kind = TcpKind::kHello})),
            "38000000"  // a hello of 56 bytes follows
            "00000000"
            "544c"
            "00"
            "02");
}

TEST(TcpWire, kinds_have_these_numbers) {
  const std::vector<std::pair<TcpKind, unsigned>> numbers = {{TcpKind::kData, 1},   {TcpKind::kHello, 2},   {TcpKind::kHelloAck, 3},
                                                             {TcpKind::kCredit, 4}, {TcpKind::kGoodbye, 5}, {TcpKind::kCrossed, 6},
                                                             {TcpKind::kAsk, 7},    {TcpKind::kHere, 8}};
  for (const auto& [kind, number] : numbers) EXPECT_EQ(static_cast<unsigned>(kind), number);
}

TEST(TcpWire, a_hello_has_these_bytes) {
  FrameBuffer frame;
  tcp_encode(kHelloWithAll, frame);
  EXPECT_EQ(testing::hex(frame.bytes()),
            "8877665544332211"  // the cluster's cookie
            "a100000000000000"  // the sender's name
            "a200000000000000"
            "b100000000000000"  // the name of whom it greets
            "b200000000000000"
            "0300000000000000"  // its sender's third
            "40000000"          // credit that it grants: 64 messages
            "00001000");        // of 1 MiB together
}

TEST(TcpWire, headers_and_hellos_meet_every_prefix_and_every_flipped_byte) {
  const std::vector<std::byte> header = header_bytes({.bytes = 0x102, .credit_bytes = 0x304, .credit_messages = 5});
  testing::for_each_prefix(header, [](Bytes prefix) { EXPECT_FALSE(tcp_decode_header(prefix)) << prefix.size(); });
  testing::for_each_flipped_byte(header, [](Bytes damaged) {
    const auto decoded = tcp_decode_header(damaged);
    if (!decoded) return;
    EXPECT_EQ(testing::hex(header_bytes(*decoded)), testing::hex(damaged));
  });
  FrameBuffer hello;
  tcp_encode(kHelloWithAll, hello);
  testing::for_each_prefix(hello.bytes(), [](Bytes prefix) { EXPECT_FALSE(tcp_decode_hello(prefix)) << prefix.size(); });
  testing::for_each_flipped_byte(hello.bytes(), [](Bytes damaged) {
    const auto decoded = tcp_decode_hello(damaged);
    if (!decoded) return;
    FrameBuffer again;
    tcp_encode(*decoded, again);
    EXPECT_EQ(testing::hex(again.bytes()), testing::hex(damaged));
  });
}

TEST(TcpWire, a_header_has_a_known_kind_and_its_size) {
  EXPECT_TRUE(is_accepted(TcpKind::kData, kFrameBytesMax));
  EXPECT_FALSE(is_accepted(TcpKind::kData, kFrameBytesMax + 1));
  EXPECT_TRUE(is_accepted(TcpKind::kHello, kTcpHelloBytes));
  EXPECT_FALSE(is_accepted(TcpKind::kHello, kTcpHelloBytes - 1));
  EXPECT_FALSE(is_accepted(TcpKind::kCredit, 1));
  EXPECT_FALSE(is_accepted(TcpKind::kGoodbye, 1));
  for (const TcpKind bare : {TcpKind::kCrossed, TcpKind::kAsk, TcpKind::kHere}) {
    EXPECT_TRUE(is_accepted(bare, 0));
    EXPECT_FALSE(is_accepted(bare, 1));
  }
  for (const unsigned kind : {0U, 9U, 255U}) EXPECT_FALSE(is_accepted(static_cast<TcpKind>(kind), 0)) << kind;
  std::vector<std::byte> damaged = header_bytes({});
  EXPECT_TRUE(tcp_decode_header(damaged));
  EXPECT_FALSE(tcp_decode_header(Bytes(damaged).first(damaged.size() - 1)));
  damaged[8] ^= std::byte{1};
  EXPECT_FALSE(tcp_decode_header(damaged)) << "another mark";
}

TEST(TcpWire, hellos_come_back_whole_or_not_at_all) {
  const TcpHello hello = {.cookie = 1, .sender = {2, 3}, .target = {4, 5}, .credit_messages = 6, .credit_bytes = 7};
  FrameBuffer frame;
  tcp_encode(hello, frame);
  const auto decoded = tcp_decode_hello(frame.bytes());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->sender, hello.sender);
  EXPECT_EQ(decoded->target, hello.target);
  EXPECT_FALSE(tcp_decode_hello(frame.bytes().first(frame.size() - 1)));
  for (const TcpHello& useless :
       {TcpHello{.credit_messages = 0, .credit_bytes = 7}, TcpHello{.credit_messages = 6, .credit_bytes = 0}}) {
    frame.clear();
    tcp_encode(useless, frame);
    EXPECT_FALSE(tcp_decode_hello(frame.bytes())) << "nothing could ever be sent";
  }
}

TEST(TcpWire, addresses_survive_damage) {
  std::vector<TcpPort> ports(kTcpPortsMax + 1, {.ip_version = 4, .unused = 0, .port = 5, .ip = {10, 0, 0, 1}});
  const Address address = tcp_wrap_address({.name = {8, 9}, .ports = ports});
  const auto unwrapped = tcp_unwrap_address(address);
  ASSERT_TRUE(unwrapped);
  EXPECT_EQ(unwrapped->name, (TcpName{8, 9}));
  ports.pop_back();
  EXPECT_EQ(unwrapped->ports, ports) << "as many as an address may have";
  expect_damage_is_noticed(address, &tcp_unwrap_address);
  ports[0].ip_version = 5;
  EXPECT_FALSE(tcp_unwrap_address(tcp_wrap_address({.name = {8, 9}, .ports = ports})));
  EXPECT_FALSE(tcp_unwrap_address(tcp_wrap_address({.name = {8, 9}, .ports = {}})));
}

TEST(JointAddresses, survive_damage) {
  const JointAddress address = {
      .memory_domain = 7, .has_rdma = true, .ucx = Address(20, std::byte{1}), .tcp = Address(30, std::byte{2})};
  const Address wrapped = joint_wrap_address(address);
  const auto unwrapped = joint_unwrap_address(wrapped);
  ASSERT_TRUE(unwrapped);
  EXPECT_EQ(unwrapped->memory_domain, 7U);
  EXPECT_TRUE(unwrapped->has_rdma);
  EXPECT_EQ(unwrapped->ucx, address.ucx);
  EXPECT_EQ(unwrapped->tcp, address.tcp);
  expect_damage_is_noticed(wrapped, &joint_unwrap_address);
  EXPECT_FALSE(joint_unwrap_address(joint_wrap_address({.ucx = Address(kAddressBytesMax), .tcp = {}})));
}

TEST(TcpInterfaces, are_used_in_the_order_of_who_is_likelier_reached) {
  const auto at = [](std::uint8_t net, unsigned rank) {
    return TcpInterface{.name = "if", .address = {.ip_version = 4, .unused = 0, .port = 0, .ip = {net, 0, 0, 1}}, .rank = rank};
  };
  const auto used = tcp_interfaces_to_use({at(127, 0), at(10, 2), at(11, 4), at(192, 0), at(172, 0)});
  std::vector<int> nets;
  for (const TcpInterface& each : used) nets.push_back(each.address.ip[0]);
  EXPECT_EQ(nets, (std::vector<int>{172, 192, 10, 11}));
  EXPECT_EQ(tcp_interfaces_to_use({at(127, 0)}).size(), 1U) << "loopback where there is no other";
}

TEST(TcpPorts, of_a_range_are_taken_one_after_another_and_then_refused) {
  const TcpPort here = {.ip_version = 4, .unused = 0, .port = 0, .ip = {127, 0, 0, 3}};
  const auto any = tcp_listen(here, {}, 1);
  ASSERT_TRUE(any) << any.error().text;
  const std::uint16_t taken = tcp_port_of(*any).port;
  const auto refused = tcp_listen(here, {.first = taken, .last = taken}, 1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("all the ports that may be used are taken"), std::string::npos) << refused.error().text;
  const auto next = tcp_listen(here, {.first = taken, .last = static_cast<std::uint16_t>(taken + 20)}, 1);
  ASSERT_TRUE(next) << next.error().text;
  EXPECT_GT(tcp_port_of(*next).port, taken);
  const TcpPort elsewhere = {.ip_version = 4, .unused = 0, .port = 0, .ip = {192, 0, 2, 1}};
  const auto not_ours = tcp_listen(elsewhere, {}, 1);
  ASSERT_FALSE(not_ours);
  EXPECT_EQ(not_ours.error().code, Code::kNotFound);
}

}  // namespace lath
