// A map's floor: what is under it is forgotten, and what is written after an erase is never lost to what somebody else still knows of it.
#include "store/cell_fixture.hpp"
#include "store/store_fixture.hpp"

namespace lath {

namespace {

CellOp put_field(const std::string& field, const std::string& value) {
  return {Opcode::kMapUpdate, in_field(field, {Opcode::kPut, value})};
}
CellOp count_field(const std::string& field, std::int64_t by) {
  return {Opcode::kMapUpdate, in_field(field, {Opcode::kCounterAdd, le(by)})};
}
CellOp erase_field(const std::string& field) {
  return {Opcode::kMapErase, field};
}
Answer count_in(const Cell& cell, const std::string& field) {
  return read(cell, {Opcode::kMapRead, in_field(field, {Opcode::kCounterGet, ""})});
}
Cell raised(const Cell& cell, Stamp floor) {
  Cell changed = cell;
  changed.change<FieldMap>([&](FieldMap& map) { return map.forget(floor); });
  return changed;
}
std::size_t fields_in(const Cell& cell) {
  return cell.find<FieldMap>()->entries().size();
}

}  // namespace

TEST(FieldMap, obeys_the_laws_with_floors) {
  std::vector<Cell> samples = {Cell{}};
  for (std::uint32_t node = 1; node < 4; ++node) {
    Site site(node);
    site.wall_us = node;
    site.update(count_field("c", node));
    samples.push_back(site.cell);
    site.update(put_field("p", "v"));
    site.update(erase_field("c"));
    samples.push_back(site.cell);
    samples.push_back(raised(site.cell, Stamp{node << 13}));
    samples.push_back(Cell{}.delta_of(FieldMap::with_floor(Stamp{node})));
  }
  expect_laws(samples);
}

TEST(FieldMap, forgets_what_was_erased_under_the_floor_and_nothing_else) {
  Site site(1);
  site.update(put_field("live", "v"));
  site.update(put_field("bytes", "v"));
  site.update(count_field("count", 3));
  site.update(erase_field("bytes"));
  site.update(erase_field("count"));
  const Stamp floor{site.clock.last().value + 1};
  site.update(put_field("late", "v"));
  site.update(erase_field("late"));
  EXPECT_EQ(fields_in(site.cell), 4U);
  Cell forgot = raised(site.cell, floor);
  EXPECT_EQ(fields_in(forgot), 2U) << "the live one, and the one erased later";
  EXPECT_EQ(forgot.find<FieldMap>()->erased(), 1U);
  const auto again = decode_cell(as_bytes(encoded(forgot)));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, forgot);
  forgot.tighten();
  EXPECT_EQ(forgot.bytes_bound(), encoded(forgot).size());
  EXPECT_FALSE(forgot.merge_settled(site.cell)) << "who still knows of them brings nothing back";
  Cell other = site.cell;
  EXPECT_TRUE(other.merge_settled(forgot));
  EXPECT_EQ(other, forgot);
}

TEST(FieldMap, what_is_written_after_the_erase_was_forgotten_wins_over_those_who_remember_it) {
  Site remembers(1);
  remembers.update(count_field("f", 5));
  remembers.update(erase_field("f"));
  Site forgot(2);
  forgot.cell = raised(remembers.cell, Stamp{remembers.clock.last().value + 1});
  Cell delta;
  forgot.update(count_field("f", 7), &delta);
  remembers.update(count_field("f", 2));  // in the generation that it remembers
  Cell at_first = remembers.cell;
  EXPECT_TRUE(at_first.merge_settled(delta));
  EXPECT_EQ(count_in(at_first, "f").payload, le(std::int64_t{9}));
  Cell at_second = forgot.cell;
  EXPECT_TRUE(at_second.merge_settled(remembers.cell));
  EXPECT_EQ(count_in(at_second, "f").payload, le(std::int64_t{9}));
  at_first.merge_settled(at_second);
  at_second.merge_settled(at_first);
  EXPECT_EQ(at_first, at_second);
}

