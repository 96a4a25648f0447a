// LwwRegister over the store's type (bytes that may be erased) and over plain ones.
#include "lath/lattice/lww_register.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "lattice/laws.hpp"

namespace lath {
namespace {

using Bytes = std::optional<std::string>;

// Every combination of tied stamps and writers with the values.
template <class T>
std::vector<LwwRegister<T>> registers_of(const std::vector<T>& values) {
  std::vector<LwwRegister<T>> registers{{}};
  for (const std::uint64_t stamp : {std::uint64_t{0}, std::uint64_t{7}})
    for (const WriterId who : {WriterId{}, writer(1)})
      for (const T& value : values) registers.push_back({Stamp{stamp}, who, value});
  registers.push_back({Stamp{std::numeric_limits<std::uint64_t>::max()}, writer(1), values.front()});
  return registers;
}

TEST(LwwRegister, obeys_the_laws) {
  expect_laws(registers_of<Bytes>({std::nullopt, "", "a", std::string("a\0b", 3), "b"}));
  expect_laws(registers_of<std::string>({"", "a", "b"}));
  expect_laws(
      registers_of<std::int64_t>({0, -5, 5, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}));
  expect_laws(
      registers_of<double>({0.0, -0.0, 1.0, std::bit_cast<double>(0x7ff8000000000000), std::bit_cast<double>(0xfff8000000000001)}));
}

TEST(LwwRegister, keeps_the_later_write_then_the_greater_writer_then_the_greater_value) {
  LwwRegister<Bytes> held{Stamp{1}, writer(1), "old"};
  EXPECT_TRUE(held.merge({Stamp{2}, writer(0), "new"}));
  EXPECT_FALSE(held.merge({Stamp{1}, writer(9), "late"}));
  EXPECT_TRUE(held.merge({Stamp{2}, writer(1), "a"}));
  EXPECT_TRUE(held.merge({Stamp{2}, writer(1), "b"}));
  EXPECT_FALSE(held.merge({Stamp{2}, writer(1), "a"}));
  EXPECT_EQ(held.value, "b");
}

TEST(LwwRegister, an_erasure_wins_over_earlier_writes_only) {
  LwwRegister<Bytes> held{Stamp{1}, writer(1), "x"};
  EXPECT_TRUE(held.merge({Stamp{2}, writer(1), std::nullopt}));
  EXPECT_EQ(held.value, std::nullopt);
  EXPECT_FALSE(held.is_bottom());
  EXPECT_TRUE(held.merge({Stamp{3}, writer(1), ""}));
  EXPECT_EQ(held.value, "");
}

TEST(LwwRegister, deltas_equal_the_full_state) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    LwwRegister<Bytes> full;
    std::vector<LwwRegister<Bytes>> deltas;
    for (int step = 0; step < 40; ++step) {
      deltas.push_back(
          {Stamp{random.below(30)}, writer(static_cast<std::uint32_t>(random.below(3))), std::to_string(random.below(5))});
      full.merge(deltas.back());
    }
    expect_deltas_make(deltas, full, random);
  }
}

}  // namespace
}  // namespace lath
