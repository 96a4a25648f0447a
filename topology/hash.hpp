// The pinned hash of a key: XXH3, 64 bits, seed 0. Every node and every client must agree on it, and data on disk outlives a
// build, so it never changes; golden values hold it. The upper half places a key on the ring (ring.hpp).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/message.hpp"

namespace lath {

std::uint64_t key_hash_of_any_size(Bytes key) noexcept;

// XXH3 of 8 bytes, written out: with what it begins from known, it is ten instructions in place of a call. Tests hold it to the library.
inline std::uint64_t key_hash_of_8(std::uint64_t word) noexcept {
  constexpr std::uint64_t kFlip = 0xc73ab174c5ecd5a2ULL;  // of the library's default secret, bytes 8 to 15 and 16 to 23
  constexpr std::uint64_t kMultiplier = 0x9fb21c651e98df25ULL;
  std::uint64_t mixed = std::rotl(word, 32) ^ kFlip;
  mixed ^= std::rotl(mixed, 49) ^ std::rotl(mixed, 24);
  mixed *= kMultiplier;
  mixed ^= (mixed >> 35) + sizeof word;
  mixed *= kMultiplier;
  return mixed ^ (mixed >> 28);
}

inline std::uint64_t key_hash(Bytes key) noexcept {
  std::uint64_t word = 0;
  if (key.size() != sizeof word) return key_hash_of_any_size(key);
  std::memcpy(&word, key.data(), sizeof word);
  return key_hash_of_8(word);
}

// A bijection of 64 bits in which every bit of the input moves every bit of the output (the finish of SplitMix64).
constexpr std::uint64_t mix(std::uint64_t bits) noexcept {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

}  // namespace lath
