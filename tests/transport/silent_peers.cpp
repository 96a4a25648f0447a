// A process that shared memory has made deaf, as a sender does that is killed while it sends: who talks to it goes over TCP.
#include "transport/silent_peers.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "lath/limits.hpp"
#include "tests/ucx_queue.hpp"
#include "transport/tcp_transport.hpp"
#include "transport/transport_provider.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

namespace {

struct Told final : TransportEvents {
  void on_message(const Message& message) override {
    ++received;
    from = message.from;
  }
  void on_peer_failed(PeerId peer, const Error& error) override {
    failed.push_back(peer);
    errors.push_back(error);
  }
  std::size_t received = 0;
  PeerId from;
  std::vector<PeerId> failed;
  std::vector<Error> errors;
};

class FastClock final : public Clock {
 public:
  TimeNs now_ns() const override { return clock_.now_ns() + later_ns; }
  std::uint64_t wall_us() const override { return clock_.wall_us(); }
  TimeNs later_ns = 0;

 private:
  SystemClock clock_;
};

struct End {
  End(std::unique_ptr<TransportProvider> provided, const Clock& clock) : provider(std::move(provided)) {
    const std::vector<std::string> before = testing::ucx_queues_of("self");
    transport = std::move(*provider->open_transport(1, clock));
    for (const std::string& each : testing::ucx_queues_of("self")) {
      if (std::ranges::find(before, each) == before.end()) queues.push_back(each);
    }
  }
  void turn_deaf() const {
    ASSERT_EQ(queues.size(), 1U);
    ASSERT_TRUE(testing::leave_hole(queues[0]));
  }
  Transport* operator->() const { return transport.get(); }

  std::unique_ptr<TransportProvider> provider;
  std::unique_ptr<Transport> transport;
  std::vector<std::string> queues;  // by which it takes messages in from this host
  Told told;
};

class Deafness : public ::testing::Test {
 protected:
  Deafness() { setenv("LATH_UCX_TLS", "posix,tcp,self", 1); }
  ~Deafness() override { unsetenv("LATH_UCX_TLS"); }

  std::unique_ptr<End> open() { return std::make_unique<End>(std::move(*TransportProvider::open()), clock_); }
  // Turns them, a second of the clock in each 10 ms; those that are stopped do nothing.
  template <class Until>
  bool turn_until(const std::vector<End*>& ends, TimeNs for_ns, Until until) {
    const TimeNs end_ns = clock_.now_ns() + for_ns;
    while (!until() && clock_.now_ns() < end_ns) {
      for (int turn = 0; turn < 200 && !until(); ++turn) {
        for (End* end : ends) {
          (*end)->poll(8, end->told);
          (*end)->arm();  // as who sleeps does, which looks at the clock
        }
        usleep(50);
      }
      clock_.later_ns += 1'000'000'000;
    }
    return until();
  }
  static PeerId send(End& from, const End& to) {
    const PeerId peer = *from->connect(to->address());
    FrameBuffer frame = from->acquire();
    frame.extend(8);
    EXPECT_EQ(from->send(peer, frame), Sent::kAccepted);
    return peer;
  }
  void answer(End& from) {
    FrameBuffer frame = from->acquire();
    frame.extend(8);
    EXPECT_EQ(from->send(from.told.from, frame), Sent::kAccepted);
  }
  // A frame there and one back.
  PeerId talk(End& client, End& shard) {
    const std::size_t there = shard.told.received;
    const std::size_t back = client.told.received;
    const PeerId peer = send(client, shard);
    EXPECT_TRUE(turn_until({&client, &shard}, 20 * kSecond, [&] { return shard.told.received > there; }));
    answer(shard);
    EXPECT_TRUE(turn_until({&client, &shard}, 20 * kSecond, [&] { return client.told.received > back; }));
    return peer;
  }

  static constexpr TimeNs kSecond = 1'000'000'000;
  FastClock clock_;
};

}  // namespace

