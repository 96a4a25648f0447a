// The contract of connections that end, peers that stop and bytes that are foreign, on every transport.
#include <poll.h>
#include <sys/resource.h>

#include <thread>

#include "base/random.hpp"
#include "suite.hpp"
#include "transport/waiting.hpp"

namespace lath {

TEST_P(Contract, garbage_addresses_are_refused) {
  Party a = open();
  Party b = open();
  const Address good = b->address();
  EXPECT_EQ(a->connect({}).error().code, Code::kInvalid);
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(a->connect(Address(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)))) << length;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    Address damaged = good;
    damaged[at] ^= std::byte{0x20};
    const auto answer = a->connect(damaged);
    ASSERT_FALSE(answer) << at;
    EXPECT_EQ(answer.error().code, Code::kInvalid) << at;
  }
  EXPECT_FALSE(a->connect(Address(kAddressBytesMax + 1, std::byte{7})));
}

TEST_P(Contract, a_stale_peer_is_closed) {
  Party a = open();
  Party b = open();
  const auto first = a->connect(b->address());
  ASSERT_TRUE(first);
  ASSERT_EQ(send(a, *first, pattern(5, 5), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return !b.seen.frames.empty(); }));
  a->disconnect(*first);
  FrameBuffer frame = frame_of(*a.transport, pattern(5, 5));
  EXPECT_EQ(a->send(*first, frame), Sent::kClosed);
  EXPECT_EQ(frame.size(), 5u);
  EXPECT_EQ(a->send(PeerId{}, frame), Sent::kClosed);
  EXPECT_EQ(a->send({.index = 9999, .generation = 1}, frame), Sent::kClosed);
  a->disconnect(*first);  // again: nothing

  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.failed.size() == 1; })) << "the other side is told";
  EXPECT_EQ(b.seen.failed[0], b.seen.senders[0]);
  EXPECT_EQ(b.seen.reasons[0].code, Code::kClosed);
  EXPECT_TRUE(a.seen.failed.empty()) << "disconnecting reports nothing";

  const auto second = a->connect(b->address());
  ASSERT_TRUE(second);
  EXPECT_NE(*second, *first);
  ASSERT_EQ(send(a, *second, pattern(6, 6), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.frames.size() == 2; }));
  EXPECT_EQ(b.seen.frames[1], pattern(6, 6));
  EXPECT_EQ(b.seen.failed.size(), 1u);
}

TEST_P(Contract, disconnecting_within_a_handler_is_safe) {
  Party a = open();
  Party b = open();
  b.seen.then = [&](const Message& message) { b->disconnect(message.from); };
  for (int round = 0; round < 20; ++round) {
    const auto to_b = a->connect(b->address());
    ASSERT_TRUE(to_b);
    const std::size_t failed = a.seen.failed.size();
    ASSERT_EQ(send(a, *to_b, pattern(5, 5), {&a, &b}), Sent::kAccepted);
    ASSERT_TRUE(run({&a, &b}, [&] { return a.seen.failed.size() == failed + 1; })) << round;
    EXPECT_EQ(a.seen.failed.back(), *to_b);
  }
}

TEST_P(Contract, connections_are_used_again_without_end) {
  Party a = open();
  Party b = open();
  for (int round = 0; round < 100; ++round) {
    const auto to_b = a->connect(b->address());
    ASSERT_TRUE(to_b) << to_b.error().text;
    ASSERT_EQ(send(a, *to_b, pattern(10, 1), {&a, &b}), Sent::kAccepted);
    const std::size_t wanted = static_cast<std::size_t>(round) + 1;
    ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.frames.size() == wanted; })) << round;
    a->disconnect(*to_b);
    ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.failed.size() == wanted; })) << round;
    EXPECT_LT(to_b->index, 4u) << "slots are used again";
  }
}

TEST_P(Contract, a_dead_peer_is_reported_once_and_its_successor_is_new) {
  Party a = open();
  auto victim = network_->start_echo();
  const auto first = a->connect(victim->address());
  ASSERT_TRUE(first);
  ASSERT_EQ(send(a, *first, pattern(64, 2), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == 1; }));
  EXPECT_EQ(a.seen.frames[0], pattern(64, 2));
  victim->kill();
  ASSERT_TRUE(run({&a}, [&] { return !a.seen.failed.empty(); }));
  EXPECT_EQ(a.seen.failed, std::vector<PeerId>{*first});
  FrameBuffer frame = frame_of(*a.transport, pattern(5, 5));
  EXPECT_EQ(a->send(*first, frame), Sent::kClosed);

  auto successor = network_->start_echo();
  const auto second = a->connect(successor->address());
  ASSERT_TRUE(second);
  EXPECT_NE(*second, *first);
  ASSERT_EQ(send(a, *second, pattern(65, 3), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == 2; }));
  EXPECT_EQ(a.seen.failed.size(), 1u) << "once";
  EXPECT_EQ(a->counters().peers_failed, 1u);
}