TEST(FieldMap, an_erase_by_a_clock_that_is_behind_the_floor_is_over_it) {
  Site site(1);
  site.wall_us = 1'000'000;
  site.update(count_field("f", 5));
  site.cell = raised(site.cell, Stamp{site.clock.last().value + 1});
  Site behind(2);
  behind.cell = site.cell;
  behind.update(erase_field("f"));
  EXPECT_TRUE(site.cell.merge_settled(behind.cell));
  EXPECT_EQ(count_in(site.cell, "f").code, Code::kNotFound);
  EXPECT_FALSE(behind.cell.merge_settled(site.cell));
}

TEST(FieldMap, an_older_generation_still_loses_where_the_floor_is_below) {
  Site site(1);
  site.update(count_field("f", 5));
  const Cell before = raised(site.cell, Stamp{1});
  site.update(erase_field("f"));
  site.update(count_field("f", 1));
  Cell after = site.cell;
  after.merge_settled(before);
  EXPECT_EQ(count_in(after, "f").payload, le(std::int64_t{1}));
}

TEST(FieldMap, of_one_replica_keeps_nothing_of_erased_fields) {
  for (const bool bytes : {true, false}) {
    StoreFixture fixture(4 << 20);
    const std::string name = "map";
    const Key key = key_of(name);
    const auto update = [&](const CellOp& op) {
      fixture.extents.refill();
      return fixture.store.update(key, op.opcode, as_bytes(op.argument), fixture.context(), nullptr).status;
    };
    for (int cycle = 0; cycle < 50'000; ++cycle) {
      const std::string field = "field number " + std::to_string(cycle);
      ASSERT_EQ(update(bytes ? put_field(field, "value") : count_field(field, 1)), Code::kOk) << cycle;
      ASSERT_EQ(update(erase_field(field)), Code::kOk);
    }
    EXPECT_LT(fixture.store.counters().bytes_used, 64U << 10);
    EXPECT_EQ(fixture.store.counters().shedding_maps, 0U);
    EXPECT_EQ(fixture.store.counters().keys, 1U);
    EXPECT_EQ(fixture.put(key, "v"), Code::kWrongType) << "it is a map still";
    ASSERT_EQ(update({Opcode::kErase, ""}), Code::kOk);
    EXPECT_EQ(fixture.store.counters().keys, 0U);
  }
}

// A replica that frees an erased cell before another does takes later writes in the first generation.
TEST(ContentVersion, does_not_tell_which_replica_has_forgotten_an_erase) {
  const std::string name = "k";
  const Key key = key_of(name);
  const auto version_of = [&](const Cell& cell) {
    StoreFixture fixture(1 << 20);
    fixture.extents.refill();
    EXPECT_TRUE(fixture.store.merge(key, as_bytes(encoded(cell)), fixture.clock, 1));
    FrameBuffer scratch;
    return fixture.store.content_version(key, scratch);
  };
  const CellOp count{Opcode::kCounterAdd, le(std::int64_t{7})};
  Site forgot(1);
  forgot.update(count);
  Site knows(1);
  knows.update(count);
  knows.update({Opcode::kErase, ""});
  knows.update(count);
  const std::uint64_t version = version_of(forgot.cell);
  EXPECT_EQ(version_of(knows.cell), version);
  knows.cell.settle();
  EXPECT_EQ(version_of(knows.cell), version);
  knows.update(count);
  EXPECT_NE(version_of(knows.cell), version);

  Site map(1);
  map.update(count_field("f", 7));
  Site erased(1);
  erased.update(count_field("f", 7));
  erased.update(erase_field("f"));
  erased.update(count_field("f", 7));
  erased.update(put_field("g", "v"));
  erased.update(erase_field("g"));
  EXPECT_EQ(version_of(erased.cell), version_of(map.cell));
  EXPECT_EQ(version_of(raised(erased.cell, Stamp{erased.clock.last().value + 1})), version_of(map.cell));
}

}  // namespace lath
