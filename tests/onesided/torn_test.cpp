// What a reader must never take for a value: half-written slots and records, memory that moved, roots that are old or foreign, and
// words that are simply damaged.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "table_fixture.hpp"

namespace lath {

namespace {

class Torn : public testing::Test {
 protected:
  ReadVerdict by_loads(const Key& wanted) {
    SlotImage image;
    return table.read_mapped(wanted, image);
  }
  ReadVerdict by_copies(const Key& wanted) {
    SlotImage image;
    return table.read_copied(wanted, image);
  }
  // Neither way gives anything.
  void expect_both(const Key& wanted, ReadVerdict verdict, const char* what) {
    EXPECT_EQ(by_loads(wanted), verdict) << what;
    EXPECT_EQ(by_copies(wanted), verdict) << what;
  }
  void put(const Key& wanted, const std::string& value) {
    ASSERT_EQ(table.put(wanted, value), Code::kOk);
    table.turn();
    // Warm: the segment is known to the reader by copies.
    if (by_copies(wanted) == ReadVerdict::kMoving) by_copies(wanted);
  }

  TableFixture table;
  const std::string name = "short";
  const std::string long_name = "a key that does not fit a word";
  const std::string other_name = "another key that fits no word!";
  const Key key = key_of(name);
  const Key long_key = key_of(long_name);
  const Key other = key_of(other_name);
};

}  // namespace

TEST_F(Torn, a_slot_stopped_at_any_store_is_not_read) {
  put(key, "before");
  Slot& slot = *table.slot_of(key);
  const Slot before = slot;
  ASSERT_EQ(table.put(key, "after!"), Code::kOk);
  const Slot after = slot;
  slot = before;
  expect_both(key, ReadVerdict::kFound, "before");
  // The stores of write_slot(), one by one.
  store_word(slot.control, before.control | 1U);
  expect_both(key, ReadVerdict::kMoving, "opened");
  store_word(slot.stamp, after.stamp);
  expect_both(key, ReadVerdict::kMoving, "stamp");
  store_word(slot.key, after.key);
  expect_both(key, ReadVerdict::kMoving, "key");
  store_word(slot.value, after.value);
  expect_both(key, ReadVerdict::kMoving, "value");
  store_word(slot.control, after.control);
  SlotImage image;
  EXPECT_EQ(table.value_by(table.read_mapped(key, image), image), "after!");
  EXPECT_EQ(table.value_by(table.read_copied(key, image), image), "after!");
}

TEST_F(Torn, half_of_two_slots_is_not_read_even_under_an_even_version) {
  put(key, "before");
  Slot& slot = *table.slot_of(key);
  const Slot before = slot;
  ASSERT_EQ(table.put(key, "after!"), Code::kOk);
  const Slot after = slot;
  for (unsigned words = 1; words < 7; ++words) {  // which of control, stamp and value are the old ones; not none, not all
    slot.control = (words & 1U) != 0 ? before.control : after.control;
    slot.stamp = (words & 2U) != 0 ? before.stamp : after.stamp;
    slot.value = (words & 4U) != 0 ? before.value : after.value;
    expect_both(key, ReadVerdict::kMoving, "mixed");
  }
}

TEST_F(Torn, a_record_being_rewritten_is_not_read) {
  put(long_key, std::string(100, 'x'));
  Slot& slot = *table.slot_of(long_key);
  begin_write(slot);
  expect_both(long_key, ReadVerdict::kMoving, "opened");
  slot.control &= ~std::uint64_t{1};  // as if the opening had not been seen
  std::byte* record = reinterpret_cast<std::byte*>(slot.value & kAddressMask);
  std::memset(record + sizeof(RecordHeader) + long_key.bytes.size(), 'y', 50);
  expect_both(long_key, ReadVerdict::kMoving, "half of it is new");
}

TEST_F(Torn, a_record_given_to_another_key_is_not_read_by_the_slot_it_had) {
  ASSERT_EQ(other.bytes.size(), long_key.bytes.size());
  put(long_key, std::string(100, 'x'));
  put(other, std::string(100, 'o'));
  Slot& slot = *table.slot_of(long_key);
  const Slot mine = slot;
  // A slot, whole in itself, whose record is another's by now.
  write_slot(slot, {meta_of(mine.control), writer_of(mine.control), mine.stamp, mine.key, table.slot_of(other)->value});
  expect_both(long_key, ReadVerdict::kMoving, "another's record");
}

TEST_F(Torn, memory_that_moves_is_not_read) {
  put(key, "value");
  RootPage& root = table.root();
  store_word(root.layout, root.layout + 1);
  EXPECT_EQ(by_loads(key), ReadVerdict::kMoving);
  EXPECT_EQ(by_copies(key), ReadVerdict::kMoving);
  store_word(root.layout, root.layout + 1);
  EXPECT_EQ(by_loads(key), ReadVerdict::kFound);
  ReadVerdict copies = by_copies(key);
  if (copies == ReadVerdict::kMoving) copies = by_copies(key);
  EXPECT_EQ(copies, ReadVerdict::kFound);
}

TEST_F(Torn, a_layout_that_changes_during_a_read_voids_it) {
  put(key, "value");
  SlotImage image;
  int fetches = 0;
  const ReadVerdict verdict = table.read_copied(key, image, [&] {
    if (++fetches == 2) store_word(table.root().layout, table.root().layout + 2);
  });
  EXPECT_EQ(verdict, ReadVerdict::kMoving);
}

TEST_F(Torn, an_old_root_is_not_trusted) {
  put(key, "value");
  table.time.advance(kRootTrustedNs - 1'000'000);
  expect_both(key, ReadVerdict::kFound, "just young enough");
  table.time.advance(1'000'000);
  expect_both(key, ReadVerdict::kVoid, "50 ms");
  table.time.advance(1'000'000'000'000);
  expect_both(key, ReadVerdict::kVoid, "dead for long");
  table.turn();
  table.terms.shard_ns = table.terms.asked_ns = table.time.now_ns();
  expect_both(key, ReadVerdict::kFound, "it lives after all");
}

TEST_F(Torn, another_hosts_clock_is_taken_at_its_worst) {
  put(key, "value");
  // The answer took 30 ms: the shard may have read its clock at the beginning of them, so that its root may be 30 ms older.
  table.terms = {.incarnation = StoreFixture::kSelf.incarnation,
                 .epoch = TableFixture::kEpoch,
                 .shard_ns = table.time.now_ns(),
                 .asked_ns = table.time.now_ns()};
  table.time.advance(30'000'000);
  expect_both(key, ReadVerdict::kFound, "30 ms at the most");
  table.time.advance(20'000'000);
  expect_both(key, ReadVerdict::kVoid, "perhaps 50");
}

TEST_F(Torn, another_view_life_or_end_voids_every_slot_at_once) {
  put(key, "value");
  table.store.publish_view(TableFixture::kEpoch + 1);
  expect_both(key, ReadVerdict::kVoid, "the keys may have moved");
  table.store.publish_view(TableFixture::kEpoch);
  expect_both(key, ReadVerdict::kFound, "back");
  ++table.terms.incarnation;
  expect_both(key, ReadVerdict::kVoid, "another life");
  --table.terms.incarnation;
  table.store.end_publishing();
  expect_both(key, ReadVerdict::kVoid, "the shard has ended");
}

TEST_F(Torn, a_view_that_changes_during_a_read_voids_it) {
  put(key, "value");
  SlotImage image;
  int fetches = 0;
  EXPECT_EQ(table.read_copied(key, image,
                              [&] {
                                if (++fetches == 2) table.store.publish_view(TableFixture::kEpoch + 1);
                              }),
            ReadVerdict::kVoid);
}

TEST_F(Torn, every_flipped_bit_of_a_slot_is_noticed) {
  put(key, "value");
  Slot& slot = *table.slot_of(key);
  const Slot good = slot;
  const auto expect_nothing = [&](std::uint64_t& word, unsigned bit) {
    word ^= std::uint64_t{1} << bit;
    SlotImage image;
    EXPECT_NE(table.read_mapped(key, image), ReadVerdict::kFound) << bit;
    EXPECT_NE(table.read_copied(key, image), ReadVerdict::kFound) << bit;
    slot = good;
  };
  for (unsigned bit = 0; bit < 64; ++bit) {
    expect_nothing(slot.stamp, bit);
    expect_nothing(slot.key, bit);
    expect_nothing(slot.value, bit);
    expect_nothing(slot.control, bit);
  }
}

TEST_F(Torn, damaged_memory_is_never_followed_out_of_its_bounds) {
  for (std::uint64_t number = 0; number < 5000; ++number) {
    ASSERT_EQ(table.put(key_of(number), std::string(number % 40, static_cast<char>('a' + number % 26))), Code::kOk);
  }
  table.turn();
  Random random(3);
  RootPage& root = table.root();
  auto* directory = reinterpret_cast<std::uint64_t*>(root.directory);
  for (int round = 0; round < 3000; ++round) {
    // A word of the root, the directory, a segment or a slot becomes anything, or an address nearby.
    const std::uint64_t number = random.below(5000);
    Slot* slot = table.slot_of(key_of(number));
    const std::size_t entry = directory_index(TableFixture::slot_key(key_of(number)).place, root.depth);
    Segment* segment = segment_at(directory[entry]);
    std::uint64_t* const words[] = {
        &root.directory, &root.depth,  &root.layout, &directory[entry], reinterpret_cast<std::uint64_t*>(segment + 1),
        &slot->control,  &slot->value, &slot->stamp};
    std::uint64_t& word = *words[random.below(std::size(words))];
    const std::uint64_t good = word;
    word = random.below(2) == 0 ? random.next() : good + random.below(1 << 20) - (1 << 19);
    for (std::uint64_t at = 0; at < 20; ++at) {
      const std::uint64_t wanted = at == 0 ? number : random.below(5000);
      const std::string right(wanted % 40, static_cast<char>('a' + wanted % 26));
      SlotImage image;
      if (const auto value = table.value_by(table.read_mapped(key_of(wanted), image), image)) {
        EXPECT_EQ(*value, right);
      }
      if (const auto value = table.value_by(table.read_copied(key_of(wanted), image), image)) {
        EXPECT_EQ(*value, right);
      }
    }
    word = good;
  }
}

}  // namespace lath
