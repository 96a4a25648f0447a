// The bytes of a cell of each type, as docs/cells-encoding.md has them: they may only change together with kWireVersion. Those of a plain
// value and of a set are in cell_codec_test.cpp.
#include <bit>

#include "store/cell_fixture.hpp"
#include "tests/hex.hpp"

namespace lath {

namespace {

// Checks too that the bytes are read as they are written.
std::string hex_of(const Cell& cell) {
  const std::string bytes = encoded(cell);
  const auto back = decode_cell(as_bytes(bytes));
  EXPECT_TRUE(back && *back == cell);
  return testing::hex(as_bytes(bytes));
}

Cell cell_after(std::uint32_t node, const std::vector<CellOp>& updates) {
  Site site(node);
  for (const CellOp& op : updates) EXPECT_EQ(site.update(op), Code::kOk);
  return site.cell;
}

std::string hex_after(const std::vector<CellOp>& updates) {
  return hex_of(cell_after(1, updates));
}

// Of what writers 1 and 2 have made, neither of which has seen the other's.
std::string hex_after_both(const std::vector<CellOp>& of_1, const std::vector<CellOp>& of_2) {
  return hex_of(joined(cell_after(2, of_2), cell_after(1, of_1)));
}

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (; count > 0; --count) all += text;
  return all;
}

template <class T>
CellOp merge_array(ArrayHow how, ArrayDtype dtype, const std::vector<T>& elements) {
  return {Opcode::kArrayMerge, array_argument<T>(how, dtype, elements)};
}

}  // namespace

TEST(CellGolden, a_grow_only_counter_has_these_bytes) {
  EXPECT_EQ(
      hex_after_both({{Opcode::kGrowCounterAdd, le(std::uint64_t{5})}}, {{Opcode::kGrowCounterAdd, le(std::uint64_t{0x1234})}}),
      "08"                                // form: components
      "01"                                // one of them
      "02"                                // tag: grow-only counter
      "02000000"                          // two writers, rising
      "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1
      "0500000000000000"                  // has added 5
      "02000000000000000100000000000000"  // node 2, shard 0, incarnation 1
      "3412000000000000");                // has added 0x1234
}

TEST(CellGolden, a_counter_has_these_bytes) {
  EXPECT_EQ(hex_after_both({{Opcode::kCounterAdd, le(std::int64_t{9})}, {Opcode::kCounterAdd, le(std::int64_t{-7})}},
                           {{Opcode::kCounterAdd, le(std::int64_t{0})}}),
            "0801"                              // one component
            "03"                                // tag: counter
            "02000000"                          // two writers
            "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1
            "0900000000000000"                  // has added 9
            "0700000000000000"                  // and subtracted 7
            "02000000000000000100000000000000"  // node 2, shard 0, incarnation 1
            "0000000000000000"                  // has added 0, which is to be in the list
            "0000000000000000");                // and subtracted nothing
}

TEST(CellGolden, extremes_of_whole_numbers_have_these_bytes) {
  EXPECT_EQ(hex_after({{Opcode::kMaxI64Merge, le(std::int64_t{0x123456})}}),
            "0801"                // one component
            "04"                  // tag: max of i64
            "5634120000000000");  // 0x123456
  EXPECT_EQ(hex_after({{Opcode::kMinI64Merge, le(std::int64_t{-2})}}),
            "0801"                // one component
            "05"                  // tag: min of i64
            "feffffffffffffff");  // -2 in two's complement
}

TEST(CellGolden, extremes_of_floating_point_numbers_have_these_bytes) {
  EXPECT_EQ(hex_after({{Opcode::kMaxF64Merge, le(-1.5)}}),
            "0801"                // one component
            "06"                  // tag: max of f64
            "000000000000f8bf");  // -1.5
  EXPECT_EQ(hex_after({{Opcode::kMinF64Merge, le(0.0)}, {Opcode::kMinF64Merge, le(-0.0)}}),
            "0801"                // one component
            "07"                  // tag: min of f64
            "0000000000000080");  // -0.0, which is less than 0.0
}

