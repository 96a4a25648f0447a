// A cell is a lattice; its type, tombstones and mixtures are read off it.
#include "store/cell_fixture.hpp"

namespace lath {

TEST(CellLaws, hold_over_every_type_mixed_and_erased_cells) {
  expect_laws(sample_cells());
}

TEST(CellLaws, bottom_has_no_type_and_is_not_erased) {
  const Cell bottom;
  EXPECT_TRUE(bottom.is_bottom());
  EXPECT_FALSE(bottom.is_erased());
  EXPECT_FALSE(bottom.is_mixed());
  EXPECT_EQ(bottom.type(), std::nullopt);
  EXPECT_EQ(bottom.erase_stamp(), Stamp{});
}

TEST(CellLaws, the_first_update_gives_the_type) {
  for (const TypeCase& type : type_cases()) {
    Site site(1);
    ASSERT_EQ(site.update(type.updates.front()), Code::kOk);
    EXPECT_EQ(site.cell.type(), type.tag);
    EXPECT_FALSE(site.cell.is_mixed());
    EXPECT_FALSE(site.cell.is_erased());
  }
}

TEST(CellLaws, the_lowest_tag_is_a_mixed_cells_type_in_whatever_order_it_was_mixed) {
  const std::vector<TypeCase> types = type_cases();
  for (std::size_t low = 0; low < types.size(); ++low) {
    for (std::size_t high = low + 1; high < types.size(); ++high) {
      Site one(1);
      Site other(2);
      one.update(types[low].updates.front());
      other.update(types[high].updates.front());
      Cell mixed = other.cell;
      EXPECT_TRUE(mixed.merge(one.cell));
      EXPECT_EQ(mixed, joined(one.cell, other.cell));
      EXPECT_TRUE(mixed.is_mixed());
      EXPECT_EQ(mixed.type(), types[low].tag);
      EXPECT_EQ(read(mixed, types[low].reads.front()), read(one.cell, types[low].reads.front()));
      EXPECT_EQ(read(mixed, types[high].reads.front()).code, Code::kWrongType);
    }
  }
}

TEST(CellLaws, the_size_bound_is_never_under_the_size) {
  const std::vector<Cell> samples = sample_cells();
  for (const Cell& a : samples) {
    for (const Cell& b : samples) {
      const Cell both = joined(a, b);
      EXPECT_GE(both.bytes_bound(), encoded_bytes(both));
      EXPECT_LE(encoded_bytes(both), encoded_bytes(a) + encoded_bytes(b));
    }
  }
}

}  // namespace lath