// UCX may tell of the failure within the send, and again by the send's own status.
TEST_P(Contract, a_dead_peer_that_is_sent_to_at_once_fails_once) {
  Party a = open();
  for (std::size_t round = 1; round <= 3; ++round) {
    auto victim = network_->start_echo();
    const auto to_victim = a->connect(victim->address());
    ASSERT_TRUE(to_victim);
    ASSERT_EQ(send(a, *to_victim, pattern(64, 2), {&a}), Sent::kAccepted);
    ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == round; }));
    victim->kill();
    for (int sends = 0; sends < 3; ++sends) {
      FrameBuffer frame = frame_of(*a.transport, pattern(8, 1));
      a->send(*to_victim, frame);
      a->release(std::move(frame));
    }
    ASSERT_TRUE(run({&a}, [&] { return a.seen.failed.size() >= round; }));
    for (int turns = 0; turns < 100; ++turns) a->poll(kMessagesPerPoll, a.seen);
    ASSERT_EQ(a.seen.failed.size(), round);
    EXPECT_EQ(a.seen.failed.back(), *to_victim);
    EXPECT_EQ(a->counters().peers_failed, round);
  }
  auto one = network_->start_echo();
  auto other = network_->start_echo();
  const auto to_one = a->connect(one->address());
  const auto to_other = a->connect(other->address());
  ASSERT_TRUE(to_one);
  ASSERT_TRUE(to_other);
  EXPECT_NE(to_one->index, to_other->index);
}

TEST_P(Contract, a_stopped_peer_costs_bounded_memory) {
  Party a = open();
  auto peer = network_->start_echo();
  const auto to_peer = a->connect(peer->address());
  ASSERT_TRUE(to_peer);
  ASSERT_EQ(send(a, *to_peer, pattern(64, 2), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == 1; }));
  peer->stop();
  const std::vector<std::byte> content = pattern(50'000, 1);  // once: a sanitizer keeps what was freed
  const std::size_t before = network_->bytes_under_way();
  std::size_t accepted = 0;
  std::size_t bytes = 0;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  while (std::chrono::steady_clock::now() < until) {
    FrameBuffer frame = frame_of(*a.transport, content);
    if (a->send(*to_peer, frame) == Sent::kAccepted) {
      ++accepted;
      bytes += 50'000;
    }
    a->release(std::move(frame));
    a->poll(kMessagesPerPoll, a.seen);
    network_->step();
  }
  EXPECT_LE(accepted, kPeerCreditMessages);
  EXPECT_LE(bytes, kPeerCreditBytes);
  EXPECT_LE(network_->bytes_under_way(), before + 8 * kPeerCreditBytes);
  EXPECT_TRUE(a.seen.failed.empty()) << "stopped is not dead";
  peer->resume();
  ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == accepted + 1; })) << a.seen.frames.size();
}

TEST_P(Contract, both_sides_know_that_they_are_connected) {
  Party a = open();
  Party b = open();
  EXPECT_FALSE(a->is_connected(b->address()));
  EXPECT_FALSE(a->is_connected(Address(7)));
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b);
  EXPECT_TRUE(a->is_connected(b->address()));
  EXPECT_FALSE(a->is_open(*to_b)) << "nobody has answered";
  ASSERT_EQ(send(a, *to_b, pattern(5, 5), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.frames.size() == 1; }));
  EXPECT_TRUE(b->is_connected(a->address()));
  EXPECT_TRUE(a->is_open(*to_b));
  a->disconnect(*to_b);
  EXPECT_FALSE(a->is_open(*to_b));
  EXPECT_FALSE(a->is_connected(b->address()));
  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.failed.size() == 1; }));
  EXPECT_FALSE(b->is_connected(a->address()));
}

