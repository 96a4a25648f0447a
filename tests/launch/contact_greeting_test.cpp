// Who is let in at the contact port: whoever proves the key, and nobody else, however the greeting is damaged.
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>

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

// Who has recorded a greeting can send it as often as it likes, and holds no place of a client's by it.
TEST_F(Contact, recorded_greetings_keep_nobody_out_and_end_with_the_handshakes_time) {
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  const ContactGreeter recorded(key_);
  std::vector<Descriptor> held;
  for (std::size_t i = 0; i < 1100; ++i) {
    Descriptor socket = raw(server.bound());
    send(socket.number(), recorded.hello().data(), recorded.hello().size(), MSG_NOSIGNAL);
    if (i < 100 || i >= 1000) held.push_back(std::move(socket));
  }
  ASSERT_TRUE(eventually([&] { return server.counters().accepted == 1100; }));
  const TimeNs begin = clock_.now_ns();
  const auto client = connect({server.bound()}, key_);
  ASSERT_TRUE(client) << client.error().text;
  EXPECT_LT(clock_.now_ns() - begin, kContactHandshakeNs) << "it waits for none of theirs to end";
  EXPECT_TRUE(eventually([&] { return server.clients() == 1; }));
  server.skip(kContactHandshakeNs + kSecond);
  for (const Descriptor& socket : held) EXPECT_LE(bytes_until_closed(socket), kContactAnswerBytes);
  EXPECT_EQ(server.clients(), 1U) << "who has proved the key stays";
}

TEST_F(Contact, a_nodes_answer_is_no_greeting) {
  RunningServer server(key_);
  const Greeted client = greeted(server.bound());
  const ContactGreeter greeter(key_);
  std::vector<std::byte> reflected(greeter.hello().begin(), greeter.hello().begin() + 8);  // the mark
  reflected.insert(reflected.end(), client.answer.begin(), client.answer.end());
  ASSERT_EQ(reflected.size(), kContactHelloBytes);
  const Descriptor socket = raw(server.bound());
  send(socket.number(), reflected.data(), reflected.size(), MSG_NOSIGNAL);
  EXPECT_EQ(bytes_until_closed(socket), 0U);
  EXPECT_EQ(server.counters().denied, 1U);
}

TEST_F(Contact, a_port_that_sends_the_greeting_back_does_not_hold_the_key) {
  auto listener = listen_at({"127.0.0.1", 0});
  ASSERT_TRUE(listener);
  std::thread mirror([&] {
    for (int i = 0; i < 2; ++i) {  // a client asks twice
      if (!wait_for(listener->number(), POLLIN, clock_, clock_.now_ns() + 5 * kSecond)) return;
      const Descriptor accepted(accept(listener->number(), nullptr, nullptr));
      std::byte hello[kContactHelloBytes];
      if (recv(accepted.number(), hello, sizeof hello, MSG_WAITALL) != static_cast<ssize_t>(sizeof hello)) return;
      send(accepted.number(), hello + 8, kContactAnswerBytes, MSG_NOSIGNAL);
      std::byte end;
      recv(accepted.number(), &end, 1, 0);
    }
  });
  const auto client = connect({*bound_address(*listener)}, key_, 2 * kSecond);
  mirror.join();
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kDenied) << client.error().text;
}

// Version 1 had no role, and believed a greeting alone.
TEST_F(Contact, a_client_of_the_version_before_is_told_the_version) {
  RunningServer server(key_);
  const ContactGreeter greeter(key_);
  std::vector<unsigned char> hello(kContactHelloBytes);
  std::copy_n(reinterpret_cast<const unsigned char*>(greeter.hello().data()), hello.size(), hello.begin());
  const auto* key = reinterpret_cast<const unsigned char*>(key_.data());
  std::array<unsigned char, 40> proof;
  ASSERT_EQ(crypto_secretbox_open_easy(proof.data(), hello.data() + 32, 56, hello.data() + 8, key), 0);
  proof[0] = 1;
  proof[2] = 0;
  crypto_secretbox_easy(hello.data() + 32, proof.data(), proof.size(), hello.data() + 8, key);
  const Descriptor socket = raw(server.bound());
  send(socket.number(), hello.data(), hello.size(), MSG_NOSIGNAL);
  EXPECT_EQ(bytes_until_closed(socket), kContactAnswerBytes);
  EXPECT_EQ(server.counters().version, 1U);
  EXPECT_EQ(server.counters().denied, 0U);
}

}  // namespace
}  // namespace lath
