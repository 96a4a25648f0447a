// The number of a merge batch: the stream in the upper 16 bits, the place in it in the lower 48, from 1. A sender begins a new
// stream to a peer that restarted, so that a late batch or acknowledgement of the old one is never taken for one of the new.
#pragma once

#include <cstdint>

namespace lath {

inline constexpr unsigned kStreamShift = 48;

constexpr std::uint64_t stream_of(std::uint64_t number) {
  return number >> kStreamShift;
}
constexpr std::uint64_t first_number(std::uint64_t stream) {
  return (stream << kStreamShift) | 1;
}

}  // namespace lath
