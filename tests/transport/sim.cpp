// The simulated network's faults, and that a seed replays them.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "transport/sim_transport.hpp"

namespace lath {

namespace {

struct Log final : TransportEvents {
  void on_message(const Message& message) override {
    std::uint32_t number = 0;
    ASSERT_EQ(message.bytes.size(), sizeof number);
    std::memcpy(&number, message.bytes.data(), sizeof number);
    numbers.push_back(number);
  }
  void on_peer_failed(PeerId peer, const Error& error) override {
    failed.push_back(peer);
    reasons.push_back(error.code);
  }
  std::vector<std::uint32_t> numbers;
  std::vector<PeerId> failed;
  std::vector<Code> reasons;
};

struct Pair {
  explicit Pair(const SimOptions& options, std::uint64_t seed = 1)
      : network(seed, options, clock), a(network.open(5)), b(network.open(5)), to_b(*a->connect(b->address())) {}

  bool send(std::uint32_t number) {
    FrameBuffer frame = a->acquire();
    std::memcpy(frame.extend(sizeof number), &number, sizeof number);
    return a->send(to_b, frame) == Sent::kAccepted;
  }
  void turn() {
    clock.advance(1000);
    a->poll(64, at_a);
    b->poll(64, at_b);
  }
  // Sends 0 .. count - 1, as credit allows, and waits until the network is quiet.
  void send_all(std::uint32_t count) {
    std::uint32_t next = 0;
    for (int turns = 0; turns < 1'000'000 && (next < count || network.next_arrival_ns()); ++turns) {
      while (next < count && send(next)) ++next;
      turn();
    }
    ASSERT_EQ(next, count);
  }

  ManualClock clock;
  SimNetwork network;
  std::unique_ptr<SimTransport> a;
  std::unique_ptr<SimTransport> b;
  PeerId to_b;
  Log at_a;
  Log at_b;
};

}  // namespace

TEST(Sim, without_faults_everything_arrives_once_and_in_order) {
  Pair pair({});
  pair.send_all(2000);
  ASSERT_EQ(pair.at_b.numbers.size(), 2000u);
  for (std::uint32_t at = 0; at < 2000; ++at) EXPECT_EQ(pair.at_b.numbers[at], at);
}

TEST(Sim, losses_cost_no_credit) {
  Pair pair({.drop_percent = 30});
  pair.send_all(5000);
  EXPECT_GT(pair.at_b.numbers.size(), 3200u);
  EXPECT_LT(pair.at_b.numbers.size(), 3800u);
  EXPECT_TRUE(std::is_sorted(pair.at_b.numbers.begin(), pair.at_b.numbers.end()));
}

TEST(Sim, duplicates_and_disorder_happen_when_asked_for) {
  Pair pair({.duplicate_percent = 20, .reorder = true});
  pair.send_all(2000);
  EXPECT_GT(pair.at_b.numbers.size(), 2250u);
  EXPECT_FALSE(std::is_sorted(pair.at_b.numbers.begin(), pair.at_b.numbers.end()));
  const std::set<std::uint32_t> distinct(pair.at_b.numbers.begin(), pair.at_b.numbers.end());
  EXPECT_EQ(distinct.size(), 2000u);
}

TEST(Sim, a_seed_replays_its_history) {
  const SimOptions rough = {.drop_percent = 10, .duplicate_percent = 10, .delay_ns_max = 50'000, .reorder = true};
  Pair first(rough, 42);
  Pair again(rough, 42);
  Pair other(rough, 43);
  for (Pair* pair : {&first, &again, &other}) pair->send_all(1000);
  EXPECT_EQ(first.at_b.numbers, again.at_b.numbers);
  EXPECT_NE(first.at_b.numbers, other.at_b.numbers);
}

TEST(Sim, a_partition_stalls_the_sender_and_heals) {
  Pair pair({});
  pair.send_all(3);
  pair.network.partition({pair.a.get()}, {pair.b.get()});
  std::size_t accepted = 0;
  for (std::uint32_t number = 100; number < 400; ++number) {
    if (pair.send(number)) ++accepted;
    pair.turn();
  }
  EXPECT_LE(accepted, kPeerCreditMessages);
  EXPECT_EQ(pair.at_b.numbers.size(), 3u);
  EXPECT_TRUE(pair.at_a.failed.empty());
  pair.network.heal();
  pair.send_all(200);
  EXPECT_EQ(pair.at_b.numbers.size(), 203u) << "what was sent into the partition is lost";
}

TEST(Sim, a_death_is_reported_late_or_never) {
  for (const bool reports : {true, false}) {
    Pair pair({.reports_death = reports, .death_delay_ns = 50'000});
    pair.send_all(1);
    pair.network.kill(*pair.b);
    for (int turns = 0; turns < 40; ++turns) pair.turn();
    EXPECT_TRUE(pair.at_a.failed.empty());
    for (int turns = 0; turns < 100; ++turns) pair.turn();
    EXPECT_EQ(pair.at_a.failed.size(), reports ? 1u : 0u);
    const auto again = pair.a->connect(pair.b->address());
    ASSERT_TRUE(again);
    for (int turns = 0; turns < 100; ++turns) pair.turn();
    EXPECT_EQ(pair.at_a.failed.size(), reports ? 2u : 0u) << "a dead node's address leads nowhere";
  }
}

}  // namespace lath
