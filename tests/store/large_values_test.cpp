// Large values in the store: their memory is counted, taken, and given back exactly when neither a cell nor a reader holds them.
#include <gtest/gtest.h>

#include <cstring>

#include "store/cell_codec.hpp"
#include "store/component.hpp"
#include "tests/store/store_fixture.hpp"

namespace lath {
namespace {

struct Large : ::testing::Test, StoreFixture {
  Large() : StoreFixture(64 * kMiB, 4 * kMiB) {
    put(key_of("warm"), "up");
    bytes_before = store.counters().bytes_used;
  }

  // Opens a room and fills it with bytes that begin with `seed`.
  std::uint64_t fill(std::uint64_t bytes, std::uint8_t seed, Store::LargeRoomFor whom = Store::LargeRoomFor::kPut) {
    const auto room = store.open_large(bytes, whom);
    if (!room) return 0;
    for (std::uint64_t at = 0; at < bytes;) {
      const std::span<std::byte> part = store.large().room(*room, at);
      if (part.empty()) {
        extents.refill();
        continue;
      }
      std::memset(part.data(), seed, part.size());
      at += part.size();
    }
    return *room;
  }
  Code put_large(const Key& key, std::uint64_t bytes, std::uint8_t seed) {
    const std::uint64_t room = fill(bytes, seed);
    if (room == 0) return Code::kFull;
    const Code code = store.put_large(key, room, context()).status;
    store.large().release(room);
    return code;
  }
  // The byte that all of the key's value is; -1: it is none.
  int seed_of(const Key& key, std::uint64_t bytes) {
    const auto held = store.large_of(key);
    if (!held) return -1;
    int seed = -2;
    std::uint64_t seen = 0;
    store.large().each_run(held->number, 0, bytes, [&](Bytes run) {
      for (const std::byte byte : run) {
        if (seed == -2) seed = std::to_integer<int>(byte);
        EXPECT_EQ(std::to_integer<int>(byte), seed);
      }
      seen += run.size();
    });
    EXPECT_EQ(seen, bytes);
    EXPECT_EQ(store.large().content(held->number).bytes, bytes);
    return seed;
  }
  std::uint64_t bytes_more() const { return store.counters().bytes_used - bytes_before; }