TEST_P(Contract, a_goodbye_is_not_a_failure) {
  Party a = open();
  Party b = open();
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b);
  ASSERT_EQ(send(a, *to_b, pattern(5, 5), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.frames.size() == 1; }));
  a->disconnect(*to_b);
  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.failed.size() == 1; }));
  EXPECT_EQ(b->counters().peers_closed, 1u);
  EXPECT_EQ(b->counters().peers_failed, 0u);
  EXPECT_EQ(a->counters().peers_closed, 0u) << "who leaves was not left";
  EXPECT_EQ(a->counters().peers_failed, 0u);
}

TEST_P(Contract, a_hello_that_nobody_answers_is_given_up) {
  Party a = open();
  auto peer = network_->start_echo();
  peer->stop();
  const auto to_peer = a->connect(peer->address());
  ASSERT_TRUE(to_peer);
  ASSERT_EQ(send(a, *to_peer, pattern(64, 2), {&a}), Sent::kAccepted);
  for (TimeNs waited = 0; waited + kGreetingNsMax / 8 < kGreetingNsMax; waited += kGreetingNsMax / 8) {
    for (int turns = 0; turns < 10; ++turns) a->poll(kMessagesPerPoll, a.seen);
    network_->skip(kGreetingNsMax / 8 - 100'000'000);  // ours is ahead of a real clock, which runs on
  }
  a->poll(kMessagesPerPoll, a.seen);
  EXPECT_TRUE(a.seen.failed.empty()) << "a slow peer is waited for";
  network_->skip(2 * kGreetingNsMax);
  ASSERT_TRUE(run({&a}, [&] { return !a.seen.failed.empty(); }));
  EXPECT_EQ(a.seen.failed, std::vector<PeerId>{*to_peer});
  EXPECT_EQ(a.seen.reasons[0].code, Code::kUnreachable);
  EXPECT_NE(a.seen.reasons[0].text.find("hello"), std::string::npos) << a.seen.reasons[0].text;
  FrameBuffer frame = frame_of(*a.transport, pattern(5, 5));
  EXPECT_EQ(a->send(*to_peer, frame), Sent::kClosed);
  EXPECT_EQ(a->counters().peers_failed, 1u);

  peer->resume();
  const auto again = a->connect(peer->address());
  ASSERT_TRUE(again);
  EXPECT_NE(*again, *to_peer);
  ASSERT_EQ(send(a, *again, pattern(65, 3), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return !a.seen.frames.empty(); }));
  EXPECT_EQ(a.seen.frames[0], pattern(65, 3));
}

TEST_P(Contract, a_hello_that_is_said_again_is_one_connection) {
  Party a = open();
  auto peer = network_->start_echo();
  peer->stop();
  const auto to_peer = a->connect(peer->address());
  ASSERT_TRUE(to_peer);
  ASSERT_EQ(send(a, *to_peer, pattern(64, 2), {&a}), Sent::kAccepted);
  for (int hellos = 0; hellos < 3; ++hellos) {
    network_->skip(kGreetingAgainNs);
    a->poll(kMessagesPerPoll, a.seen);
  }
  peer->resume();
  ASSERT_TRUE(run({&a}, [&] { return !a.seen.frames.empty(); }));
  for (std::size_t count = 2; count <= 10; ++count) {
    ASSERT_EQ(send(a, *to_peer, pattern(count, count), {&a}), Sent::kAccepted);
    ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == count; }));
    EXPECT_EQ(a.seen.frames.back(), pattern(count, count));
  }
  EXPECT_TRUE(a.seen.failed.empty());
  EXPECT_EQ(a.seen.senders.back(), *to_peer);
}

