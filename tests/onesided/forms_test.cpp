// Whatever a one-sided reader answers is what the shard would have answered.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "table_fixture.hpp"

namespace lath {

namespace {

struct Probe {
  Opcode opcode;
  std::string argument;
};

const std::vector<Probe>& reads() {
  static const std::vector<Probe> all = {
      {Opcode::kGet, ""},        {Opcode::kCounterGet, ""},        {Opcode::kGrowCounterGet, ""}, {Opcode::kMaxI64Get, ""},
      {Opcode::kMinI64Get, ""},  {Opcode::kMaxF64Get, ""},         {Opcode::kMinF64Get, ""},      {Opcode::kSetContains, "a"},
      {Opcode::kSetMembers, ""}, {Opcode::kGrowSetContains, "bb"}, {Opcode::kGrowSetMembers, ""}};
  return all;
}

class Forms : public testing::Test {
 protected:
  std::string key_text(std::uint64_t number) {
    return (number % 3 == 0 ? "a key that does not fit a word " : "k") + std::to_string(number);
  }

  void change(const std::string& text) {
    const Key key = key_of(text);
    const auto word = [&](std::uint64_t value) { return std::string(reinterpret_cast<const char*>(&value), sizeof value); };
    const auto text_of = [&](std::size_t size_max) {
      return std::string(random.below(size_max + 1), static_cast<char>('a' + random.below(26)));
    };
    Opcode opcode = Opcode::kPut;
    std::string argument;
    const double number = static_cast<double>(random.below(1000)) / 7;
    switch (random.below(14)) {
      case 0: argument = text_of(8); break;
      case 1: argument = text_of(300); break;
      case 2: argument = text_of(20'000); break;
      case 3: opcode = Opcode::kErase; break;
      case 4: opcode = Opcode::kCounterAdd, argument = word(random.below(100) - 50); break;
      case 5: opcode = Opcode::kGrowCounterAdd, argument = word(random.below(100)); break;
      case 6: opcode = Opcode::kMaxI64Merge, argument = word(random.next()); break;
      case 7: opcode = Opcode::kMinI64Merge, argument = word(random.next()); break;
      case 8: opcode = Opcode::kMaxF64Merge, argument = word(std::bit_cast<std::uint64_t>(number)); break;
      case 9: opcode = Opcode::kMinF64Merge, argument = word(std::bit_cast<std::uint64_t>(number)); break;
      case 10: opcode = Opcode::kSetAdd, argument = text_of(2); break;
      case 11: opcode = Opcode::kSetRemove, argument = text_of(2); break;
      case 12: opcode = Opcode::kGrowSetAdd, argument = text_of(3); break;
      default: opcode = Opcode::kMvPut, argument = std::string(4, '\0') + text_of(10); break;
    }
    extents().refill();
    Cell delta;
    table.store.update(key, opcode, as_bytes(argument), table.context(), random.below(2) == 0 ? &delta : nullptr);
  }
  Extents& extents() { return table.extents; }

  // Answers that the reader gave, of those asked.
  void compare(const Key& key, ReadVerdict verdict, const SlotImage& image) {
    for (const Probe& probe : reads()) {
      FrameBuffer reply;
      const Code code = table.store.read(key, probe.opcode, as_bytes(probe.argument), reply);
      ++asked;
      if (verdict != ReadVerdict::kFound) continue;
      const auto answer = answer_from(image, {probe.opcode, {}, as_bytes(probe.argument)}, table.scratch);
      if (!answer) continue;
      ++answered;
      answered_well += code == Code::kOk ? 1U : 0U;
      ASSERT_EQ(answer->status, code) << name_of(probe.opcode);
      if (code == Code::kOk) {
        ASSERT_TRUE(std::ranges::equal(answer->payload, reply.bytes())) << name_of(probe.opcode);
      }
    }
  }

  TableFixture table;
  Random random{5};
  std::size_t asked = 0, answered = 0, answered_well = 0;
};

}  // namespace

TEST_F(Forms, every_answer_is_the_stores_own) {
  ASSERT_EQ(table.put(key_of(std::string("first")), "there is memory"), Code::kOk);
  for (std::uint64_t step = 0; step < 6000; ++step) {
    const std::string text = key_text(random.below(step < 3000 ? 40 : 3000));
    change(text);
    table.turn();
    const Key key = key_of(text);
    SlotImage image;
    const ReadVerdict by_loads = table.read_mapped(key, image);
    compare(key, by_loads, image);
    if (HasFatalFailure()) return;
    SlotImage copy;
    ReadVerdict by_copies = table.read_copied(key, copy);
    if (by_copies == ReadVerdict::kMoving) by_copies = table.read_copied(key, copy);  // the layout was another one
    // The one follows longer searches, the other does not fetch what has no bound.
    if (by_copies != ReadVerdict::kForm && by_copies != ReadVerdict::kMissing) {
      EXPECT_EQ(by_copies, by_loads) << text;
    }
    compare(key, by_copies, copy);
    if (HasFatalFailure()) return;
    if (table.store.version(key) == Stamp{}) {
      EXPECT_EQ(by_loads, ReadVerdict::kMissing);
    }
  }
  EXPECT_GT(answered, asked / 10);
  EXPECT_GT(answered_well, asked / 30);
}

TEST_F(Forms, a_whole_table_is_found_at_every_size) {
  for (std::uint64_t number = 0; number < 30'000; ++number) {
    ASSERT_EQ(table.put(key_of(number), std::to_string(number)), Code::kOk);
    if (number % 977 != 0 && number != 29'999) continue;
    table.turn();
    std::size_t missing = 0;
    for (std::uint64_t wanted = 0; wanted <= number; ++wanted) {
      SlotImage image;
      const auto by_loads = table.value_by(table.read_mapped(key_of(wanted), image), image);
      if (!by_loads) ++missing;
      if (by_loads) {
        ASSERT_EQ(*by_loads, std::to_string(wanted));
      }
      ReadVerdict verdict = table.read_copied(key_of(wanted), image);
      if (verdict == ReadVerdict::kMoving) verdict = table.read_copied(key_of(wanted), image);
      if (const auto by_copies = table.value_by(verdict, image)) {
        ASSERT_EQ(*by_copies, std::to_string(wanted));
      }
    }
    EXPECT_LE(missing, number / 400 + 10) << "only searches over many buckets are left to the shard";
  }
}

TEST_F(Forms, memory_that_is_attached_later_is_read_wherever_it_lies) {
  for (std::uint64_t number = 0; number < 30'000; ++number) {
    ASSERT_EQ(table.put(key_of(number), std::to_string(number)), Code::kOk);
  }
  table.turn();
  std::vector<Attached> pieces = table.map.pieces();
  ASSERT_GT(pieces.size(), 3u);
  const auto found = [&] {
    std::size_t count = 0;
    for (std::uint64_t number = 0; number < 30'000; ++number) {
      SlotImage image;
      const ReadVerdict verdict = table.read_mapped(key_of(number), image);
      EXPECT_NE(verdict, ReadVerdict::kForm);
      const auto value = table.value_by(verdict, image);
      if (value) {
        EXPECT_EQ(*value, std::to_string(number));
      }
      count += value ? 1U : 0U;
    }
    return count;
  };
  // The root's piece and the highest ones first, each of them met by reads before the next one is there.
  std::sort(pieces.begin() + 1, pieces.end(), [](const Attached& a, const Attached& b) { return a.mapping > b.mapping; });
  table.map.clear();
  table.map.add(pieces[0]);
  MappedTable fresh;
  table.mapped = std::move(fresh);
  ASSERT_TRUE(table.mapped.open(table.map, reinterpret_cast<std::uint64_t>(table.store.root())));
  std::size_t before = found();
  for (std::size_t piece = 1; piece < pieces.size(); ++piece) {
    table.map.add(pieces[piece]);
    const std::size_t now = found();
    EXPECT_GE(now, before);
    before = now;
  }
  EXPECT_GT(before, 29'000u) << "all but some long searches";
}

}  // namespace lath