  std::uint64_t bytes_before = 0;
};

}  // namespace

TEST_F(Large, a_value_is_there_whole_and_a_get_says_that_it_is_offered) {
  ASSERT_EQ(put_large(key_of("k"), 9 * kMiB + 5, 7), Code::kOk);
  EXPECT_EQ(seed_of(key_of("k"), 9 * kMiB + 5), 7);
  FrameBuffer reply;
  EXPECT_EQ(store.read(key_of("k"), Opcode::kGet, {}, reply), Code::kLarge);
  EXPECT_EQ(store.read(key_of("k"), Opcode::kCounterGet, {}, reply), Code::kWrongType);
  EXPECT_EQ(store.counters().keys, 2U);
  EXPECT_GE(bytes_more(), 9 * kMiB);
  EXPECT_LE(bytes_more(), 9 * kMiB + 3 * kPageBytes);
}

TEST_F(Large, another_put_an_erase_and_a_drop_free_it) {
  const std::string name = "a key that does not fit its slot";
  const Key key = key_of(name);
  for (int round = 0; round < 20; ++round) {
    ASSERT_EQ(put_large(key, 20 * kMiB, 1), Code::kOk) << round;
    ASSERT_EQ(put_large(key, 20 * kMiB, 2), Code::kOk) << round;
    EXPECT_EQ(seed_of(key, 20 * kMiB), 2);
    EXPECT_EQ(store.large().count(), 1U);
    ASSERT_EQ(put(key, "small"), Code::kOk);
    EXPECT_EQ(get(key), "small");
    EXPECT_EQ(store.large().count(), 0U);
    ASSERT_EQ(put_large(key, 20 * kMiB, 3), Code::kOk);
    ASSERT_EQ(erase(key), Code::kOk);
    EXPECT_EQ(store.large().count(), 0U);
    ASSERT_EQ(put_large(key, 20 * kMiB, 4), Code::kOk);
    Cell delta;
    ASSERT_EQ(erase(key, &delta), Code::kOk);
    EXPECT_EQ(store.large().count(), 0U);
    ASSERT_EQ(put_large(key, 20 * kMiB, 5), Code::kOk);
    store.drop(key);
    EXPECT_EQ(store.large().count(), 0U);
  }
  EXPECT_LE(bytes_more(), kPageBytes);
}

TEST_F(Large, what_is_held_stays_as_it_is_until_it_is_released) {
  ASSERT_EQ(put_large(key_of("k"), 5 * kMiB, 1), Code::kOk);
  const std::uint64_t number = store.large_of(key_of("k"))->number;
  store.large().hold(number);
  store.large().hold(number);
  ASSERT_EQ(put_large(key_of("k"), 5 * kMiB, 2), Code::kOk);
  ASSERT_EQ(put_large(key_of("l"), 30 * kMiB, 3), Code::kOk);
  ASSERT_EQ(erase(key_of("k")), Code::kOk);
  store.large().each_run(number, 0, 5 * kMiB, [](Bytes run) {
    for (const std::byte byte : run) ASSERT_EQ(byte, std::byte{1});
  });
  store.large().release(number);
  EXPECT_EQ(store.large().count(), 2U);
  store.large().release(number);
  EXPECT_EQ(store.large().count(), 1U);
}

TEST_F(Large, memory_is_counted_when_a_room_is_opened_and_kept_for_merges) {
  const auto first = store.open_large(50 * kMiB, Store::LargeRoomFor::kPut);
  ASSERT_TRUE(first);
  EXPECT_GE(bytes_more(), 50 * kMiB);
  EXPECT_FALSE(store.open_large(10 * kMiB, Store::LargeRoomFor::kPut)) << "into the tenth that is kept";
  EXPECT_EQ(store.counters().writes_refused, 1U);
  const auto second = store.open_large(10 * kMiB, Store::LargeRoomFor::kMerge);
  ASSERT_TRUE(second);
  EXPECT_FALSE(store.open_large(10 * kMiB, Store::LargeRoomFor::kMerge));
  EXPECT_EQ(put(key_of("small"), std::string(60'000, 'v')), Code::kFull);
  store.large().release(*first);
  store.large().release(*second);
  EXPECT_EQ(bytes_more(), 0U);
  EXPECT_EQ(put(key_of("small"), std::string(60'000, 'v')), Code::kOk);
}

TEST_F(Large, a_put_over_another_type_is_refused_and_leaves_nothing) {
  const std::int64_t one = 1;
  ASSERT_EQ(store.update(key_of("c"), Opcode::kCounterAdd, std::as_bytes(std::span(&one, 1)), context(), nullptr).status,
            Code::kOk);
  EXPECT_EQ(put_large(key_of("c"), kMiB, 1), Code::kWrongType);
  EXPECT_EQ(store.large().count(), 0U);
}

// A peer's write of `stamp`, as a merge batch tells it.
struct Told {
  Told(std::uint64_t stamp, std::uint64_t bytes) : id{Stamp{stamp}, {NodeId{9}, ShardId{0}, 1}} {
    encode_cell(Cell::of_large(id, bytes), cell);
  }
  LargeId id;
  FrameBuffer cell;
};

TEST_F(Large, a_peers_value_is_lacking_until_its_bytes_are_here_and_loses_to_a_newer_write) {
  const std::uint64_t now = (wall_us + 1000) << 12;
  const Told older(now, 2 * kMiB);
  const Told newer(now + 5, 3 * kMiB);
  const std::string name = "k";
  const Key key = key_of(name);
  ASSERT_EQ(store.large_lacking(key, newer.cell.bytes()), newer.id);
  std::uint64_t room = fill(3 * kMiB, 5, Store::LargeRoomFor::kMerge);
  auto grown = store.merge_large(key, room, newer.id, clock, wall_us);
  ASSERT_TRUE(grown && *grown);
  store.large().release(room);
  EXPECT_EQ(seed_of(key, 3 * kMiB), 5);
  EXPECT_EQ(store.large_lacking(key, newer.cell.bytes()), std::nullopt);
  EXPECT_EQ(store.large_lacking(key, older.cell.bytes()), std::nullopt);
  grown = store.merge(key, newer.cell.bytes(), clock, wall_us);
  EXPECT_TRUE(grown && !*grown) << "again";
  grown = store.merge(key, older.cell.bytes(), clock, wall_us);
  EXPECT_TRUE(grown && !*grown);
  // One that was pulled in vain, since a newer write came first.
  room = fill(2 * kMiB, 6, Store::LargeRoomFor::kMerge);
  grown = store.merge_large(key, room, older.id, clock, wall_us);
  EXPECT_TRUE(grown && !*grown);
  store.large().release(room);
  EXPECT_EQ(store.large().count(), 1U);
  // Our own write is newer than what was merged.
  ASSERT_EQ(put(key, "small"), Code::kOk);
  EXPECT_EQ(get(key), "small");
  EXPECT_EQ(store.large().count(), 0U);
  EXPECT_EQ(store.large_lacking(key, newer.cell.bytes()), std::nullopt);
}

TEST_F(Large, a_cell_of_several_types_keeps_its_large_value) {
  const Told told((wall_us + 1000) << 12, kMiB);
  const std::string name = "mixed";
  const Key key = key_of(name);
  const std::int64_t one = 1;
  ASSERT_EQ(store.update(key, Opcode::kCounterAdd, std::as_bytes(std::span(&one, 1)), context(), nullptr).status, Code::kOk);
  std::uint64_t room = fill(kMiB, 5, Store::LargeRoomFor::kMerge);
  ASSERT_TRUE(store.merge_large(key, room, told.id, clock, wall_us));
  store.large().release(room);
  EXPECT_EQ(store.counters().mixed_cells, 1U);
  EXPECT_EQ(seed_of(key, kMiB), 5);
  FrameBuffer encoded;
  ASSERT_TRUE(store.encode(key, encoded));
  EXPECT_EQ(large_mark_of(encoded.bytes())->id, told.id);
  // And a replica that lacks the bytes takes the rest of it.
  StoreFixture other(16 * kMiB);
  other.extents.refill();
  ASSERT_EQ(other.store.large_lacking(key, encoded.bytes()), told.id);
  const auto rest = other.store.merge_rest(key, encoded.bytes(), other.clock, wall_us);
  EXPECT_TRUE(rest && *rest);
  FrameBuffer count;
  EXPECT_EQ(other.store.read(key, Opcode::kCounterGet, {}, count), Code::kOk);
  // A set of a hundred elements makes it a boxed one.
  for (int element = 0; element < 100; ++element) {
    Cell set;
    ByteSet elements;
    elements.add("element " + std::to_string(element));
    FrameBuffer bytes;
    encode_cell(set.delta_of(std::move(elements)), bytes);
    ASSERT_TRUE(store.merge(key, bytes.bytes(), clock, wall_us));
  }
  EXPECT_EQ(store.counters().boxed_cells, 1U);
  EXPECT_EQ(seed_of(key, kMiB), 5);
  Cell delta;
  ASSERT_EQ(erase(key, &delta), Code::kOk);
  EXPECT_EQ(store.large().count(), 0U);
}

TEST_F(Large, cells_with_the_mark_obey_the_laws_and_only_whole_ones_decode) {
  const LargeId id{Stamp{5}, {NodeId{1}, ShardId{0}, 1}};
  const Cell large = Cell::of_large(id, kMiB);
  FrameBuffer encoded;
  encode_cell(large, encoded);
  const auto back = decode_cell(encoded.bytes());
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, large);
  EXPECT_EQ(back->large_bytes(), kMiB);
  for (std::size_t size = 0; size < encoded.size(); ++size) EXPECT_FALSE(decode_cell(encoded.bytes().first(size)));
  FrameBuffer small;
  encode_cell(Cell::of_large(id, kValueBytesMax), small);
  EXPECT_FALSE(decode_cell(small.bytes())) << "a size that a put could have carried";
  const Cell plain(Cell::Value{id.stamp, id.writer, *large.value().value});
  Cell a = large;
  Cell b = plain;
  EXPECT_FALSE(a.merge(plain));
  EXPECT_TRUE(b.merge(large));
  EXPECT_EQ(a, b) << "whatever broke the promise that stamps are not used twice, replicas agree";
}

}  // namespace lath
