// How a UCX transport ends: its peers let go of what they kept for it, nothing of theirs stays mapped, and UCX 1.13, which aborts where
// its own messages are cut short, is left none.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "transport/ucx_context.hpp"
#include "transport/ucx_parked.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

namespace {

struct Events final : TransportEvents {
  void on_message(const Message&) override { ++received; }
  void on_peer_failed(PeerId, const Error&) override { ++failed; }
  std::size_t received = 0;
  std::size_t failed = 0;
};

class UcxEndings : public ::testing::TestWithParam<const char*> {
 protected:
  UcxEndings() {
    setenv("LATH_UCX_TLS", GetParam(), 1);
    context_ = std::move(*UcxContext::open());
  }
  std::unique_ptr<UcxTransport> open() { return std::move(*UcxTransport::open(*context_, 1, clock_)); }

  const SystemClock clock_;
  std::unique_ptr<UcxContext> context_;
};

std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  std::size_t count = 0;
  while (std::getline(maps, line))
    count += line.find("/SYSV") != std::string::npos || line.find("/dev/shm") != std::string::npos ? 1U : 0U;
  return count;
}

}  // namespace

TEST_P(UcxEndings, who_leaves_takes_along_what_waited_for_it) {
  auto a = open();
  Events at_a;
  for (const bool greeted : {true, false}) {
    auto b = open();
    Events at_b;
    const PeerId to_a = *b->connect(a->address());
    for (int turns = 0; turns < 1'000'000 && greeted && !b->is_open(to_a); ++turns) {
      b->poll(8, at_b);
      a->poll(8, at_a);
    }
    ASSERT_TRUE(a->connect(b->address()));
    if (greeted) b->disconnect(to_a);
    const TimeNs until = clock_.now_ns() + 5'000'000'000;
    while (greeted && a->parked() == 0 && clock_.now_ns() < until) {
      b->poll(8, at_b);
      a->poll(8, at_a);
    }
    EXPECT_EQ(a->parked(), greeted ? 1U : 0U) << "the endpoint outlives its connection, for the next one";
    const TimeNs begun = clock_.now_ns();
    std::thread leaving([&] { b.reset(); });  // what it says last may wait for UCX at our side
    while (clock_.now_ns() < until && a->parked() + a->connections() > 0) a->poll(8, at_a);
    leaving.join();
    EXPECT_EQ(a->parked() + a->connections(), 0U);
    EXPECT_LT(clock_.now_ns() - begun, kGreetingNsMax / 2) << "an unanswered hello does not wait for its time";
  }
  EXPECT_EQ(at_a.failed, 2U);
}

// UCX answers a peer's wireup request by a connection of its own, of which the transport knows nothing yet.
TEST_P(UcxEndings, who_is_just_being_connected_to_may_go) {
  for (const bool peer_goes_on : {true, false}) {
    for (int round = 0; round < 4; ++round) {
      auto a = open();
      auto b = open();
      Events at_a;
      Events at_b;
      ASSERT_TRUE(b->connect(a->address()));
      b->poll(8, at_b);
      for (int turns = 0; turns <= round; ++turns) a->poll(8, at_a);
      const TimeNs begun = clock_.now_ns();
      std::atomic<bool> gone = false;
      std::thread going([&] {
        a.reset();
        gone = true;
      });
      while (!gone) {
        if (peer_goes_on) b->poll(8, at_b);
      }
      going.join();
      EXPECT_LT(clock_.now_ns() - begun, 3'000'000'000) << "a peer that does nothing is not waited for";
    }
  }
}

TEST_P(UcxEndings, nothing_of_a_peer_stays_mapped) {
  auto b = open();
  Events at_b;
  const auto region = std::move(*context_->allocate(1 << 20));
  std::size_t before = 0;
  for (int round = 0; round < 5; ++round) {
    auto a = open();
    Events at_a;
    const PeerId to_b = *a->connect(b->address());
    for (int turns = 0; turns < 10'000'000 && !a->is_open(to_b); ++turns) {
      a->poll(8, at_a);
      b->poll(8, at_b);
    }
    EXPECT_TRUE(a->attach(to_b, region->exported()).has_value() || std::string(GetParam()).find("tcp") == 0);
    std::thread leaving([&] { a.reset(); });
    const TimeNs until = clock_.now_ns() + 5'000'000'000;
    while (clock_.now_ns() < until && at_b.failed <= static_cast<std::size_t>(round)) b->poll(8, at_b);
    leaving.join();
    while (clock_.now_ns() < until && b->connections() + b->parked() > 0) b->poll(8, at_b);
    if (round == 0) before = mappings();
  }
  EXPECT_EQ(mappings(), before);
}

TEST_P(UcxEndings, a_peer_that_takes_nothing_is_not_sent_ever_more_greetings) {
  auto a = open();
  auto b = open();
  Events at_a;
  Events at_b;
  for (int round = 0; round < 2000; ++round) {
    const auto to_b = a->connect(b->address());
    ASSERT_TRUE(to_b);
    a->poll(8, at_a);
    a->disconnect(*to_b);
    a->poll(8, at_a);
  }
  EXPECT_LE(a->sends_pending(), 8U);
  // What was left unsaid is made up for.
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b);
  const TimeNs until = clock_.now_ns() + 2 * kGreetingNsMax;
  while (!a->is_open(*to_b) && clock_.now_ns() < until) {
    a->poll(8, at_a);
    b->poll(8, at_b);
  }
  EXPECT_TRUE(a->is_open(*to_b));
}

