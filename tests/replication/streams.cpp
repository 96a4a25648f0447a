// The parts of gossip alone: what was received, what is under way, what is dirty, what lags.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "replication/backlog.hpp"
#include "replication/delta_buffer.hpp"
#include "replication/incoming_stream.hpp"
#include "replication/peer_stream.hpp"
#include "store/cell_update.hpp"
#include "topology/hash.hpp"

namespace lath {
namespace {

using Verdict = IncomingStream::Verdict;

Key key_of(std::string_view text) {
  return {key_hash(as_bytes(text)), as_bytes(text)};
}

TEST(IncomingStream, takes_each_number_once_in_any_order) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    IncomingStream stream;
    std::vector<bool> taken(200);
    std::uint64_t lowest = 1;
    while (lowest < taken.size()) {
      const std::uint64_t number = lowest + random.below(std::min<std::uint64_t>(65, taken.size() - lowest));
      const Verdict verdict = stream.judge(1, number);
      ASSERT_EQ(verdict, taken[number] ? Verdict::kRepeated : Verdict::kNew) << number << " seed " << seed;
      if (verdict == Verdict::kNew && random.below(3) > 0) {  // one in three finds no room and comes again
        stream.mark(number);
        taken[number] = true;
      }
      while (lowest < taken.size() && taken[lowest]) ++lowest;
      ASSERT_EQ(stream.below(), lowest);
      for (std::uint64_t bit = 0; bit < 64 && lowest + 1 + bit < taken.size(); ++bit) {
        ASSERT_EQ((stream.beyond() >> bit & 1) != 0, taken[lowest + 1 + bit]);
      }
    }
  }
}

TEST(IncomingStream, a_new_stream_or_life_begins_anew_and_the_old_is_stale) {
  IncomingStream stream;
  EXPECT_EQ(stream.judge(5, 1), Verdict::kNew);
  stream.mark(1);
  EXPECT_EQ(stream.judge(5, first_number(1)), Verdict::kNew);
  stream.mark(first_number(1));
  EXPECT_EQ(stream.judge(5, 2), Verdict::kStale) << "a late batch of the stream before";
  EXPECT_EQ(stream.judge(6, 1), Verdict::kNew);
  EXPECT_EQ(stream.judge(5, first_number(2)), Verdict::kStale);
  EXPECT_EQ(stream.judge(6, 66), Verdict::kBeyond);
}

class Streams : public ::testing::Test {
 protected:
  void keep(std::uint64_t update) {
    FrameBuffer frame;
    begin_merge_batch(frame, {.count = 0, .sender = {}, .number = stream_.next_number(), .clock = {}, .horizon = {}});
    stream_.keep(std::move(frame), {Stamp{update}, update}, now_);
  }
  bool acknowledge(std::uint64_t below, std::uint64_t beyond = 0) {
    const MergeAck ack{.sender = {}, .incarnation = 1, .below = below, .beyond = beyond, .clock = {}, .horizon = {}};
    return stream_.acknowledge(ack, now_, [this](FrameBuffer) { ++released_; });
  }
  std::vector<std::uint64_t> resent() {
    std::vector<std::uint64_t> numbers;
    stream_.resend(now_, [&](FrameBuffer& frame) {
      Reader reader(frame.bytes());
      MergeBatchHeader header;
      EXPECT_TRUE(read_merge_batch_header(reader, header));
      numbers.push_back(header.number);
    });
    return numbers;
  }

  PeerStream stream_;
  TimeNs now_ = 1;
  std::size_t released_ = 0;
};

TEST_F(Streams, send_again_what_was_lost_and_then_only_the_oldest) {
  for (std::uint64_t update = 1; update <= 4; ++update) keep(update);
  EXPECT_TRUE(resent().empty());
  EXPECT_TRUE(acknowledge(1, 0b010));  // 3 has come, 1 has not
  now_ += PeerStream::kResendFirstNs;
  EXPECT_EQ(resent(), (std::vector<std::uint64_t>{1, 2, 4}));
  now_ += 2 * PeerStream::kResendFirstNs;
  EXPECT_EQ(resent(), (std::vector<std::uint64_t>{1}));
  EXPECT_TRUE(stream_.silent());
  EXPECT_TRUE(acknowledge(4));
  EXPECT_FALSE(stream_.silent());
  EXPECT_EQ(released_, 3U);
  EXPECT_EQ(stream_.carried().first_update, 4U);
  EXPECT_TRUE(acknowledge(5));
  EXPECT_TRUE(stream_.empty());
  EXPECT_FALSE(acknowledge(5)) << "no news";
}

