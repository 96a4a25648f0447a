#include "store/arena.hpp"

#include <map>

#include "base/random.hpp"
#include "tests/store/extents.hpp"

namespace lath {
namespace {

TEST(Arena, rounds_a_block_by_at_most_an_eighth) {
  for (std::size_t bytes = 1; bytes <= Arena::kClassBytesMax; ++bytes) {
    const std::size_t block = Arena::class_bytes(Arena::class_of(bytes));
    ASSERT_GE(block, bytes);
    ASSERT_LE(block, bytes <= 128 ? bytes + 7 : bytes + bytes / 8) << bytes;
    ASSERT_EQ(Arena::class_of(block), Arena::class_of(bytes));
    ASSERT_EQ(block % 8, 0U);
    ASSERT_GE(Arena::block_bytes(bytes), block);
    ASSERT_LE(Arena::block_bytes(bytes), block + block / 8) << bytes;
  }
  EXPECT_EQ(Arena::block_bytes(Arena::kClassBytesMax + 1), 5 * kPageBytes);
  EXPECT_EQ(Arena::class_of(64 * 1024), Arena::kRunClass);
}

TEST(Arena, blocks_never_overlap_and_all_memory_comes_back) {
  Extents extents(16 * kMiB, 256 * 1024, 2 * kMiB);
  Arena arena(extents.queue());
  Random random(2);
  std::map<std::byte*, std::size_t> blocks;
  std::vector<std::byte*> order;
  std::size_t used = 0;
  for (int step = 0; step < 40'000; ++step) {
    extents.refill();
    if (random.below(100) < 52) {
      const std::size_t bytes = 1 + random.below(std::uint64_t{1} << random.below(18));
      std::byte* block = arena.allocate(bytes);
      if (block == nullptr) continue;
      const auto after = blocks.lower_bound(block);
      ASSERT_TRUE(after == blocks.end() || block + bytes <= after->first);
      ASSERT_TRUE(after == blocks.begin() || std::prev(after)->first + std::prev(after)->second <= block);
      std::memset(block, static_cast<int>(bytes & 255U), bytes);
      blocks.emplace(block, bytes);
      order.push_back(block);
      used += Arena::block_bytes(bytes);
    } else if (!blocks.empty()) {
      const std::size_t index = random.below(order.size());
      const auto victim = blocks.find(order[index]);
      order[index] = order.back();
      order.pop_back();
      ASSERT_EQ(victim->first[0], static_cast<std::byte>(victim->second));
      ASSERT_EQ(std::memcmp(victim->first, victim->first + 1, victim->second - 1), 0);
      arena.release(victim->first, victim->second);
      used -= Arena::block_bytes(victim->second);
      blocks.erase(victim);
    }
    ASSERT_EQ(arena.bytes_used(), used);
  }
  for (const auto& [block, bytes] : blocks) arena.release(block, bytes);
  EXPECT_EQ(arena.bytes_used(), 0U);
  // Everything has joined again: the largest extent can be had in one piece.
  EXPECT_NE(arena.allocate(2 * kMiB - 8 * kPageBytes), nullptr);
}

// A limit is held by what is counted: what nobody counts would be missing where the limit is not reached yet.
TEST(Arena, counts_a_block_with_its_part_of_the_slab) {
  for (const std::size_t bytes : {24U, 200U, 1'008U, 1'100U, 3'000U, 9'000U, 15'000U}) {
    Extents extents(8 * kMiB, kMiB, 2 * kMiB);
    Arena arena(extents.queue());
    extents.refill();
    while (arena.allocate(bytes) != nullptr) extents.refill();
    EXPECT_GT(arena.bytes_used(), arena.bytes_reserved() / 100 * 97) << bytes;
    EXPECT_LE(arena.bytes_used(), arena.bytes_reserved()) << bytes;
  }
}

TEST(Arena, refuses_without_memory_and_goes_on_once_there_is_some) {
  Extents extents(kMiB, 256 * 1024, 256 * 1024);
  Arena arena(extents.queue());
  EXPECT_EQ(arena.allocate(32), nullptr);
  extents.refill();
  EXPECT_NE(arena.allocate(32), nullptr);
  EXPECT_EQ(arena.allocate(512 * 1024), nullptr);
}

TEST(Arena, takes_the_spare_before_it_runs_dry) {
  Extents extents(16 * kMiB, kMiB, kMiB);
  Arena arena(extents.queue());
  extents.refill();
  ASSERT_NE(arena.allocate_pages(1), nullptr);
  extents.refill();
  int pages = 0;
  for (; !extents.queue().wants_more() && pages < 256; ++pages) ASSERT_NE(arena.allocate_pages(1), nullptr);
  EXPECT_LT(pages, 200);  // of the 255 that the first extent has
}

}  // namespace
}  // namespace lath
