// Operations of another type, and arguments that cannot be right, are refused and change nothing.
#include <limits>

#include "lath/limits.hpp"
#include "store/cell_fixture.hpp"

namespace lath {

namespace {

std::vector<Opcode> all_opcodes() {
  std::vector<Opcode> opcodes;
  for (int number = 0; number < 256; ++number) {
    if (is_known(static_cast<Opcode>(number))) opcodes.push_back(static_cast<Opcode>(number));
  }
  return opcodes;
}

// Refused as an update and as a read, on a bottom cell and on cells of every type.
void expect_malformed(const CellOp& op) {
  SCOPED_TRACE(std::string(name_of(op.opcode)) + " with " + std::to_string(op.argument.size()) + " bytes");
  std::vector<Site> sites = {Site(1)};
  for (const TypeCase& type : type_cases()) {
    sites.emplace_back(1);
    sites.back().update(type.updates.front());
  }
  for (Site& site : sites) {
    const Cell before = site.cell;
    Cell delta;
    EXPECT_EQ(site.update(op, &delta), Code::kInvalid);
    EXPECT_EQ(read(site.cell, op), (Answer{Code::kInvalid, ""}));
    EXPECT_EQ(site.cell, before);
    EXPECT_TRUE(delta.is_bottom());
  }
}

}  // namespace

TEST(CellTypes, every_operation_on_a_cell_of_another_type_is_refused_and_changes_nothing) {
  const std::vector<TypeCase> types = type_cases();
  for (const TypeCase& held : types) {
    Site site(1);
    for (const CellOp& op : held.updates) ASSERT_EQ(site.update(op), Code::kOk);
    const Cell before = site.cell;
    for (const TypeCase& asked : types) {
      if (asked.tag == held.tag) continue;
      for (const CellOp& op : asked.updates) {
        Cell delta;
        EXPECT_EQ(site.update(op, &delta), Code::kWrongType) << name_of(op.opcode);
        EXPECT_TRUE(delta.is_bottom());
      }
      for (const CellOp& op : asked.reads) EXPECT_EQ(read(site.cell, op), (Answer{Code::kWrongType, ""})) << name_of(op.opcode);
      EXPECT_EQ(site.cell, before);
    }
  }
}

TEST(CellTypes, reading_what_holds_nothing_finds_nothing) {
  for (const TypeCase& type : type_cases()) {
    Site site(1);
    for (const CellOp& op : type.reads) EXPECT_EQ(read(site.cell, op), (Answer{Code::kNotFound, ""}));
    ASSERT_EQ(site.update(type.updates.front()), Code::kOk);
    ASSERT_EQ(site.update({Opcode::kErase, ""}), Code::kOk);
    for (const CellOp& op : type.reads) EXPECT_EQ(read(site.cell, op), (Answer{Code::kNotFound, ""}));
  }
}

TEST(CellTypes, any_type_may_begin_on_an_erased_cell) {
  const std::vector<TypeCase> types = type_cases();
  for (const TypeCase& erased : types) {
    for (const TypeCase& next : types) {
      Site site(1);
      ASSERT_EQ(site.update(erased.updates.front()), Code::kOk);
      ASSERT_EQ(site.update({Opcode::kErase, ""}), Code::kOk);
      EXPECT_TRUE(site.cell.is_erased());
      EXPECT_GT(site.cell.erase_stamp(), Stamp{});
      ASSERT_EQ(site.update(next.updates.front()), Code::kOk);
      EXPECT_EQ(site.cell.type(), next.tag);
    }
  }
}

TEST(CellTypes, malformed_arguments_of_every_opcode_are_invalid) {
  const std::vector<Opcode> sized_8 = {Opcode::kGrowCounterAdd, Opcode::kCounterAdd,  Opcode::kMaxI64Merge, Opcode::kMinI64Merge,
                                       Opcode::kMaxF64Merge,    Opcode::kMinF64Merge, Opcode::kHllAdd};
  for (const Opcode opcode : sized_8) {
    for (const std::size_t size : {0u, 1u, 7u, 9u, 16u}) expect_malformed({opcode, std::string(size, '\1')});
  }
  const std::vector<Opcode> without = {Opcode::kErase,     Opcode::kGet,       Opcode::kGrowCounterGet, Opcode::kCounterGet,
                                       Opcode::kMaxI64Get, Opcode::kMinI64Get, Opcode::kMaxF64Get,      Opcode::kMinF64Get,
                                       Opcode::kMvGet,     Opcode::kHllCount,  Opcode::kMapFields,      Opcode::kGrowSetMembers,
                                       Opcode::kSetMembers};
  for (const Opcode opcode : without) expect_malformed({opcode, "x"});
  for (const CellOp& op : std::vector<CellOp>{
           {Opcode::kMvPut, ""},
           {Opcode::kMvPut, "abc"},
           {Opcode::kMvPut, le(std::uint32_t{5}) + "four"},
           {Opcode::kMvPut, mv_argument("not a context", "v")},
           {Opcode::kArrayMerge, ""},
           {Opcode::kArrayMerge, std::string(1, '\0')},
           {Opcode::kArrayMerge, std::string("\3\0", 2)},
           {Opcode::kArrayMerge, std::string("\0\4", 2) + le(1.0)},
           {Opcode::kArrayMerge, std::string("\0\1", 2) + "1234567"},
           {Opcode::kArrayGet, ""},
           {Opcode::kArrayGet, std::string(1, '\0')},
           {Opcode::kArrayGet, std::string("\3\0", 2)},
           {Opcode::kArrayGet, std::string("\0\4", 2)},
           {Opcode::kArrayGet, std::string("\0\0\0", 3)},
           {Opcode::kMapErase, ""},
       })
    expect_malformed(op);
}

TEST(CellTypes, malformed_field_operations_are_invalid) {
  const std::string put = in_field("f", {Opcode::kPut, ""});
  for (std::size_t size = 0; size < put.size(); ++size) expect_malformed({Opcode::kMapUpdate, put.substr(0, size)});
  const std::string get = in_field("f", {Opcode::kGet, ""});
  for (std::size_t size = 0; size < get.size(); ++size) expect_malformed({Opcode::kMapRead, get.substr(0, size)});
  expect_malformed({Opcode::kMapUpdate, in_field("", {Opcode::kPut, "v"})});
  expect_malformed({Opcode::kMapRead, in_field("", {Opcode::kGet, ""})});
  expect_malformed({Opcode::kMapRead, in_field(std::string(kKeyBytesMax + 1, 'f'), {Opcode::kGet, ""})});
  for (const Opcode inner : {Opcode::kMapUpdate, Opcode::kMapErase, Opcode::kMvPut, Opcode::kHllAdd, Opcode::kArrayMerge,
                             Opcode::kWait, Opcode::kGet, static_cast<Opcode>(5), static_cast<Opcode>(0)})
    expect_malformed({Opcode::kMapUpdate, in_field("f", {inner, ""})});
  for (const Opcode inner : {Opcode::kMapRead, Opcode::kMapFields, Opcode::kMvGet, Opcode::kHllCount, Opcode::kArrayGet,
                             Opcode::kWait, Opcode::kPut, static_cast<Opcode>(5), static_cast<Opcode>(255)})
    expect_malformed({Opcode::kMapRead, in_field("f", {inner, ""})});
}

TEST(CellTypes, malformed_arguments_inside_a_field_are_invalid) {
  Site site(1);
  EXPECT_EQ(site.update({Opcode::kMapUpdate, in_field("f", {Opcode::kCounterAdd, "short"})}), Code::kInvalid);
  EXPECT_TRUE(site.cell.is_bottom());
  ASSERT_EQ(site.update({Opcode::kMapUpdate, in_field("f", {Opcode::kCounterAdd, le(std::int64_t{1})})}), Code::kOk);
  const Cell before = site.cell;
  EXPECT_EQ(site.update({Opcode::kMapUpdate, in_field("f", {Opcode::kCounterAdd, "short"})}), Code::kInvalid);
  EXPECT_EQ(site.update({Opcode::kMapUpdate, in_field("f", {Opcode::kPut, "v"})}), Code::kWrongType);
  EXPECT_EQ(read(site.cell, {Opcode::kMapRead, in_field("f", {Opcode::kCounterGet, "x"})}).code, Code::kInvalid);
  EXPECT_EQ(read(site.cell, {Opcode::kMapRead, in_field("f", {Opcode::kGet, ""})}).code, Code::kWrongType);
  EXPECT_EQ(site.cell, before);
}

TEST(CellTypes, nan_is_invalid_and_infinity_is_not) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Opcode opcode : {Opcode::kMaxF64Merge, Opcode::kMinF64Merge}) {
    expect_malformed({opcode, le(nan)});
    expect_malformed({opcode, le(-nan)});
    Site site(1);
    EXPECT_EQ(site.update({opcode, le(-std::numeric_limits<double>::infinity())}), Code::kOk);
  }
  for (const ArrayHow how : {ArrayHow::kMax, ArrayHow::kMin, ArrayHow::kSum}) {
    expect_malformed({Opcode::kArrayMerge, array_argument<double>(how, ArrayDtype::kF64, {1, nan})});
    expect_malformed({Opcode::kArrayMerge, array_argument<float>(how, ArrayDtype::kF32, {static_cast<float>(nan)})});
  }
}

TEST(CellTypes, reads_are_no_updates_and_updates_no_reads) {
  for (const Opcode opcode : all_opcodes()) {
    for (const std::string& argument : {std::string(), std::string(1, '\0'), std::string(8, '\0'), in_field("f", {opcode, ""})}) {
      Site site(1);
      const Code updated = site.update({opcode, argument});
      const Code code = is_update(opcode) ? read(site.cell, {opcode, argument}).code : updated;
      EXPECT_EQ(code, Code::kInvalid) << name_of(opcode);
    }
  }
}

}  // namespace lath