// Both greet, each while the other does not look, and give it up: what was said is found later, in whatever order.
TEST_P(Contract, hellos_that_were_given_up_leave_no_end_bound_to_nothing) {
  Party a = open();
  Party b = open();
  const auto greets_in_vain = [&](Party& from, Party& to) {
    ASSERT_TRUE(from->connect(to->address()));
    for (int turns = 0; turns < 3; ++turns) {
      from->poll(kMessagesPerPoll, from.seen);
      network_->skip(kGreetingNsMax);
    }
    from->poll(kMessagesPerPoll, from.seen);
  };
  // As who uses a connection does: where it fails, another; where it is silent, there is nothing to do.
  const auto reaches = [&](Party& from, Party& to, std::size_t seed) {
    for (int attempt = 0; attempt < 5; ++attempt) {
      const std::size_t failed = from.seen.failed.size();
      const std::size_t received = to.seen.frames.size();
      const auto peer = from->connect(to->address());
      if (!peer || send(from, *peer, pattern(50, seed), {&a, &b}) != Sent::kAccepted) continue;
      const auto is_told = [&] { return to.seen.frames.size() > received || from.seen.failed.size() > failed; };
      if (!run({&a, &b}, is_told, 5)) return false;
      if (to.seen.frames.size() > received) return to.seen.frames.back() == pattern(50, seed);
    }
    return false;
  };
  for (std::size_t round = 1; round <= 3; ++round) {
    for (std::size_t hellos = 0; hellos < round; ++hellos) {
      greets_in_vain(a, b);
      if (round > 1) greets_in_vain(b, a);
    }
    EXPECT_TRUE(reaches(b, a, round)) << round;
    EXPECT_TRUE(reaches(a, b, round + 10)) << round;
  }
}

TEST_P(Contract, leaving_a_stopped_peer_does_not_hang) {
  auto peer = network_->start_echo();
  const auto started = std::chrono::steady_clock::now();
  {
    Party a = open();
    const auto to_peer = a->connect(peer->address());
    ASSERT_TRUE(to_peer);
    ASSERT_EQ(send(a, *to_peer, pattern(64, 2), {&a}), Sent::kAccepted);
    ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == 1; }));
    peer->stop();
    for (int count = 0; count < 20; ++count) {
      FrameBuffer frame = frame_of(*a.transport, pattern(40'000, 1));
      a->send(*to_peer, frame);
      a->poll(1, a.seen);
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

TEST_P(Contract, a_foreign_cookie_is_dropped) {
  Party a = open();
  Party foreign(network_->open(kContractCookie + 1));
  const auto to_a = foreign->connect(a->address());
  ASSERT_TRUE(to_a);
  FrameBuffer frame = frame_of(*foreign.transport, pattern(8, 8));
  foreign->send(*to_a, frame);
  ASSERT_TRUE(run({&a, &foreign}, [&] { return a->counters().dropped_foreign > 0; }));
  EXPECT_TRUE(a.seen.frames.empty());
  EXPECT_TRUE(a.seen.failed.empty());
}

TEST_P(Contract, wake_ends_a_sleep) {
  Party a = open();
  if (a->event_fd() < 0) {  // the simulation never sleeps
    EXPECT_FALSE(a->arm());
    return;
  }
  const SystemClock clock;
  Waiter waiter(*a.transport, {.spin_ns = 0, .yield_ns = 0, .may_sleep = true});
  a->poll(1, a.seen);
  std::thread waker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    a->wake();
  });
  const TimeNs started = clock.now_ns();
  waiter.idle(clock.now_ns(), started + 10'000'000'000);
  while (waiter.sleeps() == 0) waiter.idle(clock.now_ns(), started + 10'000'000'000);
  const TimeNs slept = clock.now_ns() - started;
  waker.join();
  EXPECT_GT(slept, 20'000'000u);
  EXPECT_LT(slept, 900'000'000u);
}

TEST_P(Contract, sleeping_costs_no_processor_time) {
  Party a = open();
  if (a->event_fd() < 0) {
    EXPECT_FALSE(a->arm());
    return;
  }
  auto peer = network_->start_echo();
  const auto to_peer = a->connect(peer->address());
  ASSERT_TRUE(to_peer);
  ASSERT_EQ(send(a, *to_peer, pattern(64, 2), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == 1; }));
  const SystemClock clock;
  Waiter waiter(*a.transport, WaitPolicy::choose(1, 2));
  rusage before = {};
  getrusage(RUSAGE_THREAD, &before);
  const TimeNs until = clock.now_ns() + 1'500'000'000;
  while (clock.now_ns() < until) {
    if (a->poll(kMessagesPerPoll, a.seen) > 0) waiter.did_work();
    waiter.idle(clock.now_ns(), until);
  }
  rusage after = {};
  getrusage(RUSAGE_THREAD, &after);
  const auto micros = [](const timeval& time) { return time.tv_sec * 1'000'000 + time.tv_usec; };
  const auto used = micros(after.ru_utime) + micros(after.ru_stime) - micros(before.ru_utime) - micros(before.ru_stime);
  EXPECT_LT(used, 30'000) << "of 1.5 s";
  EXPECT_TRUE(a.seen.failed.empty());
}

}  // namespace lath
