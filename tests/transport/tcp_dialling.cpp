// What a TCP transport does with the hosts that it dials: it connects where one answers, and waits for none that does not.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "test_port.hpp"
#include "transport/tcp_transport.hpp"
#include "transport/tcp_wire.hpp"

namespace lath {

namespace {

struct DialTold final : TransportEvents {
  void on_message(const Message&) override { ++received; }
  void on_peer_failed(PeerId, const Error& error) override { errors.push_back(error); }
  std::size_t received = 0;
  std::vector<Error> errors;
};

class DialClock final : public Clock {
 public:
  TimeNs now_ns() const override { return clock_.now_ns() + later_ns; }
  std::uint64_t wall_us() const override { return clock_.wall_us(); }
  TimeNs later_ns = 0;

 private:
  SystemClock clock_;
};

class TcpDialling : public ::testing::Test {
 protected:
  TcpDialling() {
    own_ = open(1);
    other_ = open(2);
  }
  // At an address of its own, as another host is.
  std::unique_ptr<TcpTransport> open(std::uint8_t name) {
    const TcpPort at = {.ip_version = 4, .unused = 0, .port = 0, .ip = {127, 0, 1, name}};
    return std::move(*TcpTransport::open({.addresses = {at}, .ports = {}}, 1, {name, name}, clock_));
  }
  // The other's, as if it listened there too.
  Address address_at(std::vector<const TestPort*> ports, bool also_where_it_does = false) const {
    TcpAddress address = *tcp_unwrap_address(other_->address());
    if (!also_where_it_does) address.ports.clear();
    for (const TestPort* port : ports) address.ports.insert(address.ports.begin(), port->where());
    return tcp_wrap_address(address);
  }
  template <class Until>
  bool turn_until(Until until) {
    const SystemClock real;
    for (const TimeNs end = real.now_ns() + 20'000'000'000; real.now_ns() < end && !until();) {
      own_->poll(8, at_own_);
      other_->poll(8, at_other_);
    }
    return until();
  }
  void send(PeerId to) {
    FrameBuffer frame = own_->acquire();
    frame.extend(8);
    EXPECT_EQ(own_->send(to, frame), Sent::kAccepted);
  }

  DialClock clock_;
  std::unique_ptr<TcpTransport> own_;
  std::unique_ptr<TcpTransport> other_;
  DialTold at_own_;
  DialTold at_other_;
};

}  // namespace

TEST_F(TcpDialling, what_waited_is_sent_once_the_host_has_answered) {
  const PeerId peer = *own_->connect(other_->address());
  EXPECT_EQ(*own_->connect(other_->address()), peer) << "one connection, also while it is dialed";
  send(peer);
  EXPECT_EQ(own_->path(peer), "");
  ASSERT_TRUE(turn_until([&] { return at_other_.received == 1; }));
  EXPECT_TRUE(own_->is_open(peer));
  EXPECT_EQ(own_->path(peer), "tcp");
}

TEST_F(TcpDialling, one_network_that_answers_is_enough) {
  const TestPort silent(TestPort::Kind::kSilent);
  const TestPort closed(TestPort::Kind::kClosed);
  const PeerId peer = *own_->connect(address_at({&silent, &closed}, true));
  send(peer);
  EXPECT_TRUE(turn_until([&] { return at_other_.received == 1; }));
}

// Who took the connection is not the peer: another host has the same address in another network, or the peer's port by now.
TEST_F(TcpDialling, who_answers_and_is_not_the_peer_does_not_stand_in_its_way) {
  const TestPort mute(TestPort::Kind::kAnswers);
  TcpAddress address = *tcp_unwrap_address(other_->address());
  address.ports.insert(address.ports.begin(), mute.where());
  send(*own_->connect(tcp_wrap_address(address)));
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);
  clock_.later_ns = kGreetingAgainNs;
  EXPECT_TRUE(turn_until([&] { return at_other_.received == 1; })) << "a port that takes connections and says nothing";