// No update brings one, but what is merged may.
TEST(CellGolden, a_nan_has_these_bytes_whatever_its_sign_and_payload) {
  const auto f64 = std::bit_cast<double>(std::uint64_t{0xfff4000000000001});
  const auto f32 = std::bit_cast<float>(std::uint32_t{0xffa00001});
  EXPECT_EQ(hex_of(Cell{}.delta_of(Max<double>(f64))),
            "080106"              // one component: max of f64
            "000000000000f87f");  // the one NaN
  EXPECT_EQ(hex_of(Cell{}.delta_of(ArrayMax<float>({f32}))),
            "080110"      // one component: array of f32 by max
            "01000000"    // one element
            "0000c07f");  // the one NaN
}

TEST(CellGolden, a_grow_only_set_has_these_bytes) {
  EXPECT_EQ(
      hex_after(
          {{Opcode::kGrowSetAdd, "\xff"}, {Opcode::kGrowSetAdd, "ab"}, {Opcode::kGrowSetAdd, "a"}, {Opcode::kGrowSetAdd, ""}}),
      "0801"          // one component
      "08"            // tag: grow-only set
      "04000000"      // four elements, rising
      "00000000"      // the one of no bytes
      "0100000061"    // "a", before what it is a prefix of
      "020000006162"  // "ab"
      "01000000ff");  // ff: bytes sort unsigned
}

TEST(CellGolden, a_set_with_events_beyond_a_gap_has_these_bytes) {
  ByteOrSet set;
  set.add("x", {writer(2), 1});
  set.add("w", {writer(1), 3});
  set.merge(ByteOrSet{}.add("x", {writer(1), 4}));  // concurrent with the other add, so that "x" has both dots
  EXPECT_EQ(hex_of(Cell{}.delta_of(set)),
            "0801"                              // one component
            "09"                                // tag: set
            "02000000"                          // the context knows two writers
            "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1,
            "0000000000000000"                  // of which no first event was seen
            "02000000"                          // but two beyond a gap:
            "0300000000000000"                  // its event 3
            "0400000000000000"                  // and 4
            "02000000000000000100000000000000"  // node 2, shard 0, incarnation 1,
            "0100000000000000"                  // whose first event was seen
            "00000000"                          // and none beyond a gap
            "02000000"                          // two elements
            "0100000077"                        // "w"
            "01000000"                          // with one dot
            "00000000"                          // of the context's writer 0
            "0300000000000000"                  // its event 3
            "0100000078"                        // "x"
            "02000000"                          // with two dots
            "00000000"                          // of the context's writer 0
            "0400000000000000"                  // its event 4
            "01000000"                          // of the context's writer 1
            "0100000000000000");                // its event 1
}

TEST(CellGolden, a_multi_value_register_with_two_siblings_has_these_bytes) {
  EXPECT_EQ(hex_after_both({{Opcode::kMvPut, mv_argument("", "one")}}, {{Opcode::kMvPut, mv_argument("", "")}}),
            "0801"                              // one component
            "0a"                                // tag: multi-value register
            "02000000"                          // the context knows two writers
            "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1,
            "0100000000000000"                  // whose first event was seen
            "00000000"                          // and none beyond a gap
            "02000000000000000100000000000000"  // node 2, shard 0, incarnation 1,
            "0100000000000000"                  // whose first event was seen
            "00000000"                          // and none beyond a gap
            "02000000"                          // two siblings
            "00000000"                          // by the context's writer 0
            "0100000000000000"                  // in its event 1:
            "030000006f6e65"                    // "one"
            "01000000"                          // by the context's writer 1
            "0100000000000000"                  // in its event 1:
            "00000000");                        // no bytes
}

