// The types that a cell can hold, and their numbers. They are on the wire and their order decides a mixed cell's type: never
// renumbered.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/message.hpp"
#include "wire/opcode.hpp"

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

// What an operation of the wrong type met: the key's type, and the field's where the key holds a map and the operation is on a field.
struct HeldTypes {
  Tag key{};  // Tag{}: nothing, or not known
  Tag field{};
  bool operator==(const HeldTypes&) const = default;
};

// The type of key that an operation is for; Tag{} where any will do. Of one inside a map's field: kMap.
Tag type_wanted_by(Opcode opcode, Bytes argument);
// With its article: "a counter", "an array of f64 by sum". Empty for what is no tag.
std::string_view name_of(Tag tag);

// What a map's field may hold: the types whose bytes bound their memory. (A HyperLogLog of 3 bytes takes 16 KiB.)
constexpr bool may_be_in_field(Tag tag) {
  return tag <= Tag::kSet;
}

}  // namespace lath