TEST_F(Streams, have_a_window_of_batches_and_of_bytes) {
  for (std::uint64_t update = 1; update <= kMergeBatchesUnderWayMax; ++update) {
    ASSERT_TRUE(stream_.has_room());
    keep(update);
  }
  EXPECT_FALSE(stream_.has_room());
  acknowledge(2);
  EXPECT_TRUE(stream_.has_room());
  acknowledge(kMergeBatchesUnderWayMax + 1);
  FrameBuffer large;
  large.extend(kMergeBytesUnderWayMax);
  stream_.keep(std::move(large), {}, now_);
  EXPECT_FALSE(stream_.has_room());
}

TEST_F(Streams, a_restart_makes_late_acknowledgements_mean_nothing) {
  keep(1);
  keep(2);
  stream_.restart();
  EXPECT_TRUE(stream_.empty());
  keep(3);
  EXPECT_FALSE(acknowledge(3));
  EXPECT_FALSE(acknowledge(first_number(1) + 2)) << "of what was never sent";
  EXPECT_TRUE(acknowledge(first_number(1) + 1));
}

TEST(DeltaBuffer, folds_updates_into_one_entry_a_key) {
  DeltaBuffer buffer;
  HybridClock clock;
  const WriteContext context{.writer = {}, .clock = &clock, .wall_us = 1};
  Cell counted;
  for (int round = 0; round < 3; ++round) {
    for (int update = 0; update < 3000; ++update) {
      const std::string name = "key" + std::to_string(update % 1500);
      const Key key = key_of(name);
      DeltaBuffer::Entry* entry = buffer.find(key);
      EXPECT_EQ(entry == nullptr, update < 1500);
      if (entry == nullptr) entry = &buffer.add(key);
      EXPECT_TRUE(entry->peers.add(static_cast<PeerIndex>(update % 3)));
      Cell delta;
      const std::int64_t amount = 1;
      const Bytes argument{reinterpret_cast<const std::byte*>(&amount), sizeof amount};
      ASSERT_EQ(update_cell(counted, Opcode::kCounterAdd, argument, context, &delta), Code::kOk);
      entry->delta.merge(delta);
      buffer.carry(*entry, {Stamp{static_cast<std::uint64_t>(update) + 5}, 7});
    }
    EXPECT_EQ(buffer.size(), 1500U);
    EXPECT_EQ(buffer.carried().since.value, 5U);
    for (DeltaBuffer::Entry& entry : buffer.entries()) EXPECT_EQ(buffer.find(buffer.key_of(entry)), &entry);
    DeltaBuffer::make_whole(buffer.entries().front());
    EXPECT_TRUE(buffer.entries().front().delta.is_bottom());
    buffer.clear();
    EXPECT_TRUE(buffer.empty());
    EXPECT_EQ(buffer.find(key_of("key1")), nullptr);
  }
}

TEST(DeltaBuffer, a_set_of_peers_is_bounded) {
  DeltaBuffer::PeerSet peers;
  for (PeerIndex peer = 0; peer < 2 * kReplicasMax; ++peer) EXPECT_TRUE(peers.add(peer));
  EXPECT_FALSE(peers.add(2 * kReplicasMax));
  EXPECT_TRUE(peers.add(3)) << "it is there";
}

TEST(Backlog, keeps_each_key_once_with_the_oldest_of_what_it_carries) {
  Backlog backlog;
  EXPECT_TRUE(backlog.add(key_of("a"), {Stamp{10}, 3}));
  EXPECT_TRUE(backlog.add(key_of("b"), {Stamp{11}, 4}));
  EXPECT_FALSE(backlog.add(key_of("a"), {Stamp{12}, 2}));
  EXPECT_EQ(backlog.size(), 2U);
  EXPECT_EQ(backlog.front().key, "a");
  EXPECT_EQ(backlog.front().carried.first_update, 2U);
  backlog.pop_front();
  backlog.settle();
  EXPECT_EQ(backlog.carried().since.value, 11U);
  EXPECT_TRUE(backlog.add(key_of("a"), {Stamp{13}, 5}));
  backlog.clear();
  EXPECT_EQ(backlog.carried().first_update, ~std::uint64_t{0});
}

}  // namespace
}  // namespace lath
