// The contract of sending and receiving, on every transport.
#include <algorithm>
#include <map>

#include "suite.hpp"

namespace lath {

TEST_P(Contract, both_sides_may_connect_and_send) {
  Party a = open();
  Party b = open();
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b) << to_b.error().text;
  const auto to_a = b->connect(a->address());
  ASSERT_TRUE(to_a) << to_a.error().text;
  EXPECT_EQ(send(a, *to_b, pattern(8, 1), {&a, &b}), Sent::kAccepted);
  EXPECT_EQ(send(b, *to_a, pattern(9, 2), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return !a.seen.frames.empty() && !b.seen.frames.empty(); }));
  EXPECT_EQ(b.seen.frames[0], pattern(8, 1));
  EXPECT_EQ(a.seen.frames[0], pattern(9, 2));
  EXPECT_EQ(a.seen.senders[0], *to_b) << "two hellos that cross are one connection";
  EXPECT_EQ(b.seen.senders[0], *to_a);
  EXPECT_FALSE(a->path(*to_b).empty());
}

TEST_P(Contract, connecting_twice_gives_the_same_peer) {
  Party a = open();
  Party b = open();
  const auto first = a->connect(b->address());
  ASSERT_TRUE(first);
  EXPECT_EQ(*a->connect(b->address()), *first);
  ASSERT_EQ(send(a, *first, pattern(4, 0), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return !b.seen.frames.empty(); }));
  EXPECT_EQ(*b->connect(a->address()), b.seen.senders[0]) << "the one that the other side made";
  EXPECT_EQ(*a->connect(b->address()), *first);
}

TEST_P(Contract, frames_of_every_size_arrive_whole) {
  Party a = open();
  Party b = open();
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b);
  const std::vector<std::size_t> sizes = {1,
                                          2,
                                          15,
                                          76,
                                          77,
                                          93,
                                          94,
                                          1000,
                                          8000,
                                          8176,
                                          8192,
                                          8256,
                                          9000,
                                          20553,
                                          65536,
                                          300'000,
                                          1024 * 1024 - 1,
                                          1024 * 1024,
                                          kFrameBytesMax,
                                          3};
  for (const std::size_t size : sizes) ASSERT_EQ(send(a, *to_b, pattern(size, size), {&a, &b}), Sent::kAccepted) << size;
  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.frames.size() == sizes.size(); })) << b.seen.frames.size();
  std::map<std::size_t, std::vector<std::byte>> by_size;  // a transport may reorder
  for (auto& frame : b.seen.frames) by_size[frame.size()] = frame;
  for (const std::size_t size : sizes) EXPECT_TRUE(by_size[size] == pattern(size, size)) << size;
}

TEST_P(Contract, thousands_of_frames_pass_through_exhausted_credit) {
  constexpr std::size_t kFrames = 20'000;
  Party a = open();
  Party b = open();
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b);
  std::size_t sent = 0;
  std::size_t busy = 0;
  ASSERT_TRUE(run({&a, &b}, [&] {
    while (sent < kFrames) {
      FrameBuffer frame = frame_of(*a.transport, pattern(1 + sent % 300, sent));
      const std::size_t size = frame.size();
      const Sent answer = a->send(*to_b, frame);
      EXPECT_NE(answer, Sent::kClosed);
      if (answer == Sent::kBusy) {
        EXPECT_EQ(frame.size(), size) << "a refused frame is untouched";
        a->release(std::move(frame));
        ++busy;
        break;
      }
      EXPECT_TRUE(frame.empty()) << "an accepted frame is taken";
      ++sent;
    }
    return b.seen.frames.size() == kFrames;
  })) << b.seen.frames.size();
  EXPECT_GT(busy, 0u);
  EXPECT_EQ(a->counters().refused_busy, busy);
  EXPECT_EQ(a->counters().messages_sent, kFrames);
  EXPECT_EQ(b->counters().messages_received, kFrames);
  EXPECT_EQ(a->counters().bytes_sent, b->counters().bytes_received);
  if (b->path(b.seen.senders[0]) == "simulated") std::sort(b.seen.frames.begin(), b.seen.frames.end());
}

TEST_P(Contract, a_window_of_large_frames_recovers) {
  Party a = open();
  Party b = open();
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b);
  // Sizes that leave an awkward rest of the byte credit.
  for (const std::size_t size : {400'000u, 700'000u, 1'048'576u, 500'000u, 600'000u, 1u, 1'000'000u, 1'000'000u}) {
    ASSERT_EQ(send(a, *to_b, pattern(size, 1), {&a, &b}), Sent::kAccepted) << size;
  }
  EXPECT_TRUE(run({&a, &b}, [&] { return b.seen.frames.size() == 8; }));
}

TEST_P(Contract, many_peers_are_told_apart) {
  constexpr std::size_t kPeers = 12;
  Party hub = open();
  std::vector<Party> spokes;
  std::vector<Party*> all = {&hub};
  for (std::size_t at = 0; at < kPeers; ++at) spokes.push_back(open());
  for (Party& spoke : spokes) all.push_back(&spoke);
  // The hub answers whoever spoke, by the name that came with the message.
  hub.seen.then = [&](const Message& message) {
    FrameBuffer frame = frame_of(*hub.transport, message.bytes);
    EXPECT_EQ(hub->send(message.from, frame), Sent::kAccepted);
  };
  for (std::size_t at = 0; at < kPeers; ++at) {
    const auto to_hub = spokes[at]->connect(hub->address());
    ASSERT_TRUE(to_hub);
    for (std::size_t turn = 0; turn < 10; ++turn) ASSERT_EQ(send(spokes[at], *to_hub, pattern(50, at), all), Sent::kAccepted);
  }
  ASSERT_TRUE(run(all, [&] {
    return std::all_of(spokes.begin(), spokes.end(), [](const Party& spoke) { return spoke.seen.frames.size() == 10; });
  }));
  for (std::size_t at = 0; at < kPeers; ++at) {
    for (const auto& frame : spokes[at].seen.frames) EXPECT_EQ(frame, pattern(50, at));
  }
}

TEST_P(Contract, poll_delivers_no_more_than_asked) {
  Party a = open();
  Party b = open();
  const auto to_b = a->connect(b->address());
  ASSERT_TRUE(to_b);
  ASSERT_EQ(send(a, *to_b, pattern(1, 0), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return b.seen.frames.size() == 1; }));
  for (std::size_t at = 0; at < 20; ++at) ASSERT_EQ(send(a, *to_b, pattern(4, at), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] {
    const std::size_t before = b.seen.frames.size();
    EXPECT_LE(b->poll(3, b.seen), 3u);
    EXPECT_LE(b.seen.frames.size(), before + 3);
    return b.seen.frames.size() == 21;
  }));
}

TEST_P(Contract, a_transport_may_connect_to_itself) {
  Party a = open();
  const auto to_self = a->connect(a->address());
  ASSERT_TRUE(to_self);
  ASSERT_EQ(send(a, *to_self, pattern(100, 3), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return !a.seen.frames.empty(); }));
  EXPECT_EQ(a.seen.frames[0], pattern(100, 3));
  EXPECT_EQ(a.seen.senders[0], *to_self);
}

}  // namespace lath