TEST_F(Deafness, of_a_shard_leads_its_clients_to_tcp) {
  const auto shard = open();
  const auto client = open();
  const PeerId before = talk(*client, *shard);
  EXPECT_EQ((*client)->path(before), "posix");
  shard->turn_deaf();

  EXPECT_EQ(send(*client, *shard), before);
  ASSERT_TRUE(turn_until({client.get(), shard.get()}, 8 * kSecond, [&] { return !client->told.failed.empty(); }));
  EXPECT_EQ(client->told.failed, std::vector<PeerId>{before});
  EXPECT_EQ(client->told.errors[0].code, Code::kUnreachable);
  EXPECT_NE(client->told.errors[0].text.find("answers over TCP"), std::string::npos) << client->told.errors[0].text;
  EXPECT_EQ((*client)->counters().detours, 1U);
  const PeerId detour = talk(*client, *shard);
  EXPECT_EQ((*client)->path(detour), "tcp");

  const auto newcomer = open();
  const std::size_t heard = shard->told.received;
  send(*newcomer, *shard);
  ASSERT_TRUE(turn_until({newcomer.get(), shard.get()}, 6 * kSecond, [&] { return !newcomer->told.failed.empty(); }))
      << "sooner than a hello is given up";
  send(*newcomer, *shard);
  EXPECT_TRUE(turn_until({newcomer.get(), shard.get()}, kSecond, [&] { return shard->told.received > heard; }));
  // After the minute for which it is remembered, too: the connection is there.
  clock_.later_ns += 100 * kSecond;
  EXPECT_EQ(talk(*client, *shard), detour);
}

TEST_F(Deafness, of_the_client_itself_leads_it_to_tcp) {
  const auto shard = open();
  const auto client = open();
  const PeerId before = talk(*client, *shard);
  client->turn_deaf();
  send(*client, *shard);
  ASSERT_TRUE(turn_until({client.get(), shard.get()}, 8 * kSecond, [&] { return !client->told.failed.empty(); }));
  EXPECT_EQ((*client)->path(talk(*client, *shard)), "tcp");
  EXPECT_EQ(client->told.failed, std::vector<PeerId>{before});
  EXPECT_EQ(shard->told.errors.at(0).code, Code::kClosed) << "it hears, and was told";
}

// Both send without being asked, and hear each other's words as no answer.
TEST_F(Deafness, of_a_node_leads_its_neighbours_to_tcp_and_it_them) {
  const auto one = open();
  const auto other = open();
  talk(*one, *other);
  talk(*other, *one);
  one->turn_deaf();
  std::size_t heard = one->told.received;
  bool through = false;
  for (int second = 0; second < 20 && !through; ++second) {
    send(*one, *other);
    send(*other, *one);
    through = turn_until({one.get(), other.get()}, kSecond, [&] { return one->told.received > heard; });
  }
  EXPECT_TRUE(through);
  EXPECT_EQ((*other)->path(talk(*other, *one)), "tcp");
  EXPECT_EQ((*one)->path(talk(*one, *other)), "tcp");
}

// Whoever is stopped answers by no way: it is waited for, and is heard by shared memory when it goes on.
TEST_F(Deafness, is_not_what_a_stopped_process_has) {
  const auto shard = open();
  const auto client = open();
  const PeerId peer = talk(*client, *shard);
  send(*client, *shard);
  EXPECT_FALSE(turn_until({client.get()}, 100 * kSecond, [&] { return !client->told.failed.empty(); }));
  EXPECT_TRUE(turn_until({client.get(), shard.get()}, kSecond, [&] { return shard->told.received == 2; }));
  EXPECT_EQ(talk(*client, *shard), peer);
  turn_until({client.get(), shard.get()}, 10 * kSecond, [] { return false; });
  for (const Error& told : shard->told.errors) EXPECT_EQ(told.code, Code::kClosed) << "who asked has said goodbye: " << told.text;
  EXPECT_TRUE(client->told.failed.empty());
  EXPECT_EQ((*client)->counters().detours, 0U);
  EXPECT_EQ((*client)->path(peer), "posix");
}

// What was stopped and goes on is watched as before.
TEST_F(Deafness, is_found_out_as_soon_after_a_false_alarm) {
  const auto shard = open();
  const auto client = open();
  talk(*client, *shard);
  send(*client, *shard);
  EXPECT_FALSE(turn_until({client.get()}, 10 * kSecond, [&] { return !client->told.failed.empty(); }));
  talk(*client, *shard);
  shard->turn_deaf();
  turn_until({client.get(), shard.get()}, 20 * kSecond, [] { return false; });
  send(*client, *shard);
  EXPECT_TRUE(turn_until({client.get(), shard.get()}, 8 * kSecond, [&] { return !client->told.failed.empty(); }));
}

// Each quiet spell ends with a hello and its answer, which take no credit along.
TEST_F(Deafness, is_looked_for_without_end_and_costs_no_credit) {
  const auto shard = open();
  const auto client = open();
  talk(*client, *shard);
  for (std::size_t round = 0; round < kPeerCreditMessages + 8; ++round) {
    const std::size_t heard = shard->told.received;
    send(*client, *shard);
    ASSERT_TRUE(turn_until({client.get(), shard.get()}, kSecond, [&] { return shard->told.received > heard; })) << round;
    turn_until({client.get(), shard.get()}, 5 * kSecond, [] { return false; });
  }
  EXPECT_TRUE(client->told.failed.empty());
}

