// Lookups in steps, and additions and extremes in place: these are short ways, and must come to what the long one comes to.
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "store/cell_update.hpp"
#include "tests/store/operations.hpp"
#include "tests/store/store_fixture.hpp"

namespace lath {
namespace {

class Lookups : public testing::Test {
 protected:
  std::vector<Store::Lookup> look_up(const std::vector<std::uint64_t>& keys) const {
    std::vector<Store::Lookup> found;
    found.reserve(keys.size());
    for (const std::uint64_t& key : keys) found.push_back(fixture.store.look_up(key_of(key)));
    for (Store::Lookup& each : found) fixture.store.approach(each);
    return found;
  }
  std::string read(const Store::Lookup& lookup) const {
    FrameBuffer reply;
    const Slot* slot = fixture.store.get_short(lookup, {});
    const Code code = fixture.store.read(lookup, Opcode::kGet, {}, reply);
    EXPECT_EQ(slot != nullptr, code == Code::kOk);  // values are short here
    return code == Code::kOk ? std::string(as_text(reply.bytes())) : "";
  }
  static std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> keys;
    for (std::uint64_t key = from; key < to; ++key) keys.push_back(key);
    return keys;
  }

  StoreFixture fixture{64 * kMiB, kMiB};
};

TEST_F(Lookups, of_a_table_that_is_not_there_yet_find_what_was_put_since) {
  const std::vector<std::uint64_t> keys = numbers(0, 10);
  const std::vector<Store::Lookup> before = look_up(keys);
  EXPECT_EQ(read(before[3]), "");
  for (const std::uint64_t& key : keys) ASSERT_EQ(fixture.put(key_of(key), "v"), Code::kOk);
  for (const Store::Lookup& each : before) EXPECT_EQ(read(each), "v");
}

TEST_F(Lookups, outlive_all_growth_and_shrinking_between_their_steps) {
  const std::vector<std::uint64_t> keys = numbers(0, 3'000);
  for (const std::uint64_t& key : keys) ASSERT_EQ(fixture.put(key_of(key), std::to_string(key)), Code::kOk);
  const std::vector<Store::Lookup> before = look_up(keys);
  for (std::uint64_t key = 3'000; key < 60'000; ++key) ASSERT_EQ(fixture.put(key_of(key), "x"), Code::kOk);
  for (const std::uint64_t key : keys) ASSERT_EQ(read(before[key]), std::to_string(key));
  const std::vector<Store::Lookup> grown = look_up(keys);
  for (std::uint64_t key = 1; key < 60'000; key += key < 2'999 ? 2 : 1) ASSERT_EQ(fixture.erase(key_of(key)), Code::kOk);
  for (const std::uint64_t key : keys) ASSERT_EQ(read(grown[key]), key % 2 == 0 ? std::to_string(key) : "") << key;
}

// Without a change of the layout: removing moves other keys into the slots that lookups have found.
TEST_F(Lookups, are_not_deceived_by_keys_that_moved_into_their_slots) {
  const std::vector<std::uint64_t> keys = numbers(0, 100);
  for (const std::uint64_t& key : keys) ASSERT_EQ(fixture.put(key_of(key), std::to_string(key)), Code::kOk);
  const std::vector<Store::Lookup> before = look_up(keys);
  for (std::uint64_t key = 0; key < 100; key += 3) ASSERT_EQ(fixture.erase(key_of(key)), Code::kOk);
  for (const std::uint64_t key : keys) ASSERT_EQ(read(before[key]), key % 3 == 0 ? "" : std::to_string(key)) << key;
  for (std::uint64_t key = 0; key < 100; key += 3) {
    const Store::Outcome outcome = fixture.store.update(before[key], Opcode::kPut, as_bytes("anew"), fixture.context(), nullptr);
    ASSERT_EQ(outcome.status, Code::kOk);
  }
  for (const std::uint64_t& key : keys) ASSERT_EQ(fixture.get(key_of(key)), key % 3 == 0 ? "anew" : std::to_string(key));
}

TEST_F(Lookups, a_put_in_place_takes_any_short_size_and_leaves_the_stamp_of_a_put) {
  const std::uint64_t key = 7;
  for (std::size_t size = 0; size <= 9; ++size) {
    for (const std::size_t after : {std::size_t{8}, size, std::size_t{0}, size}) {
      const std::string value(after, static_cast<char>('a' + size));
      const Stamp before = fixture.store.version(key_of(key));
      Cell delta;
      const Store::Outcome outcome =
          fixture.store.update(fixture.store.look_up(key_of(key)), Opcode::kPut, as_bytes(value), fixture.context(), &delta);
      if (outcome.status == Code::kLater) {  // the first has to wait for its memory
        fixture.extents.refill();
        continue;
      }
      ASSERT_EQ(outcome.status, Code::kOk);
      EXPECT_TRUE(outcome.changed && outcome.whole);
      EXPECT_TRUE(delta.is_bottom());
      EXPECT_EQ(fixture.get(key_of(key)), value);
      EXPECT_GT(fixture.store.version(key_of(key)), before);
    }
  }
}

std::string number_argument(std::int64_t by) {
  return {reinterpret_cast<const char*>(&by), sizeof by};
}

// The store beside a cell that is changed the long way; a peer's additions stand before and behind our own.
void expect_updates(Opcode add, const std::vector<std::int64_t>& amounts, const std::vector<Code>& codes) {
  StoreFixture fixture(64 * kMiB, kMiB);
  fixture.extents.refill();
  const std::uint64_t key = 1;
  Cell plain;
  HybridClock clock;
  for (const WriterId& peer : {WriterId{NodeId{0}, ShardId{0}, 5}, WriterId{NodeId{9}, ShardId{0}, 5}}) {
    Cell delta;
    Cell at_peer;
    ASSERT_EQ(update_cell(at_peer, add, as_bytes(number_argument(3)), {peer, &clock, 1}, &delta), Code::kOk);
    FrameBuffer encoded;
    encode_cell(delta, encoded);
    ASSERT_TRUE(fixture.store.merge(key_of(key), encoded.bytes(), clock, 1));
    plain.merge(delta);
  }
  for (std::size_t index = 0; index < amounts.size(); ++index) {
    const std::string argument = number_argument(amounts[index]);
    Cell delta;
    Cell plain_delta;
    const Stamp before = fixture.store.version(key_of(key));
    const Store::Outcome outcome = fixture.store.update(key_of(key), add, as_bytes(argument), fixture.context(), &delta);
    ASSERT_EQ(outcome.status, codes[index]) << index;
    ASSERT_EQ(update_cell(plain, add, as_bytes(argument), fixture.context(), &plain_delta), codes[index]) << index;
    EXPECT_EQ(delta, plain_delta);
    EXPECT_EQ(outcome.changed, !plain_delta.is_bottom());
    EXPECT_EQ(fixture.store.version(key_of(key)) > before, outcome.changed);
    FrameBuffer held;
    FrameBuffer wanted;
    ASSERT_TRUE(fixture.store.encode(key_of(key), held));
    encode_cell(plain, wanted);
    EXPECT_EQ(as_text(held.bytes()), as_text(wanted.bytes())) << index;
  }
}

TEST(Additions, in_place_are_those_of_the_lattice) {
  constexpr std::int64_t kLeast = INT64_MIN;
  expect_updates(Opcode::kCounterAdd, {1, 5, -7, 0, INT64_MAX, kLeast, INT64_MAX, INT64_MAX, -1},
                 {Code::kOk, Code::kOk, Code::kOk, Code::kOk, Code::kOk, Code::kOk, Code::kUsedUp, Code::kUsedUp, Code::kOk});
  expect_updates(Opcode::kGrowCounterAdd, {1, 5, 0, -8, 2, 1},
                 {Code::kOk, Code::kOk, Code::kOk, Code::kOk, Code::kUsedUp, Code::kOk});
}

std::int64_t bits_of(double number) {
  return std::bit_cast<std::int64_t>(number);
}

TEST(Extremes, in_place_are_those_of_the_lattice) {
  const std::vector<std::int64_t> integers = {1, 5, 5, -7, INT64_MAX, 9, INT64_MIN, -9};
  const std::vector<std::int64_t> numbers = {bits_of(-0.0), bits_of(0.0), bits_of(-0.0), bits_of(1.5),     bits_of(NAN),
                                             bits_of(-1.5), bits_of(1e9), bits_of(-1e9), bits_of(HUGE_VAL)};
  for (const Opcode opcode : {Opcode::kMaxI64Merge, Opcode::kMinI64Merge})
    expect_updates(opcode, integers, std::vector<Code>(integers.size(), Code::kOk));
  std::vector<Code> codes(numbers.size(), Code::kOk);
  codes[4] = Code::kInvalid;  // NaN
  for (const Opcode opcode : {Opcode::kMaxF64Merge, Opcode::kMinF64Merge}) expect_updates(opcode, numbers, codes);
}

TEST(Additions, to_what_is_not_a_counter_alone_go_the_long_way) {
  StoreFixture fixture(64 * kMiB, kMiB);
  fixture.extents.refill();
  const std::uint64_t key = 1;
  const std::string one = number_argument(1);
  const auto add = [&](Opcode opcode, const std::string& argument) {
    return fixture.store.update(key_of(key), opcode, as_bytes(argument), fixture.context(), nullptr).status;
  };
  EXPECT_EQ(add(Opcode::kCounterAdd, one), Code::kOk);
  EXPECT_EQ(add(Opcode::kGrowCounterAdd, one), Code::kWrongType);
  EXPECT_EQ(add(Opcode::kCounterAdd, "short"), Code::kInvalid);
  EXPECT_EQ(add(Opcode::kCounterAdd, one), Code::kOk);
  EXPECT_EQ(fixture.erase(key_of(key)), Code::kOk);
  EXPECT_EQ(add(Opcode::kCounterAdd, one), Code::kOk);
  FrameBuffer reply;
  EXPECT_EQ(fixture.store.read(key_of(key), Opcode::kCounterGet, {}, reply), Code::kOk);
  EXPECT_EQ(as_text(reply.bytes()), number_argument(1));
}

}  // namespace
}  // namespace lath
