// The answer that tells a session where a shard's table lies.
#include "wire/shard_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "lath/limits.hpp"

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

TEST(ShardMemory, every_prefix_and_trailing_bytes_are_refused) {
  FrameBuffer frame = answer();
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const std::vector<std::byte> exact(frame.bytes().begin(), frame.bytes().begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(read_shard_memory(exact)) << size;
  }
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
