#include "store/layout.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"

namespace lath {
namespace {

TEST(Layout, a_slots_check_notices_every_flipped_bit) {
  Slot slot{};
  write_slot(slot, {{SlotForm::kInline, 8, 8, false}, 7, 0x1234567890, 42, 43});
  ASSERT_EQ(check_of(slot.control), slot_check(slot));
  for (unsigned bit = 0; bit < 256; ++bit) {
    if (bit >= 16 && bit < 32) continue;  // the check itself
    Slot torn = slot;
    (&torn.control)[bit / 64] ^= std::uint64_t{1} << bit % 64;
    EXPECT_NE(check_of(torn.control), slot_check(torn)) << bit;
  }
}

TEST(Layout, a_slots_version_is_odd_only_while_it_is_written) {
  Slot slot{};
  for (unsigned write = 1; write < 100; ++write) {
    begin_write(slot);
    EXPECT_EQ(version_of(slot.control) % 2, 1);
    write_slot(slot, {{SlotForm::kInline, 1, 1, false}, 0, write, 1, 1});
    EXPECT_EQ(version_of(slot.control), 2 * write);
  }
}

TEST(Layout, a_slots_meta_survives_packing) {
  for (const SlotMeta meta : {SlotMeta{SlotForm::kEmpty, 0, 0, false}, SlotMeta{SlotForm::kInline, 8, 8, true},
                              SlotMeta{SlotForm::kRecord, 0, 255, false}, SlotMeta{SlotForm::kBoxed, 3, 0, true}}) {
    const SlotMeta again = SlotMeta::unpack(meta.pack());
    EXPECT_EQ(again.form, meta.form);
    EXPECT_EQ(again.key_bytes, meta.key_bytes);
    EXPECT_EQ(again.size, meta.size);
    EXPECT_EQ(again.erased, meta.erased);
  }
}

TEST(Layout, a_records_check_notices_every_flipped_bit_and_every_length) {
  Random random(1);
  for (const std::size_t size : {0UL, 1UL, 7UL, 8UL, 31UL, 32UL, 33UL, 100UL, 257UL}) {
    std::vector<std::byte> bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
    const std::uint32_t check = record_check(bytes);
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      bytes[bit / 8] ^= std::byte{1} << bit % 8;
      EXPECT_NE(record_check(bytes), check) << size << " " << bit;
      bytes[bit / 8] ^= std::byte{1} << bit % 8;
    }
    bytes.push_back(std::byte{0});
    EXPECT_NE(record_check(bytes), check) << size;
  }
}

}  // namespace
}  // namespace lath
