// Who is let in at the contact port: whoever proves the key, and nobody else, however the greeting is damaged.
#include <gtest/gtest.h>

#include "contact_fixture.hpp"

namespace lath {
namespace {

using testing::Contact;
using testing::kSecond;
using testing::RunningServer;
using testing::view_of;

TEST_F(Contact, a_wrong_key_gets_no_byte_and_a_clear_error) {
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  const ClusterKey wrong = make_cluster_key();
  const Descriptor socket = raw(server.bound());
  const ContactGreeter greeter(wrong);
  ASSERT_GT(send(socket.number(), greeter.hello().data(), greeter.hello().size(), MSG_NOSIGNAL), 0);
  EXPECT_EQ(bytes_until_closed(socket), 0U);
  const auto client = connect({server.bound()}, wrong);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kDenied);
  EXPECT_NE(client.error().text.find("key"), std::string::npos);
  EXPECT_EQ(server.counters().denied, 3U) << "a client asks twice: a node that has just ended says as little";
  EXPECT_EQ(server.counters().welcomed, 0U);
}

TEST_F(Contact, every_flipped_byte_of_a_greeting_gets_no_byte) {
  RunningServer server(key_);
  const ContactGreeter greeter(key_);
  for (std::size_t i = 0; i < kContactHelloBytes; ++i) {
    std::vector<std::byte> hello(greeter.hello().begin(), greeter.hello().end());
    hello[i] ^= std::byte{0x10};
    const Descriptor socket = raw(server.bound());
    send(socket.number(), hello.data(), hello.size(), MSG_NOSIGNAL);
    EXPECT_EQ(bytes_until_closed(socket), 0U);
  }
  EXPECT_EQ(server.counters().denied, kContactHelloBytes);
}

TEST_F(Contact, garbage_is_counted_and_closed_and_others_are_served) {
  RunningServer server(key_);
  server.tell(view_of(2, 1));
  Random random(1);
  for (std::size_t i = 0; i < 50; ++i) {
    std::vector<std::byte> garbage(1 + random.below(400));
    for (std::byte& byte : garbage) byte = static_cast<std::byte>(random.next());
    const Descriptor socket = raw(server.bound());
    send(socket.number(), garbage.data(), garbage.size(), MSG_NOSIGNAL);
    EXPECT_EQ(bytes_until_closed(socket), 0U);
  }
  EXPECT_EQ(server.counters().denied, 50U);
  EXPECT_TRUE(connect({server.bound()}, key_));
}

TEST_F(Contact, half_a_greeting_is_dropped_when_its_time_is_up) {
  RunningServer server(key_);
  const ContactGreeter greeter(key_);
  const Descriptor slow = raw(server.bound());
  const Descriptor silent = raw(server.bound());
  send(slow.number(), greeter.hello().data(), kContactHelloBytes - 1, MSG_NOSIGNAL);
  ASSERT_TRUE(eventually([&] { return server.counters().accepted == 2; }));
  server.skip(kContactHandshakeNs + kSecond);
  EXPECT_EQ(bytes_until_closed(slow), 0U);
  EXPECT_EQ(bytes_until_closed(silent), 0U);
  EXPECT_EQ(server.counters().timed_out, 2U);
}

TEST_F(Contact, whoever_leaves_in_the_middle_of_a_greeting_is_counted) {
  RunningServer server(key_);
  const ContactGreeter greeter(key_);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kContactHelloBytes - 1}) {
    const Descriptor socket = raw(server.bound());
    send(socket.number(), greeter.hello().data(), size, MSG_NOSIGNAL);
    shutdown(socket.number(), SHUT_WR);  // half closed: it could still be answered
    EXPECT_EQ(bytes_until_closed(socket), 0U);
  }
  EXPECT_EQ(server.counters().abandoned, 3U);
  EXPECT_EQ(server.counters().denied, 0U);
}

}  // namespace
}  // namespace lath
