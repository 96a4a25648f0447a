// What updates do to a cell and what its readers then see: values, erases, limits.
#include <limits>

#include "lath/limits.hpp"
#include "store/cell_fixture.hpp"

namespace lath {

namespace {

std::string list_of(const std::vector<std::string>& elements) {
  std::string bytes = le(static_cast<std::uint32_t>(elements.size()));
  for (const std::string& element : elements) bytes += le(static_cast<std::uint32_t>(element.size())) + element;
  return bytes;
}

// The context and the siblings of an mv answer.
struct MvAnswer {
  std::string context;
  std::string siblings;
};
MvAnswer mv_get(const Cell& cell) {
  const Answer answer = read(cell, {Opcode::kMvGet, ""});
  EXPECT_EQ(answer.code, Code::kOk);
  std::uint32_t size = 0;
  std::memcpy(&size, answer.payload.data(), sizeof size);
  return {answer.payload.substr(4, size), answer.payload.substr(4 + size)};
}

const CellOp kEraseOp{Opcode::kErase, ""};

}  // namespace

TEST(CellUpdate, answers_what_was_written) {
  struct Expected {
    Tag tag;
    std::string payload;
  };
  const auto f64 = [](double value) { return le(value); };
  const std::vector<Expected> expected = {
      {Tag::kLww, ""},
      {Tag::kGrowCounter, le((std::uint64_t{1} << 60) + 5)},
      {Tag::kCounter, le(std::numeric_limits<std::int64_t>::min() + 2)},
      {Tag::kMaxI64, le(std::int64_t{3})},
      {Tag::kMinI64, le(std::int64_t{-3})},
      {Tag::kMaxF64, f64(0.0)},
      {Tag::kMinF64, f64(-std::numeric_limits<double>::infinity())},
      {Tag::kGrowSet, list_of({"", "x", "y"})},
      {Tag::kSet, list_of({"", "y"})},
      {Tag::kHll, le(std::uint64_t{2})},
      {Tag::kMap, list_of({"h"})},
      {array_tag(ArrayHow::kMax, ArrayDtype::kI32), le(4) + le(2) + le(3) + le(std::numeric_limits<std::int32_t>::min())},
      {array_tag(ArrayHow::kMin, ArrayDtype::kI32), le(1) + le(-1) + le(0) + le(std::numeric_limits<std::int32_t>::min())},
      {array_tag(ArrayHow::kSum, ArrayDtype::kF64), f64(5) + f64(1) + f64(3) + f64(std::numeric_limits<double>::lowest())},
  };
  for (const Expected& one : expected) {
    Site site(1);
    for (const TypeCase& type : type_cases()) {
      if (type.tag != one.tag) continue;
      for (const CellOp& op : type.updates) ASSERT_EQ(site.update(op), Code::kOk);
      EXPECT_EQ(read(site.cell, type.reads.front()), (Answer{Code::kOk, one.payload})) << static_cast<int>(one.tag);
    }
  }
}

TEST(CellUpdate, contains_knows_members_and_the_empty_element) {
  for (const auto& [add, contains] :
       {std::pair{Opcode::kGrowSetAdd, Opcode::kGrowSetContains}, {Opcode::kSetAdd, Opcode::kSetContains}}) {
    Site site(1);
    ASSERT_EQ(site.update({add, "x"}), Code::kOk);
    EXPECT_EQ(read(site.cell, {contains, "x"}).payload, le(std::uint8_t{1}));
    EXPECT_EQ(read(site.cell, {contains, ""}).payload, le(std::uint8_t{0}));
    ASSERT_EQ(site.update({add, ""}), Code::kOk);
    EXPECT_EQ(read(site.cell, {contains, ""}).payload, le(std::uint8_t{1}));
  }
}

TEST(CellUpdate, what_changes_nothing_leaves_the_delta_bottom) {
  const std::vector<std::pair<CellOp, CellOp>> first_and_idle = {
      {{Opcode::kGrowCounterAdd, le(std::uint64_t{1})}, {Opcode::kGrowCounterAdd, le(std::uint64_t{0})}},
      {{Opcode::kCounterAdd, le(std::int64_t{1})}, {Opcode::kCounterAdd, le(std::int64_t{0})}},
      {{Opcode::kMaxI64Merge, le(std::int64_t{1})}, {Opcode::kMaxI64Merge, le(std::int64_t{0})}},
      {{Opcode::kMinF64Merge, le(-0.0)}, {Opcode::kMinF64Merge, le(0.0)}},
      {{Opcode::kGrowSetAdd, "x"}, {Opcode::kGrowSetAdd, "x"}},
      {{Opcode::kSetAdd, "x"}, {Opcode::kSetRemove, "y"}},
      {{Opcode::kHllAdd, le(std::uint64_t{9})}, {Opcode::kHllAdd, le(std::uint64_t{9})}},
      {{Opcode::kArrayMerge, array_argument<float>(ArrayHow::kMax, ArrayDtype::kF32, {2, 2})},
       {Opcode::kArrayMerge, array_argument<float>(ArrayHow::kMax, ArrayDtype::kF32, {1})}},
      {{Opcode::kArrayMerge, array_argument<float>(ArrayHow::kSum, ArrayDtype::kF32, {2, 2})},
       {Opcode::kArrayMerge, array_argument<float>(ArrayHow::kSum, ArrayDtype::kF32, {})}},
      {{Opcode::kMapUpdate, in_field("f", {Opcode::kPut, "v"})}, {Opcode::kMapErase, "g"}},
      {{Opcode::kMapUpdate, in_field("f", {Opcode::kPut, "v"})}, {Opcode::kMapUpdate, in_field("g", {Opcode::kSetRemove, "x"})}},
  };
  for (const auto& [first, idle] : first_and_idle) {
    Site site(1);
    ASSERT_EQ(site.update(first), Code::kOk);
    const Cell before = site.cell;
    Cell delta;
    EXPECT_EQ(site.update(idle, &delta), Code::kOk) << name_of(idle.opcode);
    EXPECT_TRUE(delta.is_bottom());
    EXPECT_EQ(site.cell, before);
  }
  for (const CellOp& op : {kEraseOp, CellOp{Opcode::kSetRemove, "x"}, CellOp{Opcode::kMapErase, "f"}}) {
    Site site(1);
    EXPECT_EQ(site.update(op), Code::kOk);
    EXPECT_TRUE(site.cell.is_bottom());
  }
}

TEST(CellUpdate, an_emptied_set_is_still_a_set) {
  Site site(1);
  site.update({Opcode::kSetAdd, "x"});
  site.update({Opcode::kSetRemove, "x"});
  EXPECT_EQ(read(site.cell, {Opcode::kSetMembers, ""}), (Answer{Code::kOk, list_of({})}));
  EXPECT_EQ(site.update({Opcode::kPut, "v"}), Code::kWrongType);
}

TEST(CellUpdate, a_put_wins_over_everything_its_cell_has_merged_even_with_a_clock_behind) {
  Site ahead(2);
  ahead.wall_us = 1000000;
  ahead.update({Opcode::kPut, "from the future"});
  Site behind(1);
  behind.cell.merge(ahead.cell);
  ASSERT_EQ(behind.update({Opcode::kPut, "later"}), Code::kOk);
  EXPECT_EQ(read(joined(ahead.cell, behind.cell), {Opcode::kGet, ""}).payload, "later");
}

TEST(CellUpdate, a_put_concurrent_with_an_erase_survives_where_its_stamp_is_later) {
  Site eraser(1);
  eraser.update({Opcode::kPut, "old"});
  Site putter(2);
  putter.cell = eraser.cell;
  eraser.wall_us = 50;
  putter.wall_us = 60;
  eraser.update(kEraseOp);
  putter.update({Opcode::kPut, "new"});
  const Cell both = joined(eraser.cell, putter.cell);
  EXPECT_EQ(both, joined(putter.cell, eraser.cell));
  EXPECT_EQ(read(both, {Opcode::kGet, ""}), (Answer{Code::kOk, "new"}));

  eraser.wall_us = 70;
  eraser.update({Opcode::kPut, "again"});
  eraser.update(kEraseOp);
  EXPECT_TRUE(joined(eraser.cell, putter.cell).is_erased());
}

TEST(CellUpdate, an_erase_takes_all_types_and_additions_it_had_not_seen_in_its_generation) {
  Site one(1);
  Site two(2);
  one.update({Opcode::kCounterAdd, le(std::int64_t{5})});
  two.cell = one.cell;
  two.update({Opcode::kCounterAdd, le(std::int64_t{7})});
  one.update(kEraseOp);
  Cell both = joined(one.cell, two.cell);
  EXPECT_TRUE(both.is_erased());
  EXPECT_EQ(both.erase_stamp(), one.cell.erase_stamp());
  one.update({Opcode::kCounterAdd, le(std::int64_t{1})});
  both.merge(one.cell);
  EXPECT_EQ(read(both, {Opcode::kCounterGet, ""}).payload, le(std::int64_t{1}));
}

TEST(CellUpdate, erasing_a_mixed_cell_takes_the_bytes_and_the_rest) {
  Site site(1);
  Site other(2);
  site.update({Opcode::kPut, "v"});
  other.update({Opcode::kCounterAdd, le(std::int64_t{1})});
  site.cell.merge(other.cell);
  ASSERT_TRUE(site.cell.is_mixed());
  Cell delta;
  ASSERT_EQ(site.update(kEraseOp, &delta), Code::kOk);
  EXPECT_TRUE(site.cell.is_erased());
  EXPECT_TRUE(delta.is_erased());
  EXPECT_EQ(joined(other.cell, delta).type(), std::nullopt);
}

TEST(CellUpdate, a_field_erases_and_begins_again_as_another_type) {
  Site site(1);
  site.update({Opcode::kMapUpdate, in_field("f", {Opcode::kSetAdd, "x"})});
  site.update({Opcode::kMapUpdate, in_field("g", {Opcode::kPut, "v"})});
  ASSERT_EQ(site.update({Opcode::kMapErase, "f"}), Code::kOk);
  EXPECT_EQ(read(site.cell, {Opcode::kMapFields, ""}).payload, list_of({"g"}));
  ASSERT_EQ(site.update({Opcode::kMapUpdate, in_field("f", {Opcode::kMaxI64Merge, le(std::int64_t{8})})}), Code::kOk);
  EXPECT_EQ(read(site.cell, {Opcode::kMapFields, ""}).payload, list_of({"f", "g"}));
  EXPECT_EQ(read(site.cell, {Opcode::kMapRead, in_field("f", {Opcode::kMaxI64Get, ""})}).payload, le(std::int64_t{8}));
}

TEST(CellUpdate, an_mv_put_replaces_what_its_context_has_seen_and_nothing_else) {
  Site one(1);
  Site two(2);
  one.update({Opcode::kMvPut, mv_argument("", "a")});
  two.update({Opcode::kMvPut, mv_argument("", "b")});
  Cell both = joined(one.cell, two.cell);
  EXPECT_EQ(mv_get(both).siblings, list_of({"a", "b"}));
  two.update({Opcode::kMvPut, mv_argument(mv_get(one.cell).context, "c")});
  both.merge(two.cell);
  EXPECT_EQ(mv_get(both).siblings, list_of({"b", "c"}));
  one.cell = both;
  one.update({Opcode::kMvPut, mv_argument(mv_get(both).context, "d")});
  EXPECT_EQ(mv_get(one.cell).siblings, list_of({"d"}));
}

TEST(CellUpdate, a_context_read_before_an_erase_hides_no_sibling_written_after_it) {
  Site site(1);
  site.update({Opcode::kMvPut, mv_argument("", "a")});
  site.update({Opcode::kMvPut, mv_argument("", "b")});
  const std::string stale = mv_get(site.cell).context;
  site.update(kEraseOp);
  site.update({Opcode::kMvPut, mv_argument("", "c")});
  ASSERT_EQ(site.update({Opcode::kMvPut, mv_argument(stale, "d")}), Code::kOk);
  EXPECT_EQ(mv_get(site.cell).siblings, list_of({"c", "d"}));
}

TEST(CellUpdate, values_over_their_limit_are_too_large) {
  const std::string most(kValueBytesMax, 'v');
  const std::string over = most + 'v';
  for (const auto& [fits, too_large] : std::vector<std::pair<CellOp, CellOp>>{
           {{Opcode::kPut, most}, {Opcode::kPut, over}},
           {{Opcode::kGrowSetAdd, most}, {Opcode::kGrowSetAdd, over}},
           {{Opcode::kSetAdd, most}, {Opcode::kSetAdd, over}},
           {{Opcode::kMvPut, mv_argument("", most)}, {Opcode::kMvPut, mv_argument("", over)}},
           {{Opcode::kArrayMerge, std::string("\0\1", 2) + std::string(kValueBytesMax, '\0')},
            {Opcode::kArrayMerge, std::string("\0\1", 2) + std::string(kValueBytesMax + 8, '\0')}},
           {{Opcode::kMapUpdate, in_field(std::string(kKeyBytesMax, 'f'), {Opcode::kPut, most})},
            {Opcode::kMapUpdate, in_field("f", {Opcode::kPut, over})}},
           {{Opcode::kMapUpdate, in_field("f", {Opcode::kSetAdd, most})},
            {Opcode::kMapUpdate, in_field(std::string(kKeyBytesMax + 1, 'f'), {Opcode::kSetAdd, ""})}},
       }) {
    Site site(1);
    EXPECT_EQ(site.update(too_large), Code::kTooLarge) << name_of(too_large.opcode);
    EXPECT_TRUE(site.cell.is_bottom());
    EXPECT_EQ(site.update(fits), Code::kOk) << name_of(fits.opcode);
    EXPECT_TRUE(decode_cell(as_bytes(encoded(site.cell))));
  }
}

TEST(CellUpdate, a_count_that_is_used_up_says_so_and_stays) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  Site site(1);
  ASSERT_EQ(site.update({Opcode::kGrowCounterAdd, le(most)}), Code::kOk);
  const Cell before = site.cell;
  EXPECT_EQ(site.update({Opcode::kGrowCounterAdd, le(std::uint64_t{1})}), Code::kUsedUp);
  EXPECT_EQ(site.cell, before);

