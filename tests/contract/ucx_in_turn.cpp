// Transports that several threads use in turn, as those of shards whose threads are the application's: polled when there is a call, and
// slept on by nobody.
#include <chrono>
#include <mutex>
#include <thread>

#include "suite.hpp"

namespace lath {

class InTurn : public Contract {};

TEST_P(InTurn, a_dead_peer_is_told_of_to_who_polls_rarely_and_never_sleeps) {
  Party a = open();
  auto victim = network_->start_echo();
  const auto peer = a->connect(victim->address());
  ASSERT_TRUE(peer);
  ASSERT_EQ(send(a, *peer, pattern(64, 2), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == 1; }));
  victim->kill();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (a.seen.failed.empty() && std::chrono::steady_clock::now() < until) {
    a->poll(kMessagesPerPoll, a.seen);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  EXPECT_EQ(a.seen.failed, std::vector<PeerId>{*peer});
}

TEST_P(InTurn, what_one_thread_sends_another_may_receive) {
  constexpr std::size_t kFrames = 2000;
  Party a = open();
  auto echo = network_->start_echo();
  const auto peer = a->connect(echo->address());
  ASSERT_TRUE(peer);
  std::mutex turn;  // as a hand-over: never two at once
  std::size_t sent = 0;
  const auto take_turns = [&] {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (bool done = false; !done && std::chrono::steady_clock::now() < until;) {
      const std::lock_guard mine(turn);
      FrameBuffer frame = frame_of(*a.transport, pattern(100, sent));
      if (sent < kFrames && a->send(*peer, frame) == Sent::kAccepted) ++sent;
      a->poll(kMessagesPerPoll, a.seen);
      done = a.seen.frames.size() == kFrames;
    }
  };
  std::thread other(take_turns);
  take_turns();
  other.join();
  ASSERT_EQ(a.seen.frames.size(), kFrames);
  for (std::size_t frame = 0; frame < kFrames; ++frame) EXPECT_EQ(a.seen.frames[frame], pattern(100, frame));
  EXPECT_TRUE(a.seen.failed.empty());
}

INSTANTIATE_TEST_SUITE_P(UcxSharedMemory, InTurn, ::testing::Values(&make_ucx_in_turn));

}  // namespace lath
