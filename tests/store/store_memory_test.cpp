// Memory: its limit, its reserve, what a key costs, and that it all comes back.
#include "base/clock.hpp"
#include "tests/store/operations.hpp"
#include "tests/store/store_fixture.hpp"

namespace lath {
namespace {

constexpr WriterId kPeer{NodeId{9}, ShardId{0}, 77};

FrameBuffer plain_cell(std::uint64_t stamp, const std::string& value, bool erased = false) {
  FrameBuffer encoded;
  encode_plain_value({Stamp{stamp}, kPeer, erased, as_bytes(value)}, encoded);
  return encoded;
}

// Keys until the first kFull.
std::uint64_t fill(StoreFixture& fixture, const std::string& value) {
  std::uint64_t key = 0;
  while (fixture.put(key_of(key), value) == Code::kOk) ++key;
  return key;
}

TEST(StoreMemory, a_key_of_8_bytes_costs_under_56_with_its_value_at_every_size) {
  StoreFixture fixture(512 * kMiB, 4 * kMiB);
  std::uint64_t key = 0;
  double sum = 0;
  int samples = 0;
  for (; key < 2'000'000; ++key) {
    ASSERT_EQ(fixture.put(key_of(key), "8 bytes!"), Code::kOk);
    if (key + 1 < 1'000'000 || (key + 1) % 50'000 != 0) continue;
    const double each = static_cast<double>(fixture.store.counters().bytes_used) / static_cast<double>(key + 1);
    if ((key + 1) % 250'000 == 0) std::printf("%.2f M keys: %.1f B a key\n", static_cast<double>(key + 1) / 1e6, each);
    EXPECT_LT(each, 56) << key + 1;
    sum += each;
    ++samples;
  }
  EXPECT_LT(sum / samples, 48);
  RecordProperty("bytes_per_key_mean", std::to_string(sum / samples));
  // What is reserved but not used is bounded by the extents that are taken ahead.
  EXPECT_LT(fixture.store.counters().bytes_reserved, fixture.store.counters().bytes_used + 128 * kMiB);
}

TEST(StoreMemory, a_value_of_64_bytes_costs_at_most_120_with_its_key) {
  StoreFixture fixture(512 * kMiB, 4 * kMiB);
  const std::string value(64, 'v');
  for (std::uint64_t key = 0; key < 400'000; ++key) {
    ASSERT_EQ(fixture.put(key_of(key), value), Code::kOk);
    if (key < 100'000 || key % 10'000 != 0) continue;
    ASSERT_LE(static_cast<double>(fixture.store.counters().bytes_used) / static_cast<double>(key + 1), 120) << key;
  }
}

TEST(StoreMemory, comes_back_after_everything_is_erased) {
  for (const bool replicated : {false, true}) {
    StoreFixture fixture(256 * kMiB);
    Random random(8);
    ASSERT_EQ(fixture.put(key_of(std::uint64_t{0}), "x"), Code::kOk);
    const std::size_t before = fixture.store.counters().bytes_used;
    std::vector<std::string> keys;
    for (int index = 0; index < 20'000; ++index) {
      fixture.extents.refill();
      const std::string& key = keys.emplace_back(random_bytes(random, 1 + random.below(40)));
      // With replicas, the erase of any other type leaves a generation, until all of them have passed it (tests/sim/erasing.cpp).
      const Opcode opcode = replicated ? Opcode::kPut : update_opcodes()[random.below(update_opcodes().size())];
      FrameBuffer argument;
      append_argument(random, opcode, 5'000, argument);
      const Code code = fixture.store.update(key_of(key), opcode, argument.bytes(), fixture.context(), nullptr).status;
      ASSERT_TRUE(code == Code::kOk || code == Code::kWrongType) << name_of(opcode);
    }
    for (const std::string& key : keys) {
      Cell delta;
      ASSERT_EQ(fixture.erase(key_of(key), replicated ? &delta : nullptr), Code::kOk);
      const bool left = fixture.store.version(key_of(key)) != Stamp{};
      ASSERT_TRUE(replicated || !left);
      ASSERT_EQ(fixture.store.drop_tombstone(key_of(key), Stamp{~std::uint64_t{0}}), left);
    }
    const Store::Counters counters = fixture.store.counters();
    EXPECT_EQ(counters.tombstones, 0U);
    EXPECT_EQ(counters.boxed_cells, 0U);
    EXPECT_EQ(counters.keys, 1U);
    EXPECT_EQ(counters.bytes_used, before);
  }
}

TEST(StoreMemory, new_keys_are_refused_at_nine_tenths_and_everything_else_goes_on) {
  StoreFixture fixture(4 * kMiB);
  const std::uint64_t keys = fill(fixture, std::string(100, 'v'));
  EXPECT_GT(keys, 15'000U);
  Store::Counters counters = fixture.store.counters();
  EXPECT_EQ(counters.writes_refused, 1U);
  EXPECT_LE(counters.bytes_used, counters.bytes_limit / 10 * 9);
  EXPECT_GT(counters.bytes_used, counters.bytes_limit / 10 * 8);

  EXPECT_EQ(fixture.get(key_of(keys)), std::nullopt);
  EXPECT_EQ(fixture.put(key_of(keys - 1), std::string(100, 'w')), Code::kOk);
  EXPECT_EQ(fixture.put(key_of(keys - 1), std::string(1'000, 'w')), Code::kFull);
  EXPECT_EQ(fixture.get(key_of(keys - 1)), std::string(100, 'w'));
  EXPECT_EQ(fixture.put(key_of(keys - 2), "short"), Code::kOk);

  // A peer's write of a new key still fits, down to the last of the reserve; then it is refused, and counted.
  std::uint64_t merged = 0;
  for (;; ++merged) {
    const FrameBuffer cell = plain_cell(100 + merged, std::string(100, 'p'));
    const auto grew = fixture.store.merge(key_of(keys + merged), cell.bytes(), fixture.clock, 1);
    if (!grew) {
      EXPECT_EQ(grew.error().code, Code::kFull);
      break;
    }
    ASSERT_TRUE(*grew);
  }
  EXPECT_GT(merged, keys / 20);
  counters = fixture.store.counters();
  EXPECT_EQ(counters.merges_refused, 1U);
  EXPECT_LE(counters.bytes_used, counters.bytes_limit);

  // Erasing always works, with a tombstone too, and makes room again.
  for (std::uint64_t key = 0; key < keys / 2; ++key) {
    Cell delta;
    ASSERT_EQ(fixture.erase(key_of(key), &delta), Code::kOk);
  }
  EXPECT_EQ(fixture.put(key_of(keys + merged), "new"), Code::kOk);
}

// They are about as full as this one, and are to have room for it and for what they have taken themselves.
TEST(StoreMemory, what_other_replicas_lack_counts_until_they_have_it) {
  StoreFixture fixture(4 * kMiB);
  std::uint64_t key = 0;
  while (fixture.store.bytes_used() < kMiB) ASSERT_EQ(fixture.put(key_of(key++), std::string(100, 'v')), Code::kOk);
  fixture.store.set_bytes_ahead(3 * kMiB);
  EXPECT_EQ(fixture.put(key_of(key), std::string(100, 'v')), Code::kLater);
  EXPECT_EQ(fixture.put(key_of(std::uint64_t{0}), std::string(1'000, 'w')), Code::kLater);
  EXPECT_EQ(fixture.put(key_of(std::uint64_t{0}), std::string(100, 'w')), Code::kOk);
  const FrameBuffer cell = plain_cell(100, std::string(100, 'p'));
  EXPECT_TRUE(fixture.store.merge(key_of(key + 1), cell.bytes(), fixture.clock, 1)) << "of a peer";
  Cell delta;
  EXPECT_EQ(fixture.erase(key_of(std::uint64_t{1}), &delta), Code::kOk);
  fixture.store.set_bytes_ahead(kMiB);
  EXPECT_EQ(fixture.put(key_of(key), std::string(100, 'v')), Code::kOk);
  EXPECT_EQ(fixture.store.counters().writes_put_off, 2U);
  EXPECT_EQ(fixture.store.counters().writes_refused, 0U);

  while (fixture.put(key_of(++key), std::string(100, 'v')) == Code::kOk) {
  }
  fixture.store.set_bytes_ahead(0);
  while (fixture.put(key_of(++key), std::string(100, 'v')) == Code::kOk) {
  }
  fixture.store.set_bytes_ahead(kMiB);
  EXPECT_EQ(fixture.put(key_of(++key), std::string(100, 'v')), Code::kFull) << "it would be without them";
}

TEST(StoreMemory, elements_of_large_sets_count_against_the_limit) {
  StoreFixture fixture(4 * kMiB);
  fixture.extents.refill();
  std::uint64_t element = 0;
  Code code = Code::kOk;
  for (std::uint64_t key = 0; code == Code::kOk && element < 1'000'000; key = (key + 1) % 10) {
    fixture.extents.refill();
    const std::string text = std::to_string(++element) + std::string(500, 'e');
    code = fixture.store.update(key_of(key), Opcode::kSetAdd, as_bytes(text), fixture.context(), nullptr).status;
  }
  EXPECT_EQ(code, Code::kFull);
  EXPECT_EQ(fixture.store.counters().boxed_cells, 10U);
  const std::string first = "1" + std::string(500, 'e');
  const std::uint64_t zero = 0;
  const Key key_first = key_of(zero);
  EXPECT_EQ(fixture.store.update(key_first, Opcode::kSetRemove, as_bytes(first), fixture.context(), nullptr).status, Code::kOk);
  for (std::uint64_t key = 0; key < 10; ++key) EXPECT_EQ(fixture.erase(key_of(key)), Code::kOk);
  EXPECT_EQ(fixture.store.counters().boxed_cells, 0U);
  EXPECT_EQ(fixture.put(key_of(element), "value"), Code::kOk);
}

// Hands out so many regions, then refuses.
class StingyProvider final : public RegionProvider {
 public:
  explicit StingyProvider(int regions) : left_(regions) {}
  Result<std::unique_ptr<Region>> allocate(std::size_t bytes) override {
    if (left_-- <= 0) return Error{Code::kFull, "no more"};
    return provider_.allocate(bytes);
  }

  Result<std::unique_ptr<Region>> enroll(std::span<std::byte> memory) override { return provider_.enroll(memory); }

 private:
  int left_;
  HeapRegionProvider provider_;
};

TEST(StoreMemory, a_write_is_put_off_only_while_more_memory_can_come) {
  StingyProvider provider(1);
  ExtentQueue queue(64 * kMiB, 64UL << 10, 64UL << 10);
  Store store({.self = StoreFixture::kSelf, .memory_bytes = 64 * kMiB}, queue);
  HybridClock clock;
  const WriteContext context{StoreFixture::kSelf, &clock, 5};
  ASSERT_TRUE(queue.refill(provider).has_value());
  std::uint64_t key = 0;
  Code code = Code::kOk;
  const auto put = [&] { return store.update(key_of(key), Opcode::kPut, as_bytes(std::string(8, 'v')), context, nullptr).status; };
  for (; code == Code::kOk; ++key) code = put();
  EXPECT_EQ(code, Code::kLater);
  ASSERT_FALSE(queue.refill(provider).has_value());
  EXPECT_EQ(put(), Code::kFull);  // the system gives nothing: nobody is to wait for it
  StingyProvider generous(1);
  ASSERT_TRUE(queue.refill(generous).has_value());
  EXPECT_EQ(put(), Code::kOk);
}

TEST(StoreMemory, a_dry_queue_is_an_answer_and_a_refill_ends_it) {
  Extents extents(64 * kMiB, 64UL << 10, 64UL << 10);
  Store store({.self = StoreFixture::kSelf, .memory_bytes = 64 * kMiB}, extents.queue());
  HybridClock clock;
  const WriteContext context{StoreFixture::kSelf, &clock, 5};
  const auto put = [&](const std::uint64_t& key, std::size_t bytes) {
    return store.update(key_of(key), Opcode::kPut, as_bytes(std::string(bytes, 'v')), context, nullptr).status;
  };
  EXPECT_EQ(put(1, 8), Code::kLater);
  EXPECT_EQ(store.root(), nullptr);
  FrameBuffer reply;
  EXPECT_EQ(store.read(key_of(std::uint64_t{1}), Opcode::kGet, {}, reply), Code::kNotFound);
  store.publish_turn(1, 1);  // nothing to publish in, and no harm
  for (int round = 0; round < 20; ++round) {
    extents.refill();
    std::uint64_t key = 0;
    while (put(key, 8) == Code::kOk && key < 1'000'000) ++key;
    const std::uint64_t keys = store.counters().keys;
    ASSERT_EQ(put(key, 8), Code::kLater);
    ASSERT_EQ(store.counters().keys, keys);
    ASSERT_EQ(put(1, 8), Code::kOk);  // in place
    ASSERT_EQ(put(0, 20'000), Code::kLater);
  }
  EXPECT_EQ(store.counters().writes_refused, 0U);  // none of them met the limit
  EXPECT_GT(store.counters().writes_put_off, 40U);
  ASSERT_GT(store.counters().keys, 20'000U);
  store.publish_turn(123, 456);
  EXPECT_EQ(store.root()->magic, RootPage::kMagic);
  EXPECT_EQ(store.root()->incarnation, StoreFixture::kSelf.incarnation);
  EXPECT_EQ(store.root()->turn_ns, 123U);
  EXPECT_EQ(store.root()->epoch, 456U);
  EXPECT_EQ(store.root()->layout % 2, 0U);
}

TEST(StoreMemory, large_values_shrink_in_place_where_no_other_block_can_be_had) {
  Extents extents(256UL << 10, 256UL << 10, 256UL << 10);
  Store store({.self = StoreFixture::kSelf, .memory_bytes = kMiB}, extents.queue());
  extents.refill();
  HybridClock clock;
  const WriteContext context{StoreFixture::kSelf, &clock, 5};
  const std::string long_key(500, 'k');
  ASSERT_EQ(store.update(key_of(long_key), Opcode::kPut, as_bytes(std::string(kValueBytesMax, 'v')), context, nullptr).status,
            Code::kOk);
  std::uint64_t key = 0;
  while (store.update(key_of(key), Opcode::kPut, as_bytes(std::string(4000, 'v')), context, nullptr).status == Code::kOk) ++key;
  const std::size_t before = store.counters().bytes_used;
  Cell delta;
  ASSERT_EQ(store.update(key_of(long_key), Opcode::kErase, {}, context, &delta).status, Code::kOk);
  EXPECT_LE(store.counters().bytes_used, before - kValueBytesMax + kPageBytes);
  EXPECT_TRUE(store.drop_tombstone(key_of(long_key), Stamp{clock.last().value + 1}));
}

// Not a bound on time, which a shared machine cannot keep: that is perf.growth's.
TEST(StoreMemory, no_single_insert_moves_more_than_a_few_segments) {
  StoreFixture fixture(512 * kMiB, 64 * kMiB);
  SystemClock clock;
  TimeNs total = 0;
  TimeNs longest = 0;
  for (std::uint64_t key = 0; key < 2'000'000; ++key) {
    fixture.extents.refill();
    const TimeNs begun = clock.now_ns();
    ASSERT_EQ(fixture.put(key_of(key), "8 bytes!"), Code::kOk);
    const TimeNs took = clock.now_ns() - begun;
    total += took;
    longest = std::max(longest, took);
  }
  std::printf("insert: mean %.0f ns, longest %.0f us\n", static_cast<double>(total) / 2e6, static_cast<double>(longest) / 1e3);
  EXPECT_LT(longest, 200'000'000U);
  EXPECT_GT(fixture.store.counters().segments, 2'000'000U / 1'400);
}

TEST(StoreMerge, answers_garbage_with_an_error_and_changes_nothing) {
  StoreFixture fixture(16 * kMiB);
  ASSERT_EQ(fixture.put(key_of(std::uint64_t{1}), "value"), Code::kOk);
  const Stamp before = fixture.store.version(key_of(std::uint64_t{1}));
  for (const std::string& garbage : {std::string{}, std::string("\xff"), std::string("\x01"), std::string(24, '\x01')}) {
    const auto merged = fixture.store.merge(key_of(std::uint64_t{1}), as_bytes(garbage), fixture.clock, 1);
    ASSERT_FALSE(merged.has_value());
    EXPECT_EQ(merged.error().code, Code::kInvalid);
  }
  EXPECT_EQ(fixture.store.version(key_of(std::uint64_t{1})), before);
  EXPECT_EQ(fixture.get(key_of(std::uint64_t{1})), "value");
}

TEST(StoreMerge, a_local_write_after_a_merge_wins_over_it_whatever_the_wall_clock_says) {
  StoreFixture fixture(16 * kMiB);
  fixture.extents.refill();
  const std::uint64_t number = 1;
  const Key key = key_of(number);
  const FrameBuffer future = plain_cell(std::uint64_t{2'000'000'000'000'000} << HybridClock::kLogicalBits, "theirs");
  ASSERT_TRUE(*fixture.store.merge(key, future.bytes(), fixture.clock, 1));
  ASSERT_EQ(fixture.put(key, "ours"), Code::kOk);
  EXPECT_EQ(fixture.get(key), "ours");
  EXPECT_FALSE(*fixture.store.merge(key, future.bytes(), fixture.clock, 1));
  EXPECT_EQ(fixture.get(key), "ours");
}

TEST(StoreMerge, a_peers_tombstone_of_an_unknown_key_is_kept_until_it_is_dropped) {
  StoreFixture fixture(16 * kMiB);
  fixture.extents.refill();
  const std::uint64_t number = 1;
  const Key key = key_of(number);
  EXPECT_TRUE(*fixture.store.merge(key, plain_cell(50, "", true).bytes(), fixture.clock, 1));
  EXPECT_FALSE(*fixture.store.merge(key, plain_cell(40, "late").bytes(), fixture.clock, 1));
  EXPECT_EQ(fixture.get(key), std::nullopt);
  EXPECT_EQ(fixture.store.counters().tombstones, 1U);
  EXPECT_FALSE(fixture.store.drop_tombstone(key, Stamp{50}));
  EXPECT_TRUE(fixture.store.drop_tombstone(key, Stamp{51}));
  EXPECT_EQ(fixture.store.version(key), Stamp{});
}

TEST(Store, may_be_moved_with_all_that_it_holds) {
  StoreFixture fixture(64 * kMiB);
  for (std::uint64_t key = 0; key < 10'000; ++key) ASSERT_EQ(fixture.put(key_of(key), std::to_string(key * key)), Code::kOk);
  const std::string element(1000, 'e');
  ASSERT_EQ(fixture.store.update(key_of(element), Opcode::kSetAdd, as_bytes(element), fixture.context(), nullptr).status,
            Code::kOk);
  Store moved = std::move(fixture.store);
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    FrameBuffer reply;
    ASSERT_EQ(moved.read(key_of(key), Opcode::kGet, {}, reply), Code::kOk);
    ASSERT_EQ(as_text(reply.bytes()), std::to_string(key * key));
  }
  FrameBuffer reply;
  EXPECT_EQ(moved.read(key_of(element), Opcode::kSetContains, as_bytes(element), reply), Code::kOk);
}

}  // namespace
}  // namespace lath
