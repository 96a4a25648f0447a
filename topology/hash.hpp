// The pinned hash of a key: XXH3, 64 bits, seed 0. Every node and every client must agree on it, and data on disk outlives a
// build, so it never changes; golden values hold it. The upper half places a key on the ring (ring.hpp).
#pragma once

#include <cstdint>

#include "base/message.hpp"

namespace lath {

std::uint64_t key_hash(Bytes key) noexcept;

// A bijection of 64 bits in which every bit of the input moves every bit of the output (the finish of SplitMix64).
constexpr std::uint64_t mix(std::uint64_t bits) noexcept {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

}  // namespace lath
