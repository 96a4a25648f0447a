// Large cells live on the heap: what the store counts for them is what the heap gave, and its limit holds.
#include <malloc.h>

#include "store/component.hpp"
#include "tests/store/store_fixture.hpp"

#if defined(__SANITIZE_ADDRESS__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // the sanitizer's, whose headers Debian's g++ comes without
#endif

namespace lath {
namespace {

std::size_t heap_in_use() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

std::string in_field(std::string_view field, Opcode inner, std::string_view argument) {
  FrameBuffer bytes;
  write(bytes, static_cast<std::uint16_t>(field.size()));
  bytes.append(as_bytes(field));
  write(bytes, inner);
  bytes.append(as_bytes(argument));
  return std::string(as_text(bytes.bytes()));
}
std::string word(std::uint64_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// The number-th update of one kind of cells.
struct Filling {
  const char* name;
  Opcode opcode;
  std::uint64_t per_key;  // updates of one key
  std::string (*argument)(std::uint64_t number);
};

constexpr Filling kFillings[] = {
    {"a_map_of_grow_sets", Opcode::kMapUpdate, 200,
     [](std::uint64_t n) { return in_field(std::to_string(n), Opcode::kGrowSetAdd, "e"); }},
    {"a_map_of_maxima", Opcode::kMapUpdate, 200,
     [](std::uint64_t n) { return in_field(std::to_string(n), Opcode::kMaxI64Merge, word(n)); }},
    {"a_map_of_sets", Opcode::kMapUpdate, 200,
     [](std::uint64_t n) { return in_field(std::to_string(n % 50), Opcode::kSetAdd, std::to_string(n)); }},
    {"a_map_of_counters", Opcode::kMapUpdate, 200,
     [](std::uint64_t n) { return in_field(std::to_string(n), Opcode::kCounterAdd, word(1)); }},
    {"a_map_of_bytes", Opcode::kMapUpdate, 1000,
     [](std::uint64_t n) { return in_field(std::to_string(n), Opcode::kPut, std::string(n % 40, 'v')); }},
    {"grow_sets_of_short_elements", Opcode::kGrowSetAdd, 300, [](std::uint64_t n) { return std::to_string(n); }},
    {"sets_of_short_elements", Opcode::kSetAdd, 300, [](std::uint64_t n) { return std::to_string(n); }},
    {"a_set_that_never_ends", Opcode::kSetAdd, ~std::uint64_t{0}, [](std::uint64_t n) { return std::to_string(n); }},
    {"sets_of_one_long_element", Opcode::kSetAdd, 1, [](std::uint64_t n) { return std::to_string(n) + std::string(300, 'e'); }},
    {"sketches", Opcode::kHllAdd, 300, [](std::uint64_t n) { return word(n * 0x9e3779b97f4a7c15ULL); }},
    {"siblings", Opcode::kMvPut, 1,
     [](std::uint64_t n) { return std::string(4, '\0') + std::to_string(n) + std::string(900, 'v'); }},
};

class BoxMemoryOf : public testing::TestWithParam<Filling> {};

TEST_P(BoxMemoryOf, is_counted_as_what_the_heap_gives) {
  constexpr std::size_t kLimit = 12 * kMiB;
  const Filling& filling = GetParam();
  StoreFixture fixture(kLimit);
  const auto in_use = [&] { return heap_in_use() - fixture.extents.queue().bytes_mapped(); };
  const std::size_t before = in_use();
  Store::Outcome outcome{Code::kOk, false, false};
  std::uint64_t number = 0;
  for (; outcome.status == Code::kOk; ++number) {
    ASSERT_LT(number, 1'000'000u);
    fixture.extents.refill();
    const std::string argument = filling.argument(number);
    outcome =
        fixture.store.update(key_of(number / filling.per_key), filling.opcode, as_bytes(argument), fixture.context(), nullptr);
    if (outcome.status == Code::kLater) outcome.status = Code::kOk;  // the next turn has an extent
    if (outcome.status == Code::kTooLarge) break;                    // that is what ends one cell
  }
  const Store::Counters counters = fixture.store.counters();
  EXPECT_EQ(outcome.status, filling.per_key == ~std::uint64_t{0} ? Code::kTooLarge : Code::kFull);
  EXPECT_LE(counters.bytes_used, kLimit);
  EXPECT_GT(counters.boxed_cells, 0u);
  const double counted = static_cast<double>(counters.bytes_boxed);
  const double given = static_cast<double>(in_use() - before);
  std::printf("%s: counted %.2f MiB, given %.2f MiB\n", filling.name, counted / kMiB, given / kMiB);
  EXPECT_LT(given, 1.15 * counted + 0.2 * kMiB);
  EXPECT_GT(given, 0.7 * counted);
}

TEST(BoxMemory, is_not_asked_for_by_new_elements_while_the_system_is_short_of_it) {
  Extents extents(64 * kMiB, 4 * kMiB);
  extents.refill();
  SharedHeapShortage shortage{HeapShortage::kNone};
  Store store({.self = StoreFixture::kSelf, .memory_bytes = 64 * kMiB, .hash = test_hash, .heap = &shortage}, extents.queue());
  HybridClock clock;
  std::uint64_t wall_us = 0;
  const auto update = [&](const std::string& key, Opcode opcode, const std::string& argument) {
    return store.update(key_of(key), opcode, as_bytes(argument), {StoreFixture::kSelf, &clock, ++wall_us}, nullptr).status;
  };
  const auto merge = [&](const std::string& key, const std::string& element) {
    FrameBuffer encoded;
    encode_cell(Cell().delta_of(ByteSet::of(element)), encoded);
    return store.merge(key_of(key), encoded.bytes(), clock, ++wall_us).has_value();
  };
  for (int number = 0; number < 200; ++number) {
    ASSERT_EQ(update("set", Opcode::kSetAdd, std::to_string(number)), Code::kOk);
    ASSERT_EQ(update("grown", Opcode::kGrowSetAdd, std::to_string(number)), Code::kOk);
    ASSERT_EQ(update("map", Opcode::kMapUpdate, in_field(std::to_string(number), Opcode::kSetAdd, "e")), Code::kOk);
  }
  shortage = HeapShortage::kWrites;
  EXPECT_EQ(update("set", Opcode::kSetAdd, "one more"), Code::kFull);
  EXPECT_EQ(update("another", Opcode::kSetAdd, std::string(300, 'e')), Code::kFull);
  EXPECT_EQ(update("map", Opcode::kMapUpdate, in_field("new", Opcode::kSetAdd, "e")), Code::kFull);
  EXPECT_EQ(update("map", Opcode::kMapUpdate, in_field("7", Opcode::kSetAdd, "another")), Code::kFull);
  EXPECT_EQ(update("small", Opcode::kSetAdd, "e"), Code::kOk) << "what lies in the table has its memory";
  EXPECT_EQ(update("set", Opcode::kSetRemove, "7"), Code::kOk);
  EXPECT_EQ(update("map", Opcode::kMapUpdate, in_field("7", Opcode::kSetRemove, "e")), Code::kOk);
  EXPECT_TRUE(merge("grown", "of a peer"));
  shortage = HeapShortage::kMerges;
  EXPECT_FALSE(merge("grown", "another of a peer"));
  EXPECT_EQ(update("set", Opcode::kSetRemove, "8"), Code::kOk);
  shortage = HeapShortage::kNone;
  EXPECT_TRUE(merge("grown", "another of a peer"));
  EXPECT_EQ(update("set", Opcode::kSetAdd, "one more"), Code::kOk);
}

INSTANTIATE_TEST_SUITE_P(Cells, BoxMemoryOf, testing::ValuesIn(kFillings),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace lath
