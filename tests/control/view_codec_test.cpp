#include "control/view_codec.hpp"

#include <gtest/gtest.h>

#include "lath/limits.hpp"
#include "tests/damage.hpp"
#include "tests/hex.hpp"
#include "views.hpp"

namespace lath {
namespace {

using testing::hex;
using testing::node_entry;
using testing::view_of;

constexpr ControlSender kSender{NodeId{3}, 77, 0x1122334455667788ULL};

std::vector<std::byte> copy(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(ViewCodec, a_view_comes_back_equal) {
  View view = view_of(5, 3);
  NodeEntry leaving = node_entry(9, 0);
  leaving.state = NodeState::kLeaving;
  leaving.contact.clear();
  view.merge(leaving);
  const auto frames = encode_view(view, kSender);
  ASSERT_EQ(frames.size(), 1U);
  const auto decoded = decode_control_frame(frames[0].bytes());
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->last);
  EXPECT_EQ(decoded->sender.node, kSender.node);
  EXPECT_EQ(decoded->sender.incarnation, kSender.incarnation);
  EXPECT_EQ(decoded->sender.epoch, kSender.epoch);
  View merged;
  for (const NodeEntry& entry : decoded->entries) merged.merge(entry);
  EXPECT_EQ(merged, view);
}

// As docs/wire.md shows them.
TEST(ViewCodec, a_view_and_a_request_have_these_bytes) {
  NodeEntry entry;
  entry.id = NodeId{2};
  entry.incarnation = 5;
  entry.host_id = 9;
  entry.host = "h1";
  entry.contact = "a:1";
  entry.control_address = {std::byte{0xcc}};
  entry.shard_addresses = {{std::byte{0xaa}, std::byte{0xbb}}};
  View view;
  view.merge(entry);
  const auto frames = encode_view(view, kSender);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(hex(frames[0].bytes()),
            "0305"
            "0100"
            "03000000"
            "4d00000000000000"
            "8877665544332211"
            "0100000000000000"
            "02000000"
            "00000000"
            "0500000000000000"
            "0900000000000000"
            "0200"
            "0300"
            "0100"
            "0100"
            "6831"
            "613a31"
            "cc"
            "0200"
            "aabb");
  EXPECT_EQ(hex(encode_view_request(kSender).bytes()),
            "0306"
            "0000"
            "03000000"
            "4d00000000000000"
            "8877665544332211"
            "0100000000000000");
}

TEST(ViewCodec, a_large_view_travels_in_frames_that_fit_and_merge_in_any_order) {
  const View view = view_of(kNodesMax, 16);
  const auto frames = encode_view(view, kSender);
  ASSERT_GT(frames.size(), 10U);
  View merged;
  for (std::size_t i = frames.size(); i-- > 0;) {
    EXPECT_LT(frames[i].size(), 2 * kViewFrameBytesGoal);
    const auto decoded = decode_control_frame(frames[i].bytes());
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->last, i + 1 == frames.size());
    for (const NodeEntry& entry : decoded->entries) merged.merge(entry);
  }
  EXPECT_EQ(merged.epoch(), view.epoch());
}

TEST(ViewCodec, an_entry_at_every_limit_fits) {
  NodeEntry entry = node_entry(kNodesMax - 1, 0);
  entry.host.assign(kHostBytesMax, 'h');
  entry.contact.assign(kContactBytesMax, 'c');
  entry.control_address.assign(kAddressBytesMax, std::byte{1});
  entry.shard_addresses.assign(kShardsPerNodeMax, AddressBytes(kAddressBytesMax, std::byte{2}));
  View view;
  view.merge(entry);
  const auto frames = encode_view(view, kSender);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_LT(frames[0].size(), kFrameBytesMax);
  const auto decoded = decode_control_frame(frames[0].bytes());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->entries.at(0), entry);
}

TEST(ViewCodec, a_request_comes_back_equal) {
  const FrameBuffer frame = encode_view_request(kSender);
  const auto decoded = decode_control_frame(frame.bytes());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->kind, FrameKind::kViewRequest);
  EXPECT_EQ(decoded->sender.epoch, kSender.epoch);
}

TEST(ViewCodec, every_prefix_is_refused) {
  const auto frames = encode_view(view_of(3, 2), kSender);
  const auto whole = copy(frames[0].bytes());
  testing::for_each_prefix(whole, [](Bytes prefix) { EXPECT_FALSE(decode_control_frame(prefix)) << prefix.size(); });
  auto longer = whole;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decode_control_frame(longer));
}

TEST(ViewCodec, every_flipped_byte_is_refused_or_decoded_within_the_limits) {
  std::size_t refused = 0;
  testing::for_each_flipped_byte(encode_view(view_of(3, 2), kSender)[0].bytes(), [&](Bytes damaged) {
    const auto decoded = decode_control_frame(damaged);
    if (!decoded) {
      ++refused;
      return;
    }
    for (const NodeEntry& entry : decoded->entries) {
      EXPECT_LT(entry.id.value, kNodesMax);
      EXPECT_LE(entry.shard_addresses.size(), kShardsPerNodeMax);
    }
  });
  EXPECT_GT(refused, 3000U);
}

}  // namespace
}  // namespace lath
