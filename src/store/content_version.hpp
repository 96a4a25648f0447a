// A key's version, as lath_wait tells it: what names the key's content, so that replicas which hold the same tell the same, however
// it came to them. 0: the key holds nothing. Of bytes it is their stamp, in 63 bits, and versions of bytes are in order: what is older
// has not moved past what is newer. Of every other type it is a digest of what is held, with the upper bit set: two of those are the
// same or not.
#pragma once

#include <cstdint>

#include "lath/ids.hpp"

namespace lath {

inline constexpr std::uint64_t kDigestBit = std::uint64_t{1} << 63;

constexpr std::uint64_t version_of_stamp(Stamp stamp) {
  const std::uint64_t version = stamp.value & ~kDigestBit;
  return version == 0 ? 1 : version;
}
constexpr std::uint64_t version_of_digest(std::uint64_t digest) {
  return digest | kDigestBit;
}

// Whether a key whose version is `now` has moved past `since`. Stamps use the 63rd bit up in 2041: they are compared as numbers on a
// circle. Not moved: what was told elsewhere is ahead, by less than a year; a number further away was never a version of this key.
constexpr bool has_moved(std::uint64_t now, std::uint64_t since) {
  if (now == 0 || since == 0 || ((now | since) & kDigestBit) != 0) return now != since;
  constexpr std::uint64_t kAheadMax = std::uint64_t{1} << 58;  // of microseconds times 2^13: 407 days
  return ((since - now) & ~kDigestBit) >= kAheadMax;
}

}  // namespace lath
