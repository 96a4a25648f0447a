#include "wire/cell_tag.hpp"

#include <array>

#include "wire/reader.hpp"

namespace lath {

namespace {

constexpr std::array<std::string_view, kArrayHows * kArrayDtypes> kArrayNames{
    "an array of f32 by max", "an array of f64 by max", "an array of i32 by max", "an array of i64 by max",
    "an array of f32 by min", "an array of f64 by min", "an array of i32 by min", "an array of i64 by min",
    "an array of f32 by sum", "an array of f64 by sum", "an array of i32 by sum", "an array of i64 by sum",
};

Tag array_wanted_by(Bytes argument) {
  Reader reader(argument);
  std::uint8_t how = 0;
  std::uint8_t dtype = 0;
  if (!reader.read(how) || !reader.read(dtype) || how >= kArrayHows || dtype >= kArrayDtypes) return Tag{};
  return array_tag(static_cast<ArrayHow>(how), static_cast<ArrayDtype>(dtype));
}

}  // namespace

Tag type_wanted_by(Opcode opcode, Bytes argument) {
  switch (opcode) {
    case Opcode::kPut:
    case Opcode::kPutLarge:
    case Opcode::kGet: return Tag::kLww;
    case Opcode::kGrowCounterAdd:
    case Opcode::kGrowCounterGet: return Tag::kGrowCounter;
    case Opcode::kCounterAdd:
    case Opcode::kCounterGet: return Tag::kCounter;
    case Opcode::kMaxI64Merge:
    case Opcode::kMaxI64Get: return Tag::kMaxI64;
    case Opcode::kMinI64Merge:
    case Opcode::kMinI64Get: return Tag::kMinI64;
    case Opcode::kMaxF64Merge:
    case Opcode::kMaxF64Get: return Tag::kMaxF64;
    case Opcode::kMinF64Merge:
    case Opcode::kMinF64Get: return Tag::kMinF64;
    case Opcode::kGrowSetAdd:
    case Opcode::kGrowSetContains:
    case Opcode::kGrowSetMembers: return Tag::kGrowSet;
    case Opcode::kSetAdd:
    case Opcode::kSetRemove:
    case Opcode::kSetContains:
    case Opcode::kSetMembers: return Tag::kSet;
    case Opcode::kMvPut:
    case Opcode::kMvGet: return Tag::kMv;
    case Opcode::kHllAdd:
    case Opcode::kHllCount: return Tag::kHll;
    case Opcode::kArrayMerge:
    case Opcode::kArrayGet: return array_wanted_by(argument);
    case Opcode::kMapUpdate:
    case Opcode::kMapRead:
    case Opcode::kMapErase:
    case Opcode::kMapFields: return Tag::kMap;
    default: return Tag{};
  }
}

std::string_view name_of(Tag tag) {
  switch (tag) {
    case Tag::kLww: return "bytes";
    case Tag::kGrowCounter: return "a grow-counter";
    case Tag::kCounter: return "a counter";
    case Tag::kMaxI64: return "a maximum of i64";
    case Tag::kMinI64: return "a minimum of i64";
    case Tag::kMaxF64: return "a maximum of f64";
    case Tag::kMinF64: return "a minimum of f64";
    case Tag::kGrowSet: return "a grow-set";
    case Tag::kSet: return "a set";
    case Tag::kMv: return "siblings (mv)";
    case Tag::kHll: return "a distinct count (hll)";
    case Tag::kMap: return "a map";
    default: break;
  }
  if (tag < Tag::kArrayFirst || tag > Tag::kArrayLast) return {};
  return kArrayNames[static_cast<std::size_t>(tag) - static_cast<std::size_t>(Tag::kArrayFirst)];
}

}  // namespace lath
