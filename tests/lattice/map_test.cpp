// MapLattice, alone and nested.
#include "lath/lattice/map.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lath/lattice/max.hpp"
#include "lath/lattice/set.hpp"
#include "lattice/laws.hpp"

namespace lath {
namespace {

using Tops = MapLattice<std::string, Max<std::int64_t>>;
using Nested = MapLattice<std::string, MapLattice<std::string, GSet<std::string>>>;

TEST(MapLattice, obeys_the_laws) {
  const Tops a = Tops::of("", Max<std::int64_t>(1));
  const Tops b = Tops::of("b", Max<std::int64_t>(1));
  const Tops c = Tops::of("b", Max<std::int64_t>(2));
  expect_laws<Tops>({Tops{}, a, b, c, joined(a, b), joined(joined(a, c), Tops::of("a", Max<std::int64_t>(-7))), Tops::of("z", {})});
  const auto leaf = [](const char* name) {
    return MapLattice<std::string, GSet<std::string>>::of(name, GSet<std::string>::of(name));
  };
  const Nested x = Nested::of("x", leaf("1"));
  const Nested y = Nested::of("x", leaf("2"));
  expect_laws<Nested>({Nested{}, x, y, joined(x, y), Nested::of("y", leaf("1"))});
}

TEST(MapLattice, changes_a_value_in_place_as_a_merge_would_and_keeps_none_at_bottom) {
  Tops changed;
  Tops merged;
  for (const auto& [key, number] : {std::pair{"b", 3}, {"a", 1}, {"b", 5}, {"b", 4}, {"", 0}}) {
    const bool grew = changed.change(std::string_view(key), [value = number](Max<std::int64_t>& top) { return top.merge(value); });
    EXPECT_EQ(grew, merged.merge(key, Max<std::int64_t>(number)));
    EXPECT_EQ(changed, merged);
  }
  EXPECT_FALSE(changed.change(std::string_view("c"), [](const Max<std::int64_t>& top) { return top.value().has_value(); }));
  EXPECT_EQ(changed.find("c"), nullptr);
  EXPECT_EQ(changed, merged);
}

TEST(MapLattice, merges_each_key_and_keeps_no_bottom) {
  Tops map;
  EXPECT_FALSE(map.merge("absent", Max<std::int64_t>{}));
  EXPECT_TRUE(map.is_bottom());
  EXPECT_TRUE(map.merge("b", Max<std::int64_t>(1)));
  EXPECT_TRUE(map.merge("a", Max<std::int64_t>(5)));
  EXPECT_FALSE(map.merge("a", Max<std::int64_t>(4)));
  ASSERT_NE(map.find(std::string_view("a")), nullptr);
  EXPECT_EQ(map.find(std::string_view("a"))->value(), 5);
  EXPECT_EQ(map.find(std::string_view("c")), nullptr);
  EXPECT_EQ(map.entries().begin()->key, "a");
}

TEST(MapLattice, deltas_equal_the_full_state) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Tops full;
    std::vector<Tops> deltas;
    const std::uint64_t keys = seed % 4 == 0 ? 3 * Tops::Entries::kChunkValues : 12;
    for (std::uint64_t step = 0; step < 5 * keys; ++step) {
      const std::string key = std::to_string(random.below(keys));
      const Max<std::int64_t> value(static_cast<std::int64_t>(random.next()));
      full.merge(key, value);
      deltas.push_back(Tops::of(key, value));
    }
    expect_deltas_make(deltas, full, random);
  }
}

TEST(MapLattice, is_rebuilt_only_from_sorted_entries_with_content) {
  const Max<std::int64_t> one(1);
  EXPECT_TRUE(Tops::from_entries({{"", one}, {"a", one}}));
  EXPECT_FALSE(Tops::from_entries({{"b", one}, {"a", one}}));
  EXPECT_FALSE(Tops::from_entries({{"a", one}, {"a", one}}));
  EXPECT_FALSE(Tops::from_entries({{"a", {}}}));
}

}  // namespace
}  // namespace lath