TEST(CellGolden, the_context_of_a_multi_value_read_has_these_bytes) {
  Site site(1);
  for (const CellOp& op :
       {CellOp{Opcode::kMvPut, mv_argument("", "old")}, CellOp{Opcode::kErase, ""}, CellOp{Opcode::kMvPut, mv_argument("", "new")}})
    EXPECT_EQ(site.update(op), Code::kOk);
  EXPECT_EQ(testing::hex(as_bytes(read(site.cell, {Opcode::kMvGet, ""}).payload)),
            "38000000"                          // the context is of 56 bytes
            "0010000000000000"                  // generation: the erase's stamp
            "01000000000000000100000000000000"  // and its writer
            "01000000"                          // one writer
            "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1,
            "0100000000000000"                  // whose first event since then was seen
            "00000000"                          // and none beyond a gap
            "01000000"                          // behind it, one sibling
            "030000006e6577");                  // "new"
}

TEST(CellGolden, a_hyperloglog_of_two_registers_has_these_bytes) {
  EXPECT_EQ(hex_after({{Opcode::kHllAdd, le(std::uint64_t{0x4806000000000000})}, {Opcode::kHllAdd, le(std::uint64_t{0})}}),
            "0801"  // one component
            "0b"    // tag: HyperLogLog
            "00"    // form: the registers that are not 0
            "0200"  // two of them
            "0000"  // register 0, of the hash 0:
            "33"    // 50 zeros follow, so its rank is 51
            "0112"  // register 0x1201, the hash's upper 14 bits:
            "01");  // a one follows, so its rank is 1
}

TEST(CellGolden, a_hyperloglog_of_over_5461_registers_has_these_bytes) {
  HyperLogLog hll;
  for (std::uint16_t index = 0; index < 5461; ++index) hll.raise({index, 2});
  EXPECT_EQ(hex_of(Cell{}.delta_of(hll)).substr(0, 24),
            "0801"        // one component
            "0b"          // tag: HyperLogLog
            "00"          // form: the registers that are not 0
            "5515"        // 5,461 of them
            "000002"      // register 0: rank 2
            "010002");    // register 1: rank 2; and so on
  hll.raise({16383, 3});  // the last one
  EXPECT_EQ(hex_of(Cell{}.delta_of(hll)),
            "0801"  // one component
            "0b"    // tag: HyperLogLog
            "01"    // form: the ranks of all registers
                + repeated("02", 5461) + repeated("00", 16384 - 5461 - 1) + "03");
}

TEST(CellGolden, a_map_of_two_fields_has_these_bytes) {
  EXPECT_EQ(hex_after({{Opcode::kMapUpdate, in_field("g", {Opcode::kPut, "in g"})},
                       {Opcode::kMapUpdate, in_field("f1", {Opcode::kCounterAdd, le(std::int64_t{4})})}}),
            "0801"                              // one component
            "0c"                                // tag: map
            "0000000000000000"                  // its floor: nothing was forgotten
            "02000000"                          // two fields, rising
            "02006631"                          // "f1"
            "27000000"                          // its cell is of 39 bytes:
            "0801"                              // one component
            "03"                                // tag: counter
            "01000000"                          // one writer
            "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1
            "0400000000000000"                  // has added 4
            "0000000000000000"                  // and subtracted nothing
            "010067"                            // "g"
            "1d000000"                          // its cell is of 29 bytes:
            "01"                                // form: a write
            "0010000000000000"                  // stamp
            "01000000000000000100000000000000"  // writer
            "696e2067");                        // "in g"
}

