#include <algorithm>
#include <cstring>

#include "tests/store/extents.hpp"

namespace lath {
namespace {

TEST(ExtentQueue, gives_nothing_before_it_was_filled) {
  ExtentQueue queue(64 * kMiB);
  EXPECT_TRUE(queue.wants_more());
  EXPECT_TRUE(queue.take().empty());
}

TEST(ExtentQueue, extents_double_up_to_the_last_size_and_end_at_the_limit) {
  Extents extents(30 * kMiB, 4 * kMiB, 8 * kMiB);
  std::vector<std::size_t> sizes;
  while (extents.queue().wants_more()) {
    extents.refill();
    sizes.push_back(extents.queue().take().size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{4 * kMiB, 8 * kMiB, 8 * kMiB, 8 * kMiB, 2 * kMiB}));
  EXPECT_EQ(extents.queue().bytes_mapped(), 30 * kMiB);
  extents.refill();
  EXPECT_TRUE(extents.queue().take().empty());
}

TEST(ExtentQueue, keeps_one_spare_and_wants_another_once_it_is_taken) {
  Extents extents(64 * kMiB);
  extents.refill();
  EXPECT_FALSE(extents.queue().wants_more());
  EXPECT_FALSE(extents.queue().take().empty());
  EXPECT_TRUE(extents.queue().wants_more());
}

// Memory whose content is anything.
class UsedMemory final : public RegionProvider {
 public:
  Result<std::unique_ptr<Region>> allocate(std::size_t bytes) override {
    auto region = heap_.allocate(bytes);
    std::memset((*region)->bytes().data(), 0xA5, bytes);
    last = (*region)->bytes();
    return region;
  }
  Result<std::unique_ptr<Region>> enroll(std::span<std::byte>) override { return Error{Code::kIo, "not here"}; }

  std::span<std::byte> last;

 private:
  HeapRegionProvider heap_;
};

TEST(ExtentQueue, is_filled_in_parts_that_each_zero_no_more_than_they_were_told_to) {
  constexpr std::size_t kPart = kMiB;
  ExtentQueue queue(64 * kMiB);
  UsedMemory memory;
  EXPECT_FALSE(queue.is_starving());
  EXPECT_TRUE(queue.take().empty());
  EXPECT_TRUE(queue.is_starving());
  for (std::size_t zeroed = kPart; zeroed < ExtentQueue::kExtentBytesFirst; zeroed += kPart) {
    ASSERT_TRUE(queue.refill(memory, kPart).has_value());
    EXPECT_TRUE(queue.wants_more());
    EXPECT_TRUE(queue.may_grow());
    EXPECT_TRUE(queue.take().empty()) << "a part of an extent was given away";
    EXPECT_EQ(memory.last[zeroed - 1], std::byte{0});
    EXPECT_EQ(memory.last[zeroed], std::byte{0xA5});
  }
  ASSERT_TRUE(queue.refill(memory, kPart).has_value());
  EXPECT_FALSE(queue.wants_more());
  EXPECT_FALSE(queue.is_starving());
  const std::span<std::byte> extent = queue.take();
  ASSERT_EQ(extent.size(), ExtentQueue::kExtentBytesFirst);
  EXPECT_TRUE(std::ranges::all_of(extent, [](std::byte each) { return each == std::byte{0}; }));
}

TEST(ExtentQueue, whose_last_extent_is_in_parts_may_grow_until_it_is_there) {
  ExtentQueue queue(4 * kMiB);
  HeapRegionProvider heap;
  ASSERT_TRUE(queue.refill(heap, kMiB).has_value());
  EXPECT_TRUE(queue.may_grow());
  for (int part = 1; part < 4; ++part) ASSERT_TRUE(queue.refill(heap, kMiB).has_value());
  EXPECT_FALSE(queue.may_grow());
  EXPECT_FALSE(queue.wants_more());
  EXPECT_EQ(queue.take().size(), 4 * kMiB);
}

class NoMemory final : public RegionProvider {
 public:
  Result<std::unique_ptr<Region>> allocate(std::size_t) override { return Error{Code::kIo, "no memory"}; }
  Result<std::unique_ptr<Region>> enroll(std::span<std::byte>) override { return Error{Code::kIo, "no memory"}; }
};

TEST(ExtentQueue, reports_a_provider_that_fails_and_tries_again) {
  ExtentQueue queue(64 * kMiB);
  NoMemory none;
  EXPECT_EQ(queue.refill(none).error().code, Code::kIo);
  EXPECT_TRUE(queue.wants_more());
  HeapRegionProvider heap;
  EXPECT_TRUE(queue.refill(heap).has_value());
  EXPECT_EQ(queue.take().size(), ExtentQueue::kExtentBytesFirst);
}

}  // namespace
}  // namespace lath
