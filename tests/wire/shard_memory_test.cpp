// The answer that tells a session where a shard's table lies.
#include "wire/shard_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/damage.hpp"
#include "tests/hex.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

const std::vector<std::byte> kExports[] = {std::vector<std::byte>(90, std::byte{1}), {}, std::vector<std::byte>(3, std::byte{2})};

FrameBuffer answer() {
  FrameBuffer frame;
  append_shard_memory(frame, {.incarnation = 7, .now_ns = 8, .root = 4096, .exports = {kExports[0], kExports[1], kExports[2]}});
  return frame;
}

}  // namespace

TEST(ShardMemory, is_read_as_it_was_written) {
  const FrameBuffer frame = answer();
  const auto read = read_shard_memory(frame.bytes());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->incarnation, 7u);
  EXPECT_EQ(read->now_ns, 8u);
  EXPECT_EQ(read->root, 4096u);
  ASSERT_EQ(read->exports.size(), 3u);
  for (std::size_t at = 0; at < 3; ++at) EXPECT_TRUE(std::ranges::equal(read->exports[at], kExports[at])) << at;
}

// As docs/wire.md shows it.
TEST(ShardMemory, has_these_bytes) {
  FrameBuffer frame;
  const std::vector<std::byte> exported = {std::byte{0xaa}, std::byte{0xbb}};
  append_shard_memory(frame, {.incarnation = 5, .now_ns = 0x1122, .root = 0x7f0000001000, .exports = {exported, {}}});
  EXPECT_EQ(testing::hex(frame.bytes()),
            "0500000000000000"
            "2211000000000000"
            "00100000007f0000"
            "02000000"
            "02000000"
            "aabb"
            "00000000");
}

TEST(ShardMemory, every_flipped_byte_is_refused_or_another_answer) {
  const FrameBuffer frame = answer();
  std::size_t refused = 0;
  testing::for_each_flipped_byte(frame.bytes(), [&](Bytes damaged) {
    const auto read = read_shard_memory(damaged);
    if (!read) {
      ++refused;
      return;
    }
    FrameBuffer again;
    append_shard_memory(again, *read);
    EXPECT_EQ(as_text(again.bytes()), as_text(damaged));
  });
  EXPECT_GE(refused, 255U * 4U) << "of another count nothing fits";
}

TEST(ShardMemory, every_prefix_and_trailing_bytes_are_refused) {
  FrameBuffer frame = answer();
  testing::for_each_prefix(frame.bytes(), [](Bytes prefix) { EXPECT_FALSE(read_shard_memory(prefix)) << prefix.size(); });
  frame.extend(1);
  EXPECT_FALSE(read_shard_memory(frame.bytes()));
}

TEST(ShardMemory, counts_and_sizes_beyond_what_is_there_are_refused) {
  for (std::size_t at = 24; at < 32; ++at) {  // the count, and the first export's size
    FrameBuffer frame = answer();
    frame.data()[at] = std::byte{0xff};
    EXPECT_FALSE(read_shard_memory(frame.bytes())) << at;
  }
}

}  // namespace lath
