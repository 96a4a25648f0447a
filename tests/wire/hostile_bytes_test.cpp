// A decoder meets every prefix and every flipped byte of every frame.
#include <gtest/gtest.h>

#include <set>

#include "frames.hpp"
#include "lath/limits.hpp"
#include "tests/damage.hpp"

namespace lath::testing {
namespace {

std::vector<FrameBuffer> every_frame() {
  std::vector<FrameBuffer> frames;
  frames.push_back(request_frame());
  frames.push_back(brief_request_frame());
  frames.push_back(long_request_frame());
  frames.push_back(reply_frame());
  frames.push_back(later_reply_frame());
  frames.push_back(merge_batch_frame());
  frames.push_back(merge_ack_frame());
  frames.push_back(ask_frame());
  frames.push_back(chunk_frame());
  frames.push_back(release_frame());
  frames.push_back(fetch_frame());
  frames.push_back(offer_frame());
  frames.push_back(held_frame());
  frames.push_back(put_large_frame());
  return frames;
}

// What a chunk brings goes on to the end of its frame: behind its header it may end anywhere, and go on.
bool may_end_at(const FrameBuffer& frame, std::size_t size) {
  return size == frame.size() || (kind_of(frame.bytes()) == FrameKind::kChunk && size >= kChunkHeaderBytes);
}

bool decode_copy(Bytes bytes) {
  return decode_whole(ExactCopy(bytes).bytes());
}

TEST(HostileBytes, there_is_a_frame_of_every_kind_that_shards_and_sessions_speak) {
  std::set<FrameKind> kinds;
  for (const FrameBuffer& frame : every_frame()) kinds.insert(kind_of(frame.bytes()).value());
  std::set<FrameKind> spoken;
  for (unsigned kind = 0; kind < 256; ++kind) {
    const std::byte begin[] = {std::byte{kWireVersion}, static_cast<std::byte>(kind)};
    if (const auto known = kind_of(begin); known && known != FrameKind::kView && known != FrameKind::kViewRequest)
      spoken.insert(*known);  // tests/control/view_codec_test.cpp has those two
  }
  EXPECT_EQ(kinds, spoken);
}

TEST(HostileBytes, every_prefix_of_every_frame_is_refused) {
  for (const FrameBuffer& frame : every_frame()) {
    ASSERT_TRUE(decode_copy(frame.bytes()));
    for_each_prefix(frame.bytes(),
                    [&](Bytes prefix) { EXPECT_EQ(decode_whole(prefix), may_end_at(frame, prefix.size())) << prefix.size(); });
  }
}

TEST(HostileBytes, every_flipped_byte_is_survived) {
  std::size_t refused = 0;
  for (const FrameBuffer& frame : every_frame()) {
    for_each_flipped_byte(frame.bytes(), [&](Bytes damaged) {
      if (!decode_whole(damaged)) ++refused;
    });
  }
  EXPECT_GT(refused, 0U);
}

TEST(HostileBytes, trailing_bytes_are_noticed) {
  for (FrameBuffer& frame : every_frame()) {
    const bool may_go_on = may_end_at(frame, frame.size() + 1);
    write(frame, std::uint8_t{0});
    EXPECT_EQ(decode_copy(frame.bytes()), may_go_on);
  }
}

TEST(HostileBytes, keys_and_arguments_over_their_limits_are_refused) {
  for (const std::size_t key_size : {std::size_t{0}, kKeyBytesMax + 1}) {
    FrameBuffer frame;
    begin_request(frame, {.count = 1, .sequence = 1, .session = 1, .epoch = 1, .oldest = 1});
    append_operation(frame, {Opcode::kGet, as_bytes(std::string(key_size, 'k')), {}});
    EXPECT_FALSE(decode_copy(frame.bytes())) << key_size;
  }
  FrameBuffer frame;
  begin_request(frame, {.count = 1, .sequence = 1, .session = 1, .epoch = 1, .oldest = 1});
  append_operation(frame, {Opcode::kPut, as_bytes("k"), as_bytes(std::string(kArgumentBytesMax + 1, 'v'))});
  EXPECT_FALSE(decode_copy(frame.bytes()));
}

TEST(HostileBytes, another_version_is_no_frame_of_ours) {
  FrameBuffer frame = request_frame();
  frame.data()[0] = std::byte{kWireVersion + 1};
  EXPECT_EQ(kind_of(frame.bytes()), std::nullopt);
  EXPECT_FALSE(decode_copy(frame.bytes()));
}

TEST(HostileBytes, sizes_in_the_long_form_that_fit_the_short_one_are_refused) {
  FrameBuffer frame;
  begin_request(frame, {.count = 1, .sequence = 1, .session = 1, .epoch = 1, .oldest = 1});
  write(frame, Opcode::kPut);
  write(frame, std::uint16_t{0xffff});
  write(frame, std::uint16_t{1});
  write(frame, std::uint32_t{1});
  frame.append(as_bytes("kv"));
  EXPECT_FALSE(decode_copy(frame.bytes()));
}

TEST(HostileBytes, a_brief_request_without_a_context_is_refused) {
  FrameBuffer frame = brief_request_frame();
  ASSERT_TRUE(decode_copy(frame.bytes()));
  frame.data()[kBriefHeaderBytes - 1] = std::byte{0};
  EXPECT_FALSE(decode_copy(frame.bytes()));
}

TEST(HostileBytes, a_request_whose_oldest_is_before_the_first_is_refused) {
  FrameBuffer frame = request_frame();
  refresh_request(frame, 1, 1);
  EXPECT_TRUE(decode_copy(frame.bytes()));
  refresh_request(frame, 1, 0);
  EXPECT_FALSE(decode_copy(frame.bytes()));
}

}  // namespace
}  // namespace lath::testing
