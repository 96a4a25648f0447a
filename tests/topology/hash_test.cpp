// The hash of a key is part of the format: these values were computed once with xxHash 0.8.1 and may never change.
#include "topology/hash.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <span>
#include <string_view>
#include <vector>

namespace lath {
namespace {

std::uint64_t hash_of(std::string_view key) {
  return key_hash(std::as_bytes(std::span(key)));
}

// size bytes: 0, 1, 2, ...
std::uint64_t hash_of_counting(std::size_t size) {
  std::vector<std::byte> key(size);
  for (std::size_t i = 0; i < size; ++i) key[i] = static_cast<std::byte>(i);
  return key_hash(key);
}

TEST(KeyHash, never_changes) {
  EXPECT_EQ(hash_of("a"), 0xe6c632b61e964e1fULL);
  EXPECT_EQ(hash_of("greeting"), 0x1fc809e0902f8741ULL);
  EXPECT_EQ(hash_of_counting(1), 0xc44bdff4074eecdbULL);
  EXPECT_EQ(hash_of_counting(8), 0x3a1c2d7c85af88f8ULL);
  EXPECT_EQ(hash_of_counting(16), 0x8355e3a6f61770dbULL);
  EXPECT_EQ(hash_of_counting(17), 0x9ef341a99de37328ULL);
  EXPECT_EQ(hash_of_counting(129), 0xec7642b431ba3e5aULL);
  EXPECT_EQ(hash_of_counting(241), 0x2e8cd95421c6d02ULL);
  EXPECT_EQ(hash_of_counting(1024), 0xa870f92984398d22ULL);
}

TEST(KeyHash, reads_every_byte_of_a_key) {
  std::vector<std::byte> key(1024);
  std::set<std::uint64_t> seen{key_hash(key)};
  for (std::byte& byte : key) {
    byte ^= std::byte{1};
    EXPECT_TRUE(seen.insert(key_hash(key)).second);
    byte ^= std::byte{1};
  }
}

TEST(KeyHash, of_eight_bytes_is_the_library_s) {
  std::uint64_t word = 1;
  for (int round = 0; round < 10'000; ++round) {
    word = mix(word + 1);
    EXPECT_EQ(key_hash_of_8(word), key_hash_of_any_size(std::as_bytes(std::span(&word, 1))));
  }
}

TEST(Mix, is_a_fixed_bijection) {
  EXPECT_EQ(mix(0), 0U);
  EXPECT_EQ(mix(0x9e3779b97f4a7c15ULL), 0xe220a8397b1dcdafULL);  // SplitMix64's first output from seed 0
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(mix(i)).second);
}

}  // namespace
}  // namespace lath
