// The bytes of each frame, as docs/wire.md shows them: they may only change together with kWireVersion.
#include <gtest/gtest.h>

#include "frames.hpp"
#include "tests/hex.hpp"

namespace lath::testing {
namespace {

TEST(Golden, a_request_has_these_bytes) {
  EXPECT_EQ(hex(request_frame().bytes()),
            "0301"
            "0104"
            "07000000"
            "09"
            "02"
            "8877665544332211"
            "a100000000000000"
            "010203"
            "6b31"
            "616263"
            "020200"
            "6b32");
}

TEST(Golden, a_brief_request_has_these_bytes) {
  EXPECT_EQ(hex(brief_request_frame().bytes()),
            "0307"
            "0000"
            "08000000"
            "09"
            "020800"
            "3132333435363738");
}

TEST(Golden, a_long_key_has_these_bytes) {
  const FrameBuffer frame = long_request_frame();
  EXPECT_EQ(hex(frame.bytes().subspan(kRequestHeaderBytes, kLongOperationHeaderBytes)), "02ffffff0000000000");
}

TEST(Golden, a_reply_has_these_bytes) {
  EXPECT_EQ(hex(reply_frame().bytes()),
            "0302"
            "0200"
            "07000000"
            "00000000"
            "00030000"
            "78797a"
            "02000000");
}

TEST(Golden, a_reply_that_begins_later_has_these_bytes) {
  EXPECT_EQ(hex(later_reply_frame().bytes()),
            "0302"
            "0006"
            "07000000"
            "0200"
            "00000000");
}

TEST(Golden, a_merge_batch_has_these_bytes) {
  EXPECT_EQ(hex(merge_batch_frame().bytes()),
            "03030100"
            "00000000"
            "03000000"
            "01000000"
            "0900000000000000"
            "0400000000000000"
            "5000000000000000"
            "4000000000000000"
            "a100000000000000"
            "02000000"
            "04000000"
            "6b31"
            "43454c4c");
}

TEST(Golden, a_merge_acknowledgement_has_these_bytes) {
  EXPECT_EQ(hex(merge_ack_frame().bytes()),
            "03040000"
            "00000000"
            "02000000"
            "01000000"
            "0800000000000000"
            "0900000000000000"
            "0500000000000000"
            "0100000000000000"
            "6000000000000000"
            "4100000000000000");
}

TEST(Golden, every_frame_decodes_to_what_was_encoded) {
  const FrameBuffer request = request_frame();
  Reader reader(request.bytes());
  RequestHeader header;
  Operation operation;
  ASSERT_TRUE(read_request_header(reader, header));
  EXPECT_EQ(header.session, 0x1122334455667788U);
  EXPECT_EQ(header.ack_nodes, 2);
  ASSERT_TRUE(read_operation(reader, operation));
  EXPECT_EQ(operation.opcode, Opcode::kPut);
  EXPECT_EQ(as_text(operation.key), "k1");
  EXPECT_EQ(as_text(operation.argument), "abc");
  ASSERT_TRUE(read_operation(reader, operation));
  EXPECT_EQ(operation.opcode, Opcode::kGet);
  EXPECT_TRUE(reader.at_end());
}

TEST(Golden, a_frame_sent_again_differs_in_epoch_and_oldest_alone) {
  FrameBuffer again = request_frame();
  refresh_request(again, 0xB2, 6);
  EXPECT_NE(hex(again.bytes()), hex(request_frame().bytes()));
  const FrameBuffer before = request_frame();
  ASSERT_EQ(again.size(), before.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    const bool refreshed = i == 2 || i == 3 || (i >= 18 && i < 26);
    EXPECT_TRUE(refreshed || again.bytes()[i] == before.bytes()[i]) << "offset " << i;
  }
}

}  // namespace
}  // namespace lath::testing