  const auto third = open(3);
  DialTold at_third;
  address = *tcp_unwrap_address(other_->address());
  address.name = {9, 9};
  TcpAddress wanted = *tcp_unwrap_address(third->address());
  wanted.ports.insert(wanted.ports.begin(), address.ports[0]);
  send(*own_->connect(tcp_wrap_address(wanted)));
  EXPECT_TRUE(turn_until([&] {
    third->poll(8, at_third);
    return at_third.received == 1;
  })) << "another endpoint, which sends the hello away";
  EXPECT_TRUE(at_own_.errors.empty()) << at_own_.errors[0].text;
}

TEST_F(TcpDialling, an_address_that_this_host_has_no_more_is_not_listened_at) {
  const TcpPort here = tcp_unwrap_address(own_->address())->ports[0];
  const TcpPort gone = {.ip_version = 4, .unused = 0, .port = 0, .ip = {192, 0, 2, 1}};
  const TcpPort any_port = {.ip_version = 4, .unused = 0, .port = 0, .ip = here.ip};
  const auto opened = TcpTransport::open({.addresses = {gone, any_port}, .ports = {}}, 1, {4, 4}, clock_);
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(tcp_unwrap_address((*opened)->address())->ports.size(), 1U);
  const auto nowhere = TcpTransport::open({.addresses = {gone}, .ports = {}}, 1, {4, 4}, clock_);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::kIo);
}

// A host that stalls for longer than a hello is waited for, and has another address, at which nothing answers.
TEST_F(TcpDialling, who_answers_late_is_gone_back_to) {
  const TestPort silent(TestPort::Kind::kSilent);
  const PeerId peer = *own_->connect(address_at({&silent}, true));
  send(peer);
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);
  clock_.later_ns = kGreetingAgainNs;
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);  // dials the silent one
  clock_.later_ns = kGreetingAgainNs + 2'500'000'000;
  EXPECT_TRUE(turn_until([&] { return at_other_.received == 1; }));
  EXPECT_TRUE(at_own_.errors.empty()) << at_own_.errors[0].text;
}

TEST_F(TcpDialling, two_that_greet_each_other_at_once_lose_nothing) {
  for (int round = 0; round < 50; ++round) {
    const PeerId there = *other_->connect(own_->address());
    for (int turn = 0; turn < 20; ++turn) other_->poll(8, at_other_);  // its hello is out
    const PeerId here = *own_->connect(other_->address());
    for (int turn = 0; turn < 20; ++turn) own_->poll(8, at_own_);  // both hellos are, and the first is taken
    ASSERT_TRUE(turn_until([&] { return own_->is_open(here) && other_->is_open(there); }));
    for (int turn = 0; turn < 50; ++turn) {
      other_->poll(8, at_other_);
      own_->poll(8, at_own_);
    }
    EXPECT_TRUE(at_own_.errors.empty()) << at_own_.errors[0].text;
    EXPECT_TRUE(at_other_.errors.empty()) << at_other_.errors[0].text;
    own_->disconnect(here);
    ASSERT_TRUE(turn_until([&] { return !at_other_.errors.empty(); }));
    at_other_.errors.clear();
    at_own_.errors.clear();
  }
}

TEST_F(TcpDialling, what_was_given_up_is_not_told_of) {
  const PeerId peer = *own_->connect(other_->address());
  send(peer);
  ASSERT_TRUE(turn_until([&] { return at_other_.received == 1; }));
  struct Dropping final : TransportEvents {
    Dropping(TcpTransport& of, PeerId who) : transport(of), peer(who) {}
    void on_message(const Message&) override { transport.disconnect(peer); }
    void on_peer_failed(PeerId, const Error&) override { ++failed; }
    TcpTransport& transport;
    PeerId peer;
    std::size_t failed = 0;
  } dropping(*own_, peer);
  // A frame and the goodbye behind it, in one turn: the handler drops the connection before its end is told.
  const PeerId back = *other_->connect(own_->address());
  FrameBuffer frame = other_->acquire();
  frame.extend(4);
  ASSERT_EQ(other_->send(back, frame), Sent::kAccepted);
  other_->disconnect(back);
  for (int turn = 0; turn < 2000 && own_->is_open(peer); ++turn) own_->poll(8, dropping);
  for (int turn = 0; turn < 100; ++turn) own_->poll(8, dropping);
  EXPECT_EQ(dropping.failed, 0U);
  EXPECT_EQ(*own_->connect(other_->address()), (PeerId{.index = peer.index, .generation = peer.generation + 1}))
      << "its slot is free";
}

