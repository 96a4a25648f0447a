// The outbox: order for each destination, and no destination that holds up another.
#include "wire/outbox.hpp"

#include <gtest/gtest.h>

#include <string>

#include "wire/writer.hpp"

namespace lath {
namespace {

using Offer = Outbox::Offer;

FrameBuffer frame_of(std::string_view text) {
  FrameBuffer frame;
  frame.append(as_bytes(text));
  return frame;
}

struct Network {
  std::string taken;
  std::map<Outbox::Destination, Offer> answers;
  Offer operator()(const Outbox::Destination& to, FrameBuffer& frame) {
    if (const auto found = answers.find(to); found != answers.end()) return found->second;
    taken += as_text(frame.bytes());
    frame = {};
    return Offer::kTaken;
  }
};

constexpr PeerId kA{1, 1};
constexpr Place kB{NodeId{1}, ShardId{0}};

TEST(Outbox, a_destination_that_takes_nothing_holds_up_no_other) {
  Outbox outbox;
  Network network;
  network.answers[kA] = Offer::kLater;
  outbox.send(kA, frame_of("1"));
  outbox.send(kB, frame_of("x"));
  outbox.send(kA, frame_of("2"));
  EXPECT_EQ(outbox.flush(network), 1U);
  EXPECT_EQ(network.taken, "x");
  EXPECT_TRUE(outbox.lags(kA));
  EXPECT_FALSE(outbox.lags(kB));
  outbox.send(kA, frame_of("3"));
  outbox.send(kB, frame_of("y"));
  outbox.flush(network);
  network.answers.clear();
  EXPECT_EQ(outbox.flush(network), 3U);
  EXPECT_EQ(network.taken, "xy123");
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0U);
}

TEST(Outbox, what_waits_for_a_lost_destination_is_dropped_and_counted) {
  Outbox outbox;
  Network network;
  network.answers[kA] = Offer::kLater;
  for (const char* text : {"1", "2", "3"}) outbox.send(kA, frame_of(text));
  outbox.flush(network);
  network.answers[kA] = Offer::kGone;
  outbox.flush(network);
  EXPECT_EQ(outbox.frames_dropped(), 3U);
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0U);
}

TEST(Outbox, is_bounded_and_one_destination_takes_half_at_most) {
  Outbox outbox;
  Network network;
  network.answers[kA] = Offer::kLater;
  network.answers[kB] = Offer::kLater;
  const std::string megabyte(1 << 20, 'x');
  for (int sent = 0; sent < 200; ++sent) {
    outbox.send(kA, frame_of(megabyte));
    outbox.flush(network);
  }
  EXPECT_LE(outbox.bytes(), kOutboxBytesMax / 2);
  EXPECT_GT(outbox.bytes(), kOutboxBytesMax / 2 - (2 << 20));
  const std::uint64_t dropped = outbox.frames_dropped();
  outbox.send(kB, frame_of(megabyte));
  outbox.flush(network);
  EXPECT_EQ(outbox.frames_dropped(), dropped);
  for (int sent = 0; sent < 200; ++sent) outbox.send(kB, frame_of(megabyte));
  EXPECT_LE(outbox.bytes(), kOutboxBytesMax) << "within one turn as well";
}

}  // namespace
}  // namespace lath
