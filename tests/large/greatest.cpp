// The greatest value there may be, through the C API and shared memory: it comes back as it was put, and one byte more is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "lath/lath.h"

namespace lath::test {

namespace {

constexpr std::size_t kGiB = std::size_t{1} << 30;
constexpr std::uint64_t kPatience = LATH_SECONDS(60);

// Words that tell where they are and whose they are.
std::vector<std::uint64_t> words(std::size_t bytes, std::uint64_t seed) {
  std::vector<std::uint64_t> all((bytes + 7) / 8);
  for (std::size_t at = 0; at < all.size(); ++at) all[at] = (at + seed) * 0x9e3779b97f4a7c15ULL;
  return all;
}

}  // namespace

TEST(GreatestValue, a_gib_comes_back_and_a_byte_more_is_refused) {
  lath_options options = LATH_OPTIONS_INIT;
  options.shards = 1;
  options.memory_bytes = 4 * kGiB;
  lath_store* store = nullptr;
  lath_session* session = nullptr;
  ASSERT_EQ(lath_open("embedded:", &options, &store), LATH_OK) << lath_last_error(nullptr);
  ASSERT_EQ(lath_session_open(store, nullptr, &session), LATH_OK) << lath_last_error(nullptr);
  const std::vector<std::uint64_t> value = words(kGiB + 1, 1);
  std::vector<std::uint64_t> room(kGiB / 8);
  ASSERT_EQ(lath_put(session, "k", 1, value.data(), kGiB, kPatience), LATH_OK) << lath_last_error(session);
  EXPECT_EQ(lath_put(session, "k", 1, value.data(), kGiB + 1, kPatience), LATH_E_TOO_LARGE);
  EXPECT_EQ(lath_put(session, "other", 5, value.data(), kGiB + 1, kPatience), LATH_E_TOO_LARGE);
  std::size_t size = 0;
  ASSERT_EQ(lath_get(session, "k", 1, room.data(), kGiB, &size, kPatience), LATH_OK) << lath_last_error(session);
  EXPECT_EQ(size, kGiB);
  EXPECT_TRUE(std::equal(room.begin(), room.end(), value.begin()));
  EXPECT_EQ(lath_get(session, "other", 5, room.data(), kGiB, &size, kPatience), LATH_E_NOT_FOUND);
  EXPECT_EQ(lath_session_close(session), LATH_OK);
  EXPECT_EQ(lath_close(store), LATH_OK);
}

}  // namespace lath::test
