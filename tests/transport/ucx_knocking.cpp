// What a UCX transport does with the hosts that it knocks at: connects where one answers, and waits for none that does not.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/ucx_wire.hpp"
#include "ucx_port.hpp"

namespace lath {

namespace {

struct Told final : TransportEvents {
  void on_message(const Message&) override { ++received; }
  void on_peer_failed(PeerId, const Error& error) override { errors.push_back(error); }
  std::size_t received = 0;
  std::vector<Error> errors;
};

class LaterClock final : public Clock {
 public:
  TimeNs now_ns() const override { return clock_.now_ns() + later_ns; }
  std::uint64_t wall_us() const override { return clock_.wall_us(); }
  TimeNs later_ns = 0;

 private:
  SystemClock clock_;
};

class UcxKnocking : public ::testing::Test {
 protected:
  UcxKnocking() {
    setenv("LATH_UCX_TLS", "tcp,self", 1);
    context_ = std::move(*UcxContext::open());
    own_ = open();
    other_ = open();
  }
  std::unique_ptr<UcxTransport> open() { return std::move(*UcxTransport::open(*context_, 1, clock_)); }
  // The other's, as if it listened there.
  Address address_at(const UcxPort& port, bool has_rdma = false) const {
    return ucx_wrap_address(ucx_unwrap_address(other_->address())->worker, std::vector{port.where()}, has_rdma);
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

  LaterClock clock_;
  std::unique_ptr<UcxContext> context_;
  std::unique_ptr<UcxTransport> own_;
  std::unique_ptr<UcxTransport> other_;
  Told at_own_;
  Told at_other_;
};

}  // namespace

TEST_F(UcxKnocking, what_waited_is_sent_once_the_host_has_answered) {
  const UcxPort port(UcxPort::Kind::kAnswers);
  const PeerId peer = *own_->connect(address_at(port));
  EXPECT_EQ(*own_->connect(address_at(port)), peer) << "one connection, also while it is knocked at";
  send(peer);
  EXPECT_EQ(own_->path(peer), "") << "UCX has not been asked yet";
  ASSERT_TRUE(turn_until([&] { return at_other_.received == 1; }));
  EXPECT_TRUE(own_->is_open(peer));
  EXPECT_EQ(own_->path(peer), "tcp");
  EXPECT_TRUE(port.was_visited());
}

TEST_F(UcxKnocking, a_host_that_does_not_answer_keeps_nobody_waiting) {
  const UcxPort port(UcxPort::Kind::kSilent);
  const SystemClock real;
  const TimeNs began_ns = real.now_ns();
  const PeerId peer = *own_->connect(address_at(port));
  send(peer);
  for (int turn = 0; turn < 100; ++turn) own_->poll(8, at_own_);
  EXPECT_LT(real.now_ns() - began_ns, 1'000'000'000);
  EXPECT_TRUE(at_own_.errors.empty());
  EXPECT_TRUE(own_->arm()) << "nothing to do until the host answers or its time is over";
  clock_.later_ns = kGreetingNsMax;
  ASSERT_TRUE(turn_until([&] { return !at_own_.errors.empty(); }));
  EXPECT_EQ(at_own_.errors[0].code, Code::kUnreachable);
  EXPECT_NE(at_own_.errors[0].text.find(text_of(port.where()) + " does not answer"), std::string::npos) << at_own_.errors[0].text;
  EXPECT_EQ(own_->connections(), 0U);
  EXPECT_EQ(own_->sends_pending(), 0U);
}

TEST_F(UcxKnocking, a_closed_port_is_a_lost_peer) {
  const UcxPort port(UcxPort::Kind::kClosed);
  ASSERT_TRUE(own_->connect(address_at(port)));
  ASSERT_TRUE(turn_until([&] { return !at_own_.errors.empty(); }));
  EXPECT_EQ(at_own_.errors[0].code, Code::kUnreachable);
}

TEST_F(UcxKnocking, who_connects_to_us_meanwhile_is_not_waited_for) {
  const UcxPort port(UcxPort::Kind::kSilent);
  const PeerId peer = *own_->connect(address_at(port));
  send(peer);
  ASSERT_TRUE(other_->connect(own_->address()));
  ASSERT_TRUE(turn_until([&] { return at_other_.received == 1; }));
  EXPECT_TRUE(own_->is_open(peer));
  clock_.later_ns = kGreetingNsMax;
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);
  EXPECT_TRUE(at_own_.errors.empty()) << at_own_.errors[0].text;
}

TEST_F(UcxKnocking, who_is_dropped_meanwhile_is_knocked_at_no_more) {
  const UcxPort silent(UcxPort::Kind::kSilent);
  const UcxPort answers(UcxPort::Kind::kAnswers);
  for (const UcxPort* port : {&silent, &answers}) {
    own_->disconnect(*own_->connect(address_at(*port)));
    ASSERT_TRUE(turn_until([&] { return own_->connections() == 0; }));
  }
  for (int turn = 0; turn < 1000; ++turn) own_->poll(8, at_own_);
  EXPECT_TRUE(at_own_.errors.empty());
  EXPECT_EQ(own_->parked(), 0U);
  EXPECT_TRUE(own_->arm());
  ASSERT_TRUE(own_->connect(address_at(silent)));
  own_.reset();  // while it is knocked at
}

TEST_F(UcxKnocking, an_endpoint_that_is_there_needs_no_knock) {
  const UcxPort port(UcxPort::Kind::kSilent);
  const PeerId first = *own_->connect(other_->address());
  ASSERT_TRUE(turn_until([&] { return own_->is_open(first); }));
  own_->disconnect(first);
  ASSERT_TRUE(turn_until([&] { return own_->parked() == 1; }));
  const PeerId again = *own_->connect(address_at(port));
  EXPECT_TRUE(turn_until([&] { return own_->is_open(again); }));
}

// Which UCX prefers to TCP; here it is said of the peer alone, so that the host is asked.
TEST_F(UcxKnocking, rdma_at_one_end_is_no_way) {
  const UcxPort port(UcxPort::Kind::kClosed);
  ASSERT_TRUE(own_->connect(address_at(port, true)));
  EXPECT_TRUE(turn_until([&] { return !at_own_.errors.empty(); }));
}

}  // namespace lath