// One end that was closed would leave its twin deaf to what comes in fragments.
TEST_P(UcxEndings, a_peer_that_comes_back_after_many_others_is_heard) {
  const bool is_tcp = std::string(GetParam()).find("tcp") == 0;  // where a connection takes a hundred times as long
  const std::size_t peer_count = is_tcp ? 5 : 66;
  constexpr std::size_t kFragmentedBytes = 50'000;
  auto server = open();
  Events at_server;
  std::vector<std::unique_ptr<UcxTransport>> peers;
  Events at_peer;
  const auto say = [&](UcxTransport& peer, std::size_t bytes) {
    const PeerId to_server = *peer.connect(server->address());
    FrameBuffer frame = peer.acquire();
    frame.extend(bytes);
    const std::size_t before = at_server.received;
    EXPECT_EQ(peer.send(to_server, frame), Sent::kAccepted);
    const TimeNs until = clock_.now_ns() + 5'000'000'000;
    while (at_server.received == before && clock_.now_ns() < until) {
      server->poll(8, at_server);
      peer.poll(8, at_peer);
    }
    EXPECT_EQ(at_server.received, before + 1) << bytes << " bytes";
    peer.disconnect(to_server);
    while (server->connections() > 0 && clock_.now_ns() < until) {
      server->poll(8, at_server);
      peer.poll(8, at_peer);
    }
    EXPECT_EQ(server->connections(), 0U);
  };
  for (std::size_t each = 0; each < peer_count; ++each) {
    peers.push_back(open());
    say(*peers.back(), 10);
  }
  EXPECT_EQ(server->parked(), peer_count);
  for (const std::size_t each : {std::size_t{0}, peer_count / 2, peer_count - 1}) say(*peers[each], kFragmentedBytes);
}

INSTANTIATE_TEST_SUITE_P(SharedMemory, UcxEndings, ::testing::Values("posix,sysv,self"));
INSTANTIATE_TEST_SUITE_P(Tcp, UcxEndings, ::testing::Values("tcp,self"));

TEST(UcxParked, keeps_one_for_each_worker) {
  UcxParked parked;
  std::array<char, 100> places{};
  const auto endpoint = [&](std::size_t index) { return reinterpret_cast<ucp_ep*>(&places[index]); };
  for (std::size_t index = 0; index < places.size(); ++index) parked.park(std::to_string(index), endpoint(index));
  EXPECT_EQ(parked.size(), places.size());
  EXPECT_EQ(parked.take("7"), endpoint(7));
  EXPECT_EQ(parked.take("7"), nullptr);
  EXPECT_TRUE(parked.remove(endpoint(8)));
  EXPECT_FALSE(parked.remove(endpoint(8)));
  EXPECT_EQ(parked.take_all().size(), places.size() - 2);
  EXPECT_EQ(parked.size(), 0U);
}

}  // namespace lath
