#include "store/table.hpp"

#include <functional>
#include <set>
#include <unordered_map>

#include "base/random.hpp"
#include "tests/store/extents.hpp"

namespace lath {
namespace {

// A table of 8-byte keys that holds no values, beside a set that knows better.
class Keys {
 public:
  explicit Keys(std::size_t bytes = 256UL << 20, std::size_t extent = 64UL << 10) : extents_(bytes, extent) {}

  static Probe probe(const std::uint64_t& key) { return Probe({0, std::as_bytes(std::span(&key, 1))}); }

  bool insert(std::uint64_t key) {
    extents_.refill();
    const Probe wanted = probe(key);
    Slot* slot = table_.insert(wanted);
    if (slot == nullptr) return false;
    write_slot(*slot, {{SlotForm::kInline, 8, 0, false}, 0, 1, wanted.word, 0});
    return true;
  }
  bool remove(std::uint64_t key) {
    Slot* slot = table_.find(probe(key));
    if (slot == nullptr) return false;
    table_.remove(slot);
    return true;
  }
  Table& table() { return table_; }
  Arena& arena() { return arena_; }

 private:
  Extents extents_;
  Arena arena_{extents_.queue()};
  Table table_{arena_};
};

TEST(Table, finds_what_was_inserted_and_nothing_else_whatever_comes_and_goes) {
  Keys keys;
  Random random(3);
  std::set<std::uint64_t> known;
  for (int round = 0; round < 3; ++round) {
    for (const std::uint64_t bound : {100'000ULL, 30'000ULL, 1'000ULL}) {
      // Towards half of `bound` keys: grows at first, then shrinks.
      for (int step = 0; step < 100'000; ++step) {
        const std::uint64_t key = random.below(100'000) * 0x10001;
        const bool present = known.count(key) != 0;
        ASSERT_EQ(keys.table().find(Keys::probe(key)) != nullptr, present);
        if (!present && known.size() < bound / 2) {
          ASSERT_TRUE(keys.insert(key));
          known.insert(key);
        } else if (present && (known.size() > bound / 2 || random.below(2) == 0)) {
          ASSERT_TRUE(keys.remove(key));
          known.erase(key);
        }
        ASSERT_EQ(keys.table().slots_used(), known.size());
      }
      for (std::uint64_t key = 0; key < 100'000; ++key)
        ASSERT_EQ(keys.table().find(Keys::probe(key * 0x10001)) != nullptr, known.count(key * 0x10001) != 0);
    }
  }
}

TEST(Table, gives_its_memory_back_when_it_empties) {
  Keys keys;
  ASSERT_TRUE(keys.insert(1));
  const std::size_t before = keys.arena().bytes_used();
  for (std::uint64_t key = 2; key < 200'000; ++key) ASSERT_TRUE(keys.insert(key));
  EXPECT_GT(keys.arena().bytes_used(), 200'000 * sizeof(Slot));
  for (std::uint64_t key = 2; key < 200'000; ++key) ASSERT_TRUE(keys.remove(key));
  EXPECT_EQ(keys.table().segments(), 1U);
  EXPECT_EQ(keys.arena().bytes_used(), before);
}

TEST(Table, stays_seven_tenths_full_or_better_at_every_size) {
  Keys keys;
  Random random(4);
  for (std::size_t count = 1; count <= 400'000; ++count) {
    ASSERT_TRUE(keys.insert(random.next()));
    if (count >= 20'000 && count % 1'000 == 0) {
      ASSERT_LT(static_cast<double>(keys.arena().bytes_used()) / static_cast<double>(count), 32 / 0.7) << count;
    }
  }
}

TEST(Table, bears_keys_that_all_want_one_place) {
  // Of 2^40 keys these share the upper 20 bits of their place: found by walking, as an attacker would.
  Keys keys;
  std::vector<std::uint64_t> chosen;
  for (std::uint64_t key = 0; chosen.size() < 4'000; ++key)
    if (place_of(key, 8) >> 52 == 0) chosen.push_back(key);
  for (const std::uint64_t key : chosen) ASSERT_TRUE(keys.insert(key));
  for (const std::uint64_t key : chosen) ASSERT_NE(keys.table().find(Keys::probe(key)), nullptr);
  EXPECT_LT(keys.arena().bytes_used(), 1UL << 20);
  for (const std::uint64_t key : chosen) ASSERT_TRUE(keys.remove(key));
  EXPECT_EQ(keys.table().slots_used(), 0U);
}

std::unordered_map<std::uint64_t, int> scan_all(Keys& keys, std::size_t slots, const std::function<void()>& between) {
  std::unordered_map<std::uint64_t, int> visits;
  std::uint64_t cursor = 0;
  do {
    std::size_t visited = 0;
    cursor = keys.table().scan(cursor, slots, [&](const Slot& slot) {
      ++visits[slot.key];
      ++visited;
    });
    EXPECT_LE(visited, slots + 8 * kSlotsPerBucket);
    between();
  } while (cursor != 0);
  return visits;
}

TEST(Table, a_scan_of_a_quiet_table_visits_every_key_once) {
  for (const std::size_t slots : {1UL, 10UL, 100UL, 5'000UL}) {
    Keys keys;
    Random random(5);
    for (int key = 0; key < 20'000; ++key) ASSERT_TRUE(keys.insert(random.next()));
    const auto visits = scan_all(keys, slots, [] {});
    EXPECT_EQ(visits.size(), 20'000U);
    for (const auto& [key, count] : visits) ASSERT_EQ(count, 1);
  }
}

TEST(Table, a_scan_misses_no_key_while_the_table_grows_and_shrinks) {
  Random random(6);
  for (int round = 0; round < 20; ++round) {
    Keys keys;
    std::vector<std::uint64_t> fixed;
    std::vector<std::uint64_t> passing;
    for (int key = 0; key < 3'000; ++key) fixed.push_back(random.next());
    for (const std::uint64_t key : fixed) ASSERT_TRUE(keys.insert(key));
    bool grows = round % 2 == 0;
    for (int key = 0; !grows && key < 30'000; ++key) ASSERT_TRUE(keys.insert(passing.emplace_back(random.next())));
    const auto visits = scan_all(keys, 64, [&] {
      for (int step = 0; step < 300; ++step) {
        if (grows && passing.size() < 30'000) {
          ASSERT_TRUE(keys.insert(passing.emplace_back(random.next())));
        } else if (!passing.empty()) {
          grows = false;
          ASSERT_TRUE(keys.remove(passing.back()));
          passing.pop_back();
        }
      }
    });
    for (const std::uint64_t key : fixed) ASSERT_EQ(visits.count(key), 1U);
  }
}

TEST(Table, fills_its_last_slot_without_memory_and_goes_on_with_it) {
  Extents extents(2UL << 20, 64UL << 10, 64UL << 10);
  Arena arena(extents.queue());
  Table table(arena);
  const auto insert = [&](std::uint64_t key) {
    const Probe probe = Keys::probe(key);
    Slot* slot = table.insert(probe);
    if (slot != nullptr) write_slot(*slot, {{SlotForm::kInline, 8, 0, false}, 0, 1, probe.word, 0});
    return slot != nullptr;
  };
  EXPECT_FALSE(insert(0));
  EXPECT_EQ(table.find(Keys::probe(0)), nullptr);
  extents.refill();
  std::uint64_t key = 0;
  while (insert(key)) ++key;
  EXPECT_GT(key, 14 * kSlotsPerPage * 3 / 4);
  for (std::uint64_t known = 0; known < key; ++known) ASSERT_NE(table.find(Keys::probe(known)), nullptr);
  EXPECT_EQ(table.find(Keys::probe(key)), nullptr);
  extents.refill();
  EXPECT_TRUE(insert(key));
  for (std::uint64_t known = 0; known <= key; ++known) ASSERT_NE(table.find(Keys::probe(known)), nullptr);
}

}  // namespace
}  // namespace lath
