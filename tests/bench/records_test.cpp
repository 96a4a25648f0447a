#include "bench/clients/records.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace lath::bench {
namespace {

TEST(Records, keys_are_letters_and_differ) {
  std::set<std::uint64_t> keys;
  for (const std::uint32_t number : {0U, 1U, 15U, 16U, 255U, 65'536U, 1'000'000U, UINT32_MAX}) {
    const std::uint64_t key = key_of(number);
    EXPECT_TRUE(keys.insert(key).second);
    const auto* letters = reinterpret_cast<const char*>(&key);
    EXPECT_TRUE(std::all_of(letters, letters + kKeyBytes, [](char letter) { return letter >= 'a' && letter <= 'p'; }));
  }
}

TEST(Records, a_value_tells_its_key_and_version) {
  std::vector<std::byte> value(1000);
  write_value(5, 42, value);
  EXPECT_EQ(read_value(5, value), 42U);
  EXPECT_EQ(read_value(6, value), std::nullopt);
}

TEST(Records, a_torn_value_is_told) {
  std::vector<std::byte> old(1000), torn(1000);
  write_value(5, 41, old);
  write_value(5, 42, torn);
  std::copy(old.begin() + 500, old.end(), torn.begin() + 500);
  EXPECT_EQ(read_value(5, torn), std::nullopt);
}

TEST(Records, a_value_of_eight_bytes_tells_its_key) {
  std::vector<std::byte> value(8);
  write_value(5, 42, value);
  EXPECT_TRUE(read_value(5, value));
  EXPECT_FALSE(read_value(4, value));
  EXPECT_FALSE(read_value(5, std::span(value).first(7)));
}

}  // namespace
}  // namespace lath::bench
