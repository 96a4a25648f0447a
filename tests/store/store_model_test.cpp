// Random histories of every opcode against plain Cells in a std::unordered_map.
#include <map>
#include <unordered_map>

#include "store/cell_read.hpp"
#include "store/cell_update.hpp"
#include "store/component.hpp"
#include "tests/store/operations.hpp"
#include "tests/store/store_fixture.hpp"

namespace lath {
namespace {

struct History {
  std::uint64_t seed;
  std::size_t keys;
  std::size_t key_bytes_max;
  std::size_t value_bytes_max;
  std::size_t extent_bytes;
  bool replicated;
  bool types_stick;  // a key keeps to one opcode mostly, as real ones do
  int steps;
};

class Model {
 public:
  explicit Model(const History& history)
      : history_(history), random_(history.seed), fixture_(512UL << 20, history.extent_bytes, 16 * history.extent_bytes) {
    for (std::size_t index = 0; index < history.keys; ++index) {
      // Distinct, of every length, and the short ones differ in their last byte too.
      std::string key = random_bytes(random_, 1 + index % 7 + (index % 5 == 0 ? random_.below(history.key_bytes_max - 7) : 0));
      while (!keys_by_text_.emplace(key, index).second) key = random_bytes(random_, 1 + random_.below(9));
      keys_.push_back(key);
    }
  }

  void run() {
    for (int step = 0; step < history_.steps; ++step) {
      fixture_.extents.refill();
      const std::string& key = keys_[random_.below(keys_.size())];
      switch (random_.below(10)) {
        case 0: merge(key); break;
        case 1: drop(key); break;
        default: update(key);
      }
      if (::testing::Test::HasFatalFailure()) return;
    }
    compare_all();
  }

 private:
  Opcode opcode_for(const std::string& key) {
    const std::vector<Opcode>& all = update_opcodes();
    if (random_.below(6) == 0) return random_.below(2) == 0 ? Opcode::kErase : all[random_.below(all.size())];
    if (random_.below(3) == 0) return Opcode::kPut;
    return history_.types_stick ? all[test_hash(as_bytes(key)) % all.size()] : all[random_.below(all.size())];
  }

  void update(const std::string& key) {
    const Opcode opcode = opcode_for(key);
    FrameBuffer argument;
    append_argument(random_, opcode, history_.value_bytes_max, argument);
    if (random_.below(50) == 0) argument.append(as_bytes("xyz"));  // malformed for most

    Cell expected = cells_[key];
    Cell expected_delta;
    HybridClock clock = fixture_.clock;
    const WriteContext context = fixture_.context();
    const WriteContext beside{context.writer, &clock, context.wall_us};
    const Code code = update_cell(expected, opcode, argument.bytes(), beside, &expected_delta);

    const Stamp before = fixture_.store.version(key_of(key));
    Cell delta;
    const auto outcome =
        fixture_.store.update(key_of(key), opcode, argument.bytes(), context, history_.replicated ? &delta : nullptr);
    ASSERT_EQ(outcome.status, code) << name_of(opcode);
    ASSERT_EQ(outcome.changed, code == Code::kOk && !expected_delta.is_bottom()) << name_of(opcode);
    if (!outcome.changed) {
      ASSERT_TRUE(delta.is_bottom() && !outcome.whole);
      ASSERT_EQ(fixture_.store.version(key_of(key)), before);
      return;
    }
    if (!history_.replicated && opcode == Opcode::kErase) {
      ASSERT_EQ(fixture_.store.version(key_of(key)), Stamp{});
      cells_.erase(key);
      return;
    }
    ASSERT_GT(fixture_.store.version(key_of(key)), before);
    const Cell held = held_at(key);
    if (history_.replicated) {
      ASSERT_NE(outcome.whole, !delta.is_bottom());
      cells_[key].merge(outcome.whole ? held : delta);
      ASSERT_EQ(cells_[key], held) << name_of(opcode);
    } else {
      cells_[key] = held;
    }
    compare_reads(key, expected);
  }

  void merge(const std::string& key) {
    const WriteContext peer{WriterId{NodeId{7}, ShardId{static_cast<std::uint32_t>(random_.below(3))}, 5}, &peer_clock_,
                            fixture_.wall_us - 20 + random_.below(40)};
    Cell& theirs = peer_cells_[key];
    const Opcode opcode = opcode_for(key);
    FrameBuffer argument;
    append_argument(random_, opcode, history_.value_bytes_max, argument);
    update_cell(theirs, opcode, argument.bytes(), peer, nullptr);
    if (random_.below(4) == 0) theirs.merge(cells_[key]);
    if (random_.below(8) == 0 && cells_[key].value().value) {  // a stamp that ties with ours
      Cell::Value tie = cells_[key].value();
      tie.writer.shard.value += 1;
      theirs = Cell(tie);
    }
    if (theirs.is_bottom()) return;
    FrameBuffer encoded;
    encode_cell(theirs, encoded);
    const Stamp before = fixture_.store.version(key_of(key));
    const auto grew = fixture_.store.merge(key_of(key), encoded.bytes(), fixture_.clock, ++fixture_.wall_us);
    ASSERT_TRUE(grew.has_value());
    ASSERT_EQ(*grew, cells_[key].merge(theirs));
    ASSERT_EQ(*grew, fixture_.store.version(key_of(key)) > before);
    ASSERT_EQ(held_at(key), cells_[key]);
    compare_reads(key, cells_[key]);
  }

