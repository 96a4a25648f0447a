// What anybody may send to a port of a TCP transport: it ends that socket, and nothing else.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "base/random.hpp"
#include "tests/few_descriptors.hpp"
#include "transport/tcp_transport.hpp"
#include "transport/tcp_wire.hpp"

namespace lath {

namespace {

constexpr TcpName kForeigner = {7, 7};
constexpr TcpName kReceiver = {1, 1};

struct Heard final : TransportEvents {
  void on_message(const Message&) override { ++received; }
  void on_peer_failed(PeerId, const Error&) override { ++failed; }
  std::size_t received = 0;
  std::size_t failed = 0;
};

std::vector<std::byte> framed(TcpKind kind, Bytes body, std::uint8_t credit = 0) {
  const TcpHeader header = {.bytes = static_cast<std::uint32_t>(body.size()), .credit_messages = credit, .kind = kind};
  std::vector<std::byte> bytes(sizeof header + body.size());
  std::memcpy(bytes.data(), &header, sizeof header);
  if (!body.empty()) std::memcpy(bytes.data() + sizeof header, body.data(), body.size());
  return bytes;
}

std::vector<std::byte> hello(const TcpHello& said, TcpKind kind = TcpKind::kHello) {
  FrameBuffer frame;
  tcp_encode(said, frame);
  return framed(kind, frame.bytes());
}

std::vector<std::byte> hello(std::uint64_t cookie = 1, TcpName target = kReceiver, TcpKind kind = TcpKind::kHello) {
  return hello({.cookie = cookie, .sender = kForeigner, .target = target, .number = 1, .credit_messages = 4, .credit_bytes = 4096},
               kind);
}

std::vector<std::byte> numbered_hello(std::uint64_t number) {
  return hello(
      {.cookie = 1, .sender = kForeigner, .target = kReceiver, .number = number, .credit_messages = 4, .credit_bytes = 4096});
}

class TcpForeign : public ::testing::Test {
 protected:
  TcpForeign() {
    const TcpPlaces places = {.addresses = {{.ip_version = 4, .unused = 0, .port = 0, .ip = {127, 0, 0, 1}}}, .ports = {}};
    receiver_ = std::move(*TcpTransport::open(places, 1, kReceiver, clock_));
    friend_ = std::move(*TcpTransport::open(places, 1, {2, 2}, clock_));
    links_ = receiver_->links();
  }
  Descriptor dial() {
    sockaddr_storage name = {};
    const socklen_t size = fill_in(tcp_unwrap_address(receiver_->address())->ports[0], name);
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(connect(socket.number(), reinterpret_cast<const sockaddr*>(&name), size), 0);
    return socket;
  }
  void say(const Descriptor& socket, Bytes bytes) {
    EXPECT_EQ(::send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  bool is_ended(const Descriptor& socket) {
    for (int turn = 0; turn < 2000; ++turn) {
      receiver_->poll(8, heard_);
      char rest[256];
      const ssize_t count = recv(socket.number(), rest, sizeof rest, MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN)) return true;
      if (count < 0) usleep(1000);
    }
    return false;
  }
  // The rest of the world notices nothing.
  void expect_others_are_served() {
    const std::size_t before = heard_.received;
    const PeerId peer = *friend_->connect(receiver_->address());
    FrameBuffer frame = friend_->acquire();
    frame.extend(3);
    ASSERT_EQ(friend_->send(peer, frame), Sent::kAccepted);
    Heard ignored;
    for (int turn = 0; turn < 5000 && heard_.received == before; ++turn) {
      friend_->poll(8, ignored);
      receiver_->poll(8, heard_);
      if (turn > 100) usleep(1000);
    }
    EXPECT_EQ(heard_.received, before + 1);
  }

  SystemClock clock_;
  std::unique_ptr<TcpTransport> receiver_;
  std::unique_ptr<TcpTransport> friend_;
  std::size_t links_ = 0;
  Heard heard_;
};

}  // namespace

TEST_F(TcpForeign, ends_with_whoever_does_not_begin_with_a_hello_of_this_cluster) {
  const std::vector<std::byte> garbage(100, std::byte{0x5a});
  const std::vector<std::byte> large = framed(TcpKind::kData, std::vector<std::byte>(kTcpHelloBytes + 1));
  const std::vector<std::byte> early = framed(TcpKind::kData, {});
  for (const auto& first : {garbage, large, early, hello(2), hello(1, {9, 9}), hello(1, kReceiver, TcpKind::kHelloAck),
                            framed(TcpKind::kGoodbye, {}), framed(TcpKind::kCrossed, {}), framed(TcpKind::kAsk, {})}) {
    const std::uint64_t dropped = receiver_->counters().dropped_foreign;
    const Descriptor socket = dial();
    say(socket, first);
    EXPECT_TRUE(is_ended(socket));
    EXPECT_EQ(receiver_->counters().dropped_foreign, dropped + 1);
  }
  EXPECT_EQ(heard_.failed, 0U) << "nobody knew them";
  expect_others_are_served();
}

TEST_F(TcpForeign, is_a_lost_peer_when_it_says_what_may_not_follow_a_hello) {
  std::size_t failed = 0;
  for (const auto& next : {hello(), hello(1, kReceiver, TcpKind::kHelloAck), framed(TcpKind::kCrossed, {}),
                           std::vector<std::byte>(50, std::byte{1})}) {
    const Descriptor socket = dial();
    say(socket, hello());
    say(socket, next);
    EXPECT_TRUE(is_ended(socket));
    EXPECT_EQ(heard_.failed, ++failed);
  }
  EXPECT_EQ(heard_.received, 0U);
  expect_others_are_served();
}

// Two that greet each other at once drop one of the two sockets, whose hello may be read last.
TEST_F(TcpForeign, hellos_that_a_connection_has_overtaken_leave_it_alone) {
  const Descriptor first = dial();
  say(first, numbered_hello(5));
  say(first, framed(TcpKind::kData, std::vector<std::byte>(8)));
  for (int turn = 0; turn < 2000 && heard_.received == 0; ++turn) receiver_->poll(8, heard_);
  ASSERT_EQ(heard_.received, 1U);
  for (const std::uint64_t number : {4U, 5U}) {
    const Descriptor late = dial();
    say(late, numbered_hello(number));
    EXPECT_TRUE(is_ended(late)) << number;
  }
  EXPECT_EQ(heard_.failed, 0U);
  const Descriptor newer = dial();
  say(newer, numbered_hello(6));
  EXPECT_TRUE(is_ended(first)) << "it was given up for another";
  EXPECT_EQ(heard_.failed, 1U);
}

TEST_F(TcpForeign, gains_nothing_by_credit_that_it_was_not_owed) {
  const Descriptor socket = dial();
  say(socket, hello());
  say(socket, framed(TcpKind::kData, std::vector<std::byte>(8), 255));
  for (int turn = 0; turn < 2000 && heard_.received == 0; ++turn) {
    receiver_->poll(8, heard_);
    usleep(100);
  }
  EXPECT_EQ(heard_.received, 1U);
  expect_others_are_served();
}

TEST_F(TcpForeign, bytes_of_every_kind_and_length_end_their_socket_alone) {
  Random random(4);
  for (int round = 0; round < 200; ++round) {
    const Descriptor socket = dial();
    std::vector<std::byte> bytes = round % 2 == 0 ? hello() : std::vector<std::byte>();
    for (std::size_t count = random.next() % 200; count > 0; --count) bytes.push_back(static_cast<std::byte>(random.next()));
    say(socket, bytes);
    shutdown(socket.number(), SHUT_WR);
    EXPECT_TRUE(is_ended(socket)) << round;
  }
  EXPECT_EQ(receiver_->links(), links_);
  expect_others_are_served();
}

TEST_F(TcpForeign, a_hello_that_comes_byte_by_byte_is_one) {
  const Descriptor socket = dial();
  for (const std::byte byte : hello()) {
    say(socket, Bytes(&byte, 1));
    receiver_->poll(8, heard_);
  }
  say(socket, framed(TcpKind::kData, std::vector<std::byte>(8)));
  for (int turn = 0; turn < 2000 && heard_.received == 0; ++turn) receiver_->poll(8, heard_);
  EXPECT_EQ(heard_.received, 1U);
}

TEST_F(TcpForeign, a_crowd_that_says_nothing_gives_way_to_who_does) {
  rlimit limit = {};  // both ends of each socket are here
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<Descriptor> crowd;
  for (int i = 0; i < 600; ++i) {
    crowd.push_back(dial());
    receiver_->poll(8, heard_);
  }
  EXPECT_LE(receiver_->links(), links_ + 256);
  expect_others_are_served();
}

// As when all the ranks of a job begin at once, at a shard that is busy.
TEST_F(TcpForeign, of_a_crowd_that_has_greeted_nobody_gives_way) {
  std::vector<Descriptor> crowd;
  for (std::uint64_t name = 0; name < 400; ++name) {
    crowd.push_back(dial());
    say(crowd.back(),
        hello({.cookie = 1, .sender = {9, name}, .target = kReceiver, .number = 1, .credit_messages = 4, .credit_bytes = 4096}));
    say(crowd.back(), framed(TcpKind::kData, std::vector<std::byte>(8)));
  }
  for (int turn = 0; turn < 2000 && heard_.received < crowd.size(); ++turn) receiver_->poll(8, heard_);
  EXPECT_EQ(heard_.received, crowd.size());
  EXPECT_EQ(heard_.failed, 0U);
}

// Its last words are there to be read while a send to it fails already.
TEST_F(TcpForeign, is_heard_to_the_end_when_nothing_can_be_sent_to_it_any_more) {
  Descriptor socket = dial();
  const int at_once = 1;  // nothing of it waits for our host's acknowledgement
  ASSERT_EQ(setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once), 0);
  say(socket, hello());
  say(socket, framed(TcpKind::kData, std::vector<std::byte>(8)));
  struct Sender final : TransportEvents {
    void on_message(const Message& message) override { from = message.from; }
    void on_peer_failed(PeerId, const Error&) override {}
    PeerId from;
  } sender;
  for (int turn = 0; turn < 2000 && sender.from == PeerId{}; ++turn) receiver_->poll(8, sender);
  for (int i = 0; i < 3; ++i) say(socket, framed(TcpKind::kData, std::vector<std::byte>(8)));
  say(socket, framed(TcpKind::kGoodbye, {}));
  socket.close();  // with our hello's answer unread: what is sent there comes back as a reset
  Sent sent = Sent::kAccepted;
  for (int turn = 0; turn < 3 && sent == Sent::kAccepted; ++turn, usleep(10'000)) {
    FrameBuffer frame = receiver_->acquire();
    frame.extend(8);
    sent = receiver_->send(sender.from, frame);
  }
  EXPECT_EQ(sent, Sent::kBusy) << "it ends in the next poll()";
  EXPECT_FALSE(receiver_->arm());
  EXPECT_EQ(receiver_->poll(2, heard_), 2U) << "no more than was asked for";
  for (int turn = 0; turn < 10; ++turn) receiver_->poll(8, heard_);
  EXPECT_EQ(heard_.received, 3U);
  EXPECT_EQ(heard_.failed, 1U);
  EXPECT_EQ(receiver_->counters().peers_closed, 1U) << "it said goodbye";
}

TEST_F(TcpForeign, without_descriptors_newcomers_wait_and_wake_nobody) {
  // One that is let in first: a sanitizer has seen every type then, which takes a descriptor.
  const Descriptor early = dial();
  for (int turn = 0; turn < 100; ++turn) receiver_->poll(8, heard_);
  const Descriptor socket = dial();
  {
    const testing::FewDescriptors few(0);
    ASSERT_TRUE(few.held());
    receiver_->poll(8, heard_);
    pollfd woken = {.fd = receiver_->event_fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&woken, 1, 20), 0) << "who cannot be let in must not keep us awake";
  }
  expect_others_are_served();
  say(socket, std::vector<std::byte>(100));
  EXPECT_TRUE(is_ended(socket));
}

}  // namespace lath