// A container bridge has the same address on every host: who answers there is not the peer.
TEST_F(TcpDialling, an_address_that_is_ours_too_is_not_the_peers) {
  TcpAddress address = *tcp_unwrap_address(other_->address());
  address.ports.insert(address.ports.begin(), tcp_unwrap_address(own_->address())->ports[0]);
  const PeerId peer = *own_->connect(tcp_wrap_address(address));
  send(peer);
  EXPECT_TRUE(turn_until([&] { return at_other_.received == 1; }));
  EXPECT_EQ(own_->counters().dropped_foreign, 0U);
}

TEST_F(TcpDialling, a_host_that_does_not_answer_keeps_nobody_waiting) {
  const TestPort port(TestPort::Kind::kSilent);
  const SystemClock real;
  const TimeNs began_ns = real.now_ns();
  const PeerId peer = *own_->connect(address_at({&port}));
  send(peer);
  for (int turn = 0; turn < 100; ++turn) own_->poll(8, at_own_);
  EXPECT_LT(real.now_ns() - began_ns, 1'000'000'000);
  EXPECT_TRUE(at_own_.errors.empty());
  EXPECT_TRUE(own_->arm()) << "nothing to do until the host answers or its time is over";
  clock_.later_ns = kGreetingNsMax;
  ASSERT_TRUE(turn_until([&] { return !at_own_.errors.empty(); }));
  EXPECT_EQ(at_own_.errors[0].code, Code::kUnreachable);
  EXPECT_NE(at_own_.errors[0].text.find("does not answer at " + text_of(port.where())), std::string::npos)
      << at_own_.errors[0].text;
  EXPECT_TRUE(own_->is_alone());
}

TEST_F(TcpDialling, a_closed_port_is_a_lost_peer) {
  const TestPort port(TestPort::Kind::kClosed);
  ASSERT_TRUE(own_->connect(address_at({&port})));
  ASSERT_TRUE(turn_until([&] { return !at_own_.errors.empty(); }));
  EXPECT_EQ(at_own_.errors[0].code, Code::kUnreachable);
}

TEST_F(TcpDialling, who_accepts_and_says_nothing_is_given_up) {
  const TestPort port(TestPort::Kind::kAnswers);
  ASSERT_TRUE(own_->connect(address_at({&port})));
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);
  EXPECT_TRUE(port.was_visited());
  EXPECT_TRUE(at_own_.errors.empty());
  clock_.later_ns = kGreetingNsMax;
  ASSERT_TRUE(turn_until([&] { return !at_own_.errors.empty(); }));
  EXPECT_NE(at_own_.errors[0].text.find("did not answer our hello"), std::string::npos) << at_own_.errors[0].text;
}

TEST_F(TcpDialling, who_connects_to_us_meanwhile_is_not_waited_for) {
  const TestPort port(TestPort::Kind::kSilent);
  const PeerId peer = *own_->connect(address_at({&port}));
  send(peer);
  ASSERT_TRUE(other_->connect(own_->address()));
  ASSERT_TRUE(turn_until([&] { return at_other_.received == 1; }));
  EXPECT_TRUE(own_->is_open(peer));
  clock_.later_ns = kGreetingNsMax;
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);
  EXPECT_TRUE(at_own_.errors.empty()) << at_own_.errors[0].text;
}

TEST_F(TcpDialling, who_is_dropped_meanwhile_is_dialed_no_more) {
  const TestPort silent(TestPort::Kind::kSilent);
  const TestPort answers(TestPort::Kind::kAnswers);
  for (const TestPort* port : {&silent, &answers}) own_->disconnect(*own_->connect(address_at({port})));
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);
  EXPECT_TRUE(at_own_.errors.empty());
  EXPECT_TRUE(own_->arm());
  EXPECT_TRUE(own_->is_alone());
  ASSERT_TRUE(own_->connect(address_at({&silent})));
  own_.reset();  // while it is dialed
}

}  // namespace lath