TEST(CellGolden, an_array_of_each_kind_has_these_bytes) {
  const std::vector<float> f32 = {1.5F, -0.0F};
  const std::vector<double> f64 = {1.5, -0.0};
  const std::vector<std::int32_t> i32 = {1, -2};
  const std::vector<std::int64_t> i64 = {1, -2};
  const std::string two = "02000000";  // how many
  const std::string of_f32 = two + "0000c03f" + "00000080";
  const std::string of_f64 = two + "000000000000f83f" + "0000000000000080";
  const std::string of_i32 = two + "01000000" + "feffffff";
  const std::string of_i64 = two + "0100000000000000" + "feffffffffffffff";
  const std::string by_1 =
      "01000000"                          // one writer
      "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1
      "0100000000000000";                 // version: it has added once
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMax, ArrayDtype::kF32, f32)}), "080110" + of_f32);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMax, ArrayDtype::kF64, f64)}), "080111" + of_f64);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMax, ArrayDtype::kI32, i32)}), "080112" + of_i32);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMax, ArrayDtype::kI64, i64)}), "080113" + of_i64);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMin, ArrayDtype::kF32, f32)}), "080114" + of_f32);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMin, ArrayDtype::kF64, f64)}), "080115" + of_f64);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMin, ArrayDtype::kI32, i32)}), "080116" + of_i32);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kMin, ArrayDtype::kI64, i64)}), "080117" + of_i64);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kSum, ArrayDtype::kF32, f32)}), "080118" + by_1 + of_f32);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kSum, ArrayDtype::kF64, f64)}), "080119" + by_1 + of_f64);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kSum, ArrayDtype::kI32, i32)}), "08011a" + by_1 + of_i32);
  EXPECT_EQ(hex_after({merge_array(ArrayHow::kSum, ArrayDtype::kI64, i64)}), "08011b" + by_1 + of_i64);
}

TEST(CellGolden, an_array_summed_by_two_writers_has_these_bytes) {
  const CellOp add = merge_array<std::int32_t>(ArrayHow::kSum, ArrayDtype::kI32, {3, -1});
  EXPECT_EQ(hex_after_both({add, add}, {merge_array<std::int32_t>(ArrayHow::kSum, ArrayDtype::kI32, {7})}),
            "0801"                              // one component
            "1a"                                // tag: 16 + 4 * 2 (sum) + 2 (i32)
            "02000000"                          // two writers
            "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1
            "0200000000000000"                  // version: it has added twice
            "02000000"                          // two elements
            "06000000"                          // 6
            "feffffff"                          // -2
            "02000000000000000100000000000000"  // node 2, shard 0, incarnation 1
            "0100000000000000"                  // version: it has added once
            "01000000"                          // one element
            "07000000");                        // 7
}

TEST(CellGolden, a_cell_of_every_part_has_these_bytes) {
  Cell cell = cell_after(
      1, {{Opcode::kCounterAdd, le(std::int64_t{1})}, {Opcode::kErase, ""}, {Opcode::kMaxI64Merge, le(std::int64_t{3})}});
  cell.settle();
  cell.merge(cell_after(2, {{Opcode::kPut, "v"}}));
  cell.merge(cell.delta_of(Min<std::int64_t>(2)));
  EXPECT_EQ(hex_of(cell),
            "1d"                                // form: a write, a generation, components; the generation is settled
            "0010000000000000"                  // generation: the erase's stamp
            "01000000000000000100000000000000"  // and its writer
            "02"                                // two components, in rising order of their tags
            "04"                                // tag: max of i64
            "0300000000000000"                  // 3
            "05"                                // tag: min of i64
            "0200000000000000"                  // 2
            "0010000000000000"                  // the write's stamp
            "02000000000000000100000000000000"  // and its writer: node 2, shard 0, incarnation 1
            "76");                              // the value, to the end
}

TEST(CellGolden, a_large_value_has_these_bytes) {
  EXPECT_EQ(hex_of(Cell::of_large({.stamp = Stamp{0x1000}, .writer = writer(2)}, 0x20000)),
            "21"                                // form: a write, of a large value
            "0010000000000000"                  // stamp
            "02000000000000000100000000000000"  // writer: node 2, shard 0, incarnation 1
            "0000020000000000");                // the value's size: 128 KiB
}

}  // namespace lath