// That a connection over TCP is there is no answer: its other side may be stopped.
TEST_F(Deafness, is_not_what_a_stopped_process_has_to_which_tcp_is_open_too) {
  const auto provider = std::move(*TransportProvider::open());
  const TcpPlaces places = {.addresses = {{.ip_version = 4, .unused = 0, .port = 0, .ip = {127, 0, 0, 1}}}, .ports = {}};
  const auto ucx = std::move(*UcxTransport::open(provider->ucx(), 1, clock_));
  const auto tcp = std::move(*TcpTransport::open(places, 1, {1, 1}, clock_));
  const auto far_ucx = std::move(*UcxTransport::open(provider->ucx(), 1, clock_));
  const auto far_tcp = std::move(*TcpTransport::open(places, 1, {2, 2}, clock_));
  const PeerId by_ucx = *ucx->connect(far_ucx->address());
  const PeerId by_tcp = *tcp->connect(far_tcp->address());
  SilentPeers silent;
  silent.reached(by_ucx, far_tcp->address());
  Told told;
  const auto turn = [&](int seconds, bool is_stopped) {
    for (int second = 0; second < seconds; ++second, clock_.later_ns += kSecond) {
      for (int count = 0; count < 200; ++count, usleep(20)) {
        for (Transport* each : {static_cast<Transport*>(ucx.get()), static_cast<Transport*>(tcp.get())}) each->poll(8, told);
        ucx->arm();
        silent.look(*ucx, *tcp);
        if (is_stopped) continue;
        far_ucx->poll(8, told);
        far_tcp->poll(8, told);
      }
    }
  };
  turn(2, false);
  ASSERT_TRUE(ucx->is_open(by_ucx) && tcp->is_open(by_tcp));
  FrameBuffer frame = ucx->acquire();
  frame.extend(8);
  ASSERT_EQ(ucx->send(by_ucx, frame), Sent::kAccepted);
  turn(30, true);
  EXPECT_TRUE(ucx->is_silent(by_ucx));
  EXPECT_EQ(silent.detours(), 0U);
  turn(3, false);
  EXPECT_FALSE(ucx->is_silent(by_ucx)) << "it goes on, and answers by memory";
  EXPECT_TRUE(told.failed.empty());
}

// All the shards of a process, or of all where it is the client that hears nothing: together, not one after the other.
TEST_F(Deafness, of_the_client_is_found_out_at_all_its_peers_together) {
  const std::vector<std::unique_ptr<End>> shards = [this] {
    std::vector<std::unique_ptr<End>> opened;
    for (int count = 0; count < 4; ++count) opened.push_back(open());
    return opened;
  }();
  const auto client = open();
  std::vector<End*> all = {client.get()};
  for (const auto& shard : shards) {
    talk(*client, *shard);
    all.push_back(shard.get());
  }
  client->turn_deaf();
  send(*client, *shards[0]);  // and nothing to the others
  EXPECT_TRUE(turn_until(all, 14 * kSecond, [&] { return client->told.failed.size() == shards.size(); }))
      << client->told.failed.size();
}

// Nothing is outstanding: nothing is asked.
TEST_F(Deafness, is_not_looked_for_where_nobody_waits_for_an_answer) {
  const auto shard = open();
  const auto client = open();
  talk(*client, *shard);
  turn_until({client.get(), shard.get()}, 5 * kSecond, [] { return false; });  // what was asked while they connected is over
  const std::uint64_t dialed = (*shard)->counters().peers_closed;
  shard->turn_deaf();
  EXPECT_FALSE(turn_until({client.get(), shard.get()}, 30 * kSecond, [&] { return !client->told.failed.empty(); }));
  EXPECT_EQ((*shard)->counters().peers_closed, dialed);
}

// Where the two have no other way, silence is waited out.
TEST_F(Deafness, without_tcp_is_waited_out) {
  setenv("LATH_UCX_TLS", "posix,self", 1);
  const auto shard = open();
  const auto client = open();
  const PeerId peer = talk(*client, *shard);
  shard->turn_deaf();
  EXPECT_EQ(send(*client, *shard), peer);
  EXPECT_FALSE(turn_until({client.get(), shard.get()}, 60 * kSecond, [&] { return !client->told.failed.empty(); }));
}

}  // namespace lath
