// The only source of randomness. Protocol code is handed a Random made from a seed, so that a simulation replays.
#pragma once

#include <cstdint>
#include <span>

namespace lath {

// SplitMix64 (Steele, Lea and Flood 2014): small, fast and statistically sound; not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
  }
  // Uniform over 0 .. bound - 1; bound > 0. The bias is under bound / 2^64.
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }

 private:
  std::uint64_t state_;
};

// From the operating system: for seeds, identities and cookies.
std::uint64_t entropy();

}  // namespace lath
