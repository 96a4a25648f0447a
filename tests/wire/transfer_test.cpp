// The frames by which large values move, against the bytes that docs/wire.md shows.
#include <gtest/gtest.h>

#include "../hex.hpp"
#include "frames.hpp"
#include "lath/limits.hpp"

namespace lath::testing {

TEST(Transfer, frames_are_the_documented_bytes) {
  EXPECT_EQ(hex(ask_frame().bytes()), "03080000020100000300000000000000000004000000000000000100");
  EXPECT_EQ(hex(chunk_frame().bytes()), "0309000002010000030000000000000070617274");
  EXPECT_EQ(hex(release_frame().bytes()), "030a00000300000000000000");
  EXPECT_EQ(hex(fetch_frame().bytes()), "030b0200070000006b31");
  EXPECT_EQ(hex(held_frame().bytes()),
            "030d0200"
            "02000000010000000800000000000000"
            "0900000000000000"
            "5000000000000000"
            "03000000010000000900000000000000"
            "6b31");
  EXPECT_EQ(hex(offer_frame().bytes()),
            "030c000007000000"
            "03000000000000000100010000000000"
            "1e00000000000000"
            "5000000000000000"
            "03000000010000000900000000000000"
            "020000006865"
            "01000000"
            "030000006b6579"
            "02000000"
            "00000000"
            "0070000000000000"
            "0000010000000000"
            "00000000"
            "0090000000000000"
            "0100000000000000");
}

TEST(Transfer, a_put_large_is_the_documented_bytes) {
  FrameBuffer argument;
  append_large_source(argument, large_source());
  EXPECT_EQ(hex(argument.bytes()),
            "0300000000000000"
            "0070000000000000"
            "0080000000000000"
            "01000000"
            "0300000000000000"
            "0000010000000000"
            "020000006865"
            "030000006b6579");
}

TEST(Transfer, what_was_written_is_read) {
  FrameBuffer argument;
  append_large_source(argument, large_source());
  const auto source = read_large_source(argument.bytes());
  ASSERT_TRUE(source);
  EXPECT_EQ(source->bytes(), 2 + 3 * 0x8000U);
  EXPECT_EQ(source->layout, large_source().layout);
  EXPECT_EQ(as_text(source->head), "he");
  EXPECT_EQ(as_text(source->exported), "key");
  const FrameBuffer frame = offer_frame();
  OfferFrame offer;
  ASSERT_TRUE(read_offer(frame.bytes(), offer));
  EXPECT_EQ(offer.token, 7U);
  EXPECT_EQ(offer.offer.bytes, 0x10001U);
  ASSERT_EQ(offer.offer.pieces.size(), 2U);
  EXPECT_EQ(offer.offer.pieces[1].address, 0x9000U);
  EXPECT_EQ(as_text(offer.offer.exports[0]), "key");
}

TEST(Transfer, sizes_that_are_no_large_values_are_refused) {
  const auto refused = [](const LargeSource& source) {
    FrameBuffer argument;
    append_large_source(argument, source);
    return !read_large_source(argument.bytes());
  };
  LargeSource source = large_source();
  EXPECT_FALSE(refused(source));
  source.layout.levels[0].count = 0;
  EXPECT_TRUE(refused(source));
  source.layout.levels[0] = {.count = 1, .stride = 0};
  EXPECT_TRUE(refused(source)) << "it would have fitted a put";
  source.layout.levels[0] = {.count = kLargeBytesMax, .stride = 1};
  EXPECT_TRUE(refused(source)) << "too large in all";
  source.layout.levels[0] = {.count = 3, .stride = ~std::uint64_t{0}};
  EXPECT_TRUE(refused(source)) << "out of any address space";
  source.layout = StridedLayout::dense(kLargeBytesMax);
  EXPECT_TRUE(refused(source)) << "with its head";
  source.head = {};
  EXPECT_FALSE(refused(source));
}

TEST(Transfer, pieces_that_do_not_make_up_the_whole_are_refused) {
  const auto refused = [](const LargeOffer& offer) {
    FrameBuffer payload;
    append_large_offer(payload, offer);
    return !read_large_offer(payload.bytes());
  };
  EXPECT_FALSE(refused(large_offer()));
  LargeOffer offer = large_offer();
  offer.pieces.pop_back();
  EXPECT_TRUE(refused(offer));
  offer = large_offer();
  offer.pieces.push_back({0, 0x9100, 1});
  EXPECT_TRUE(refused(offer));
  offer = large_offer();
  offer.pieces[0].exported = 1;
  EXPECT_TRUE(refused(offer)) << "there is no such export";
  offer.exports.clear();
  EXPECT_FALSE(refused(offer)) << "then nothing can be read";
}

TEST(Transfer, a_part_is_never_larger_than_its_limit) {
  FrameBuffer frame;
  write_ask(frame, {.token = 1, .source = 1, .offset = 0, .bytes = kLargePartBytesMax + 1});
  Ask ask;
  EXPECT_FALSE(read_ask(frame.bytes(), ask));
  FrameBuffer chunk;
  begin_chunk(chunk, {.token = 1, .source = 1});
  chunk.extend(kLargePartBytesMax + 1);
  Chunk read;
  EXPECT_FALSE(read_chunk(chunk.bytes(), read));
}

// Runs of 3 bytes, 2 in a row, 2 rows: what lies at which number.
TEST(StridedLayout, numbers_the_bytes_of_its_runs) {
  StridedLayout layout{.run_bytes = 3, .level_count = 2};
  layout.levels[0] = {.count = 2, .stride = 100};
  layout.levels[1] = {.count = 2, .stride = 10};
  EXPECT_EQ(layout.bytes(), 12U);
  EXPECT_EQ(layout.extent(), 113U);
  std::string seen;
  layout.each_run(1, 9,
                  [&](std::uint64_t at, std::uint64_t bytes) { seen += std::to_string(at) + "+" + std::to_string(bytes) + " "; });
  EXPECT_EQ(seen, "1+2 10+3 100+3 110+1 ");
}

}  // namespace lath::testing
