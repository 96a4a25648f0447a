#include "store/cell_fixture.hpp"

#include <limits>

namespace lath {

namespace {

template <class T>
void add_array_cases(std::vector<TypeCase>& cases, ArrayHow how, ArrayDtype dtype) {
  const CellOp first{Opcode::kArrayMerge, array_argument<T>(how, dtype, {1, 2, 3})};
  const CellOp longer{Opcode::kArrayMerge, array_argument<T>(how, dtype, {4, T{-1}, 0, std::numeric_limits<T>::lowest()})};
  cases.push_back({array_tag(how, dtype), {first, longer}, {{Opcode::kArrayGet, le(how) + le(dtype)}}});
}

}  // namespace

std::vector<TypeCase> type_cases() {
  const CellOp add_in_field{Opcode::kMapUpdate, in_field("f", {Opcode::kCounterAdd, le(std::int64_t{4})})};
  std::vector<TypeCase> cases = {
      {Tag::kLww, {{Opcode::kPut, "hello"}, {Opcode::kPut, ""}}, {{Opcode::kGet, ""}}},
      {Tag::kGrowCounter,
       {{Opcode::kGrowCounterAdd, le(std::uint64_t{0})},
        {Opcode::kGrowCounterAdd, le(std::uint64_t{5})},
        {Opcode::kGrowCounterAdd, le(std::uint64_t{1} << 60)}},
       {{Opcode::kGrowCounterGet, ""}}},
      {Tag::kCounter,
       {{Opcode::kCounterAdd, le(std::int64_t{0})},
        {Opcode::kCounterAdd, le(std::int64_t{-7})},
        {Opcode::kCounterAdd, le(std::int64_t{9})},
        {Opcode::kCounterAdd, le(std::numeric_limits<std::int64_t>::min())}},
       {{Opcode::kCounterGet, ""}}},
      {Tag::kMaxI64,
       {{Opcode::kMaxI64Merge, le(std::numeric_limits<std::int64_t>::min())}, {Opcode::kMaxI64Merge, le(std::int64_t{3})}},
       {{Opcode::kMaxI64Get, ""}}},
      {Tag::kMinI64,
       {{Opcode::kMinI64Merge, le(std::int64_t{3})}, {Opcode::kMinI64Merge, le(std::int64_t{-3})}},
       {{Opcode::kMinI64Get, ""}}},
      {Tag::kMaxF64, {{Opcode::kMaxF64Merge, le(-0.0)}, {Opcode::kMaxF64Merge, le(0.0)}}, {{Opcode::kMaxF64Get, ""}}},
      {Tag::kMinF64,
       {{Opcode::kMinF64Merge, le(1.5)}, {Opcode::kMinF64Merge, le(-std::numeric_limits<double>::infinity())}},
       {{Opcode::kMinF64Get, ""}}},
      {Tag::kGrowSet,
       {{Opcode::kGrowSetAdd, "x"}, {Opcode::kGrowSetAdd, ""}, {Opcode::kGrowSetAdd, "y"}},
       {{Opcode::kGrowSetMembers, ""}, {Opcode::kGrowSetContains, "x"}, {Opcode::kGrowSetContains, ""}}},
      {Tag::kSet,
       {{Opcode::kSetAdd, "x"},
        {Opcode::kSetRemove, "x"},
        {Opcode::kSetAdd, ""},
        {Opcode::kSetAdd, "y"},
        {Opcode::kSetRemove, "z"}},
       {{Opcode::kSetMembers, ""}, {Opcode::kSetContains, "x"}, {Opcode::kSetContains, ""}}},
      {Tag::kMv, {{Opcode::kMvPut, mv_argument("", "one")}, {Opcode::kMvPut, mv_argument("", "")}}, {{Opcode::kMvGet, ""}}},
      {Tag::kHll,
       {{Opcode::kHllAdd, le(std::uint64_t{0x123456789abcdef0})}, {Opcode::kHllAdd, le(std::uint64_t{0})}},
       {{Opcode::kHllCount, ""}}},
      {Tag::kMap,
       {add_in_field,
        {Opcode::kMapUpdate, in_field("g", {Opcode::kPut, "in g"})},
        {Opcode::kMapUpdate, in_field("h", {Opcode::kSetAdd, "x"})},
        {Opcode::kMapUpdate, in_field("f", {Opcode::kErase, ""})},
        {Opcode::kMapErase, "g"}},
       {{Opcode::kMapFields, ""},
        {Opcode::kMapRead, in_field("f", {Opcode::kCounterGet, ""})},
        {Opcode::kMapRead, in_field("g", {Opcode::kGet, ""})},
        {Opcode::kMapRead, in_field("h", {Opcode::kSetMembers, ""})}}},
  };
  for (const ArrayHow how : {ArrayHow::kMax, ArrayHow::kMin, ArrayHow::kSum}) {
    add_array_cases<float>(cases, how, ArrayDtype::kF32);
    add_array_cases<double>(cases, how, ArrayDtype::kF64);
    add_array_cases<std::int32_t>(cases, how, ArrayDtype::kI32);
    add_array_cases<std::int64_t>(cases, how, ArrayDtype::kI64);
  }
  return cases;
}

std::vector<Cell> sample_cells() {
  std::vector<Cell> samples = {Cell{}};
  for (const TypeCase& type : type_cases()) {
    Site first(1);
    Site second(2);
    first.update(type.updates.front());
    if (type.tag < Tag::kArrayFirst) samples.push_back(first.cell);
    for (const CellOp& op : type.updates) second.update(op);
    samples.push_back(second.cell);
  }
  const std::size_t plain = samples.size();
  for (std::size_t index = 3; index < plain; index += 5) {
    Site eraser(static_cast<std::uint32_t>(index % 3));
    eraser.cell = samples[index];
    eraser.update({Opcode::kErase, ""});
    samples.push_back(eraser.cell);
    eraser.update({Opcode::kGrowSetAdd, "after"});
    samples.push_back(eraser.cell);
    samples.push_back(joined(samples[index], samples[(index * 7) % plain]));
    samples.push_back(joined(samples.back(), samples[(index * 5) % plain]));
  }
  return samples;
}

}  // namespace lath