  auto used_up = VersionVector::from_entries({{site.self, Count{most}}});
  auto context = DotContext::from_parts(*used_up, {});
  site.cell = Cell{}.delta_of(*ByteOrSet::from_parts({}, *context));
  EXPECT_EQ(site.update({Opcode::kSetAdd, "x"}), Code::kUsedUp);
  EXPECT_EQ(read(site.cell, {Opcode::kSetMembers, ""}).payload, list_of({}));
}

TEST(CellUpdate, a_cell_grows_to_its_limit_and_refuses_beyond_it_unchanged) {
  const std::string element(60000, 'e');
  const auto grow = [&](int number) {
    const std::string name = std::to_string(number) + element;
    return std::vector<CellOp>{{Opcode::kGrowSetAdd, name},
                               {Opcode::kSetAdd, name},
                               {Opcode::kMvPut, mv_argument("", name)},
                               {Opcode::kMapUpdate, in_field(std::to_string(number), {Opcode::kPut, name})},
                               {Opcode::kMapUpdate, in_field("f", {Opcode::kSetAdd, name})}};
  };
  for (std::size_t kind = 0; kind < grow(0).size(); ++kind) {
    Site site(1);
    int number = 0;
    while (number < 100 && site.update(grow(number)[kind]) == Code::kOk) ++number;
    EXPECT_EQ(number, 17);  // 17 x 60 kB fit into 1 MiB
    const Cell before = site.cell;
    Cell delta;
    EXPECT_EQ(site.update(grow(number)[kind], &delta), Code::kTooLarge);
    EXPECT_TRUE(delta.is_bottom());
    EXPECT_EQ(site.cell, before);
    EXPECT_LE(encoded_bytes(site.cell), kCellBytesMax);
    EXPECT_EQ(site.update(kEraseOp), Code::kOk);
    EXPECT_EQ(site.update(grow(0)[kind]), Code::kOk);
  }
}

TEST(CellUpdate, repeated_merges_do_not_make_a_cell_seem_full) {
  Site site(1);
  site.update({Opcode::kSetAdd, std::string(60000, 'e')});
  const Cell copy = site.cell;
  for (int merge = 0; merge < 100; ++merge) site.cell.merge(copy);
  EXPECT_GT(site.cell.bytes_bound(), kCellBytesMax);
  EXPECT_EQ(site.update({Opcode::kSetAdd, "x"}), Code::kOk);
  EXPECT_LT(site.cell.bytes_bound(), kCellBytesMax);
}

}  // namespace lath
