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
