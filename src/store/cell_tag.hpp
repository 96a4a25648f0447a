// The types that a cell can hold, and their numbers. They are on the wire and their order decides a mixed cell's type: never
// renumbered.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lath {

enum class Tag : std::uint8_t {
  kLww = 1,
  kGrowCounter = 2,
  kCounter = 3,
  kMaxI64 = 4,
  kMinI64 = 5,
  kMaxF64 = 6,
  kMinF64 = 7,
  kGrowSet = 8,
  kSet = 9,
  kMv = 10,
  kHll = 11,
  kMap = 12,
  kArrayFirst = 16,  // 16 + how * 4 + dtype
  kArrayLast = 27,
};

enum class ArrayHow : std::uint8_t { kMax = 0, kMin = 1, kSum = 2 };
enum class ArrayDtype : std::uint8_t { kF32 = 0, kF64 = 1, kI32 = 2, kI64 = 3 };
inline constexpr std::uint8_t kArrayHows = 3;
inline constexpr std::uint8_t kArrayDtypes = 4;

constexpr Tag array_tag(ArrayHow how, ArrayDtype dtype) {
  return static_cast<Tag>(static_cast<std::uint8_t>(Tag::kArrayFirst) + static_cast<std::uint8_t>(how) * kArrayDtypes +
                          static_cast<std::uint8_t>(dtype));
}

// What a map's field may hold: the types whose bytes bound their memory. (A HyperLogLog of 3 bytes takes 16 KiB.)
constexpr bool may_be_in_field(Tag tag) {
  return tag <= Tag::kSet;
}

}  // namespace lath
