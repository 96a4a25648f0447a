// A turn reads little and little is under way, however much is to be pulled: whoever shares the shard waits for it. The specification
// allows 4 MiB a turn.
#include "transfer/pulls.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace lath {

namespace {

constexpr std::size_t kMiB = 1 << 20;
static_assert(kLargeBytesUnderWayMax <= 4 * kMiB && kLargePartBytesMax <= 4 * kMiB);

// Memory that is read at once, or later; counts what it is asked for.
struct CountingPort final : MemoryPort {
  struct Read {
    std::uint64_t token = 0;
    std::size_t bytes = 0;
  };
  bool reads(PeerId /*peer*/, Bytes /*exported*/) override { return true; }
  PortRead read(PeerId /*peer*/, Bytes /*exported*/, std::uint64_t /*address*/, std::span<std::byte> room,
                std::uint64_t token) override {
    ++count;
    bytes += room.size();
    if (at_once) return PortRead::kDone;
    later.push_back({token, room.size()});
    return PortRead::kUnderWay;
  }
  bool at_once = true;
  std::size_t count = 0;  // since a turn began
  std::size_t bytes = 0;
  std::deque<Read> later;
};

struct OneRoom final : PullRooms {
  std::span<std::byte> room(std::uint64_t /*room*/, std::uint64_t /*offset*/) override { return memory; }
  bool may_grow() const override { return true; }
  std::vector<std::byte> memory = std::vector<std::byte>(kMiB);
};

class PullsBounds : public ::testing::Test {
 protected:
  void begin(std::size_t bytes, StridedLayout layout = {}) {
    PullOrder order{.from = {1, 1}, .source = 1, .bytes = bytes, .pieces = {{0, 4096, bytes}}, .layout = layout};
    if (may_read) order.exports.emplace_back(8);
    pulls.begin(std::move(order), 1);
  }
  void turn() {
    port.count = port.bytes = 0;
    pulls.tick(rooms, 1, outbox);
  }
  std::size_t whole() {
    std::size_t count = 0;
    for (Pulls::Ended ended; pulls.take_ended(ended); ++count) EXPECT_EQ(ended.code, Code::kOk);
    return count;
  }

  bool may_read = true;
  CountingPort port;
  Pulls pulls{&port};
  OneRoom rooms;
  Outbox outbox;
};

}  // namespace

TEST_F(PullsBounds, a_turn_reads_one_part_of_all_pulls_together) {
  for (int pull = 0; pull < 4; ++pull) begin(2 * kMiB);
  for (std::size_t turns = 0; turns < 8 * kMiB / kLargePartBytesMax; ++turns) {
    turn();
    ASSERT_EQ(port.bytes, kLargePartBytesMax) << "no more, and no turn goes by in vain: " << turns;
  }
  turn();
  EXPECT_EQ(whole(), 4u);
}

TEST_F(PullsBounds, a_turn_does_not_take_short_reads_for_cheap_ones) {
  begin(64 * 1024, {.run_bytes = 8, .level_count = 1, .levels = {{{.count = 8 * 1024, .stride = 64}}}});
  std::size_t reads = 0;
  for (int turns = 0; turns < 100 && pulls.size() > 0; ++turns) {
    turn();
    EXPECT_LE(port.count, 256u);
    reads += port.count;
  }
  EXPECT_EQ(reads, 8 * 1024u);
  EXPECT_EQ(whole(), 1u);
}

TEST_F(PullsBounds, reads_under_way_are_bounded_over_all_pulls) {
  port.at_once = false;
  for (int pull = 0; pull < 4; ++pull) begin(4 * kMiB);
  std::size_t under_way = 0;
  std::size_t most = 0;
  for (int turns = 0; turns < 1000 && pulls.size() > 0; ++turns) {
    turn();
    under_way += port.bytes;
    most = std::max(most, under_way);
    ASSERT_LE(under_way, kLargeBytesUnderWayMax);
    if (port.later.empty()) continue;
    const CountingPort::Read done = port.later.front();
    port.later.pop_front();
    under_way -= done.bytes;
    pulls.read_done(done.token, true, rooms, 1);
  }
  EXPECT_EQ(most, kLargeBytesUnderWayMax) << "and it is made use of";
  EXPECT_EQ(whole(), 4u);
}

TEST_F(PullsBounds, parts_asked_for_are_bounded_over_all_pulls) {
  may_read = false;
  for (int pull = 0; pull < 4; ++pull) begin(4 * kMiB);
  std::size_t most = 0;
  for (int turns = 0; turns < 100 && pulls.size() > 0; ++turns) {
    turn();
    std::vector<Ask> asks;
    outbox.flush([&](const Outbox::Destination&, FrameBuffer& frame) {
      Ask ask;
      EXPECT_TRUE(read_ask(frame.bytes(), ask));
      asks.push_back(ask);
      outbox.release(std::move(frame));
      return Outbox::Offer::kTaken;
    });
    std::size_t asked = 0;
    for (const Ask& ask : asks) asked += ask.bytes;
    most = std::max(most, asked);
    ASSERT_LE(asked, kLargeBytesUnderWayMax) << "all before were answered";
    for (const Ask& ask : asks) {
      pulls.on_chunk({1, 1}, {.token = ask.token, .source = ask.source, .bytes = Bytes(rooms.memory).first(ask.bytes)}, rooms, 1);
    }
  }
  EXPECT_EQ(most, kLargeBytesUnderWayMax) << "and it is made use of";
  EXPECT_EQ(whole(), 4u);
}

}  // namespace lath