  void drop(const std::string& key) {
    const auto known = cells_.find(key);
    const Stamp older_than{random_.below(2) == 0 ? fixture_.clock.last().value + 1 : 1};
    const bool droppable = known != cells_.end() && known->second.is_erased() && known->second.erase_stamp() < older_than &&
                           known->second.generation() == Cell::Generation{};
    ASSERT_EQ(fixture_.store.drop_tombstone(key_of(key), older_than), droppable);
    if (droppable) {
      cells_.erase(known);
      peer_cells_.erase(key);
    }
  }

  Cell held_at(const std::string& key) {
    FrameBuffer encoded;
    if (!fixture_.store.encode(key_of(key), encoded)) return Cell{};
    auto cell = decode_cell(encoded.bytes());
    EXPECT_TRUE(cell.has_value());
    return cell ? *cell : Cell{};
  }

  void compare_reads(const std::string& key, const Cell& expected) {
    for (int number = 0; number < 256; ++number) {
      const auto opcode = static_cast<Opcode>(number);
      if (!is_known(opcode) || is_update(opcode)) continue;
      FrameBuffer argument;
      if (opcode == Opcode::kArrayGet) argument.append(as_bytes(std::string("\x02\x03", 2)));
      if (opcode == Opcode::kMapRead)
        argument.append(
            as_bytes(std::string("\x01\x00"
                                 "a"
                                 "\x02",
                                 4)));
      FrameBuffer wanted;
      FrameBuffer got;
      const Code code = read_cell(expected, opcode, argument.bytes(), wanted);
      ASSERT_EQ(fixture_.store.read(key_of(key), opcode, argument.bytes(), got), code) << name_of(opcode);
      if (opcode == Opcode::kMvGet) continue;  // its context names dots, which differ where a stamp does
      ASSERT_TRUE(std::ranges::equal(wanted.bytes(), got.bytes())) << name_of(opcode);
    }
  }

  void compare_all() {
    Store::Counters expected;
    for (const std::string& key : keys_) {
      const auto known = cells_.find(key);
      const Cell cell = known == cells_.end() ? Cell{} : known->second;
      ASSERT_EQ(held_at(key), cell);
      if (cell.is_bottom()) continue;
      ++(cell.is_erased() ? expected.tombstones : expected.keys);
      if (cell.is_mixed()) ++expected.mixed_cells;
      if (const FieldMap* map = cell.find<FieldMap>(); map != nullptr && map->erased() > 0) ++expected.shedding_maps;
    }
    const Store::Counters counters = fixture_.store.counters();
    EXPECT_EQ(counters.keys, expected.keys);
    EXPECT_EQ(counters.tombstones, expected.tombstones);
    EXPECT_EQ(counters.mixed_cells, expected.mixed_cells);
    EXPECT_EQ(counters.shedding_maps, expected.shedding_maps);
    EXPECT_EQ(counters.writes_refused + counters.merges_refused, 0U);

    std::map<std::string, bool> scanned;
    std::uint64_t cursor = 0;
    do {
      cursor = fixture_.store.scan(cursor, 10, [&](const Key& key, bool erased) {
        EXPECT_EQ(key.hash, test_hash(key.bytes));
        EXPECT_TRUE(scanned.emplace(as_text(key.bytes), erased).second);
      });
    } while (cursor != 0);
    EXPECT_EQ(scanned.size(), expected.keys + expected.tombstones);
    for (const auto& [key, erased] : scanned) EXPECT_EQ(erased, cells_[key].is_erased());
  }

  History history_;
  Random random_;
  StoreFixture fixture_;
  HybridClock peer_clock_;
  std::map<std::string, std::size_t> keys_by_text_;
  std::vector<std::string> keys_;
  std::unordered_map<std::string, Cell> cells_;
  std::unordered_map<std::string, Cell> peer_cells_;
};

TEST(StoreModel, agrees_with_plain_cells_over_every_opcode) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Model model({.seed = seed,
                 .keys = 60,
                 .key_bytes_max = kKeyBytesMax,
                 .value_bytes_max = 2048,
                 .extent_bytes = 256UL << 10,
                 .replicated = seed % 2 == 0,
                 .types_stick = seed % 4 < 2,
                 .steps = 4'000});
    model.run();
  }
}

TEST(StoreModel, agrees_with_plain_cells_while_it_grows_in_tiny_extents) {
  for (std::uint64_t seed = 11; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    Model model({.seed = seed,
                 .keys = 4'000,
                 .key_bytes_max = 64,
                 .value_bytes_max = 100,
                 .extent_bytes = 64UL << 10,
                 .replicated = seed % 2 == 0,
                 .types_stick = true,
                 .steps = 25'000});
    model.run();
  }
}

TEST(StoreModel, agrees_with_plain_cells_over_the_largest_values) {
  Model model({.seed = 21,
               .keys = 40,
               .key_bytes_max = kKeyBytesMax,
               .value_bytes_max = kValueBytesMax,
               .extent_bytes = 1UL << 20,
               .replicated = true,
               .types_stick = true,
               .steps = 3'000});
  model.run();
}

}  // namespace
}  // namespace lath
