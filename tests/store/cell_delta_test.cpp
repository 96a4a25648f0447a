// Deltas, however lost, repeated, reordered and folded, make the state that whole-state merges make; and the answers agree.
#include "store/cell_fixture.hpp"

namespace lath {

namespace {

constexpr std::size_t kSites = 3;
constexpr std::size_t kSteps = 60;

std::string pick(Random& random, std::initializer_list<const char*> texts) {
  return *(texts.begin() + random.below(texts.size()));
}

CellOp random_simple_op(Tag tag, Random& random) {
  const auto amount = static_cast<std::int64_t>(random.below(9)) - 4;
  const std::string element = pick(random, {"", "a", "b", "c", "d"});
  switch (tag) {
    case Tag::kLww: return {Opcode::kPut, element};
    case Tag::kGrowCounter: return {Opcode::kGrowCounterAdd, le(random.below(4))};
    case Tag::kCounter: return {Opcode::kCounterAdd, le(amount)};
    case Tag::kMaxI64: return {Opcode::kMaxI64Merge, le(amount)};
    case Tag::kMinI64: return {Opcode::kMinI64Merge, le(amount)};
    case Tag::kMaxF64: return {Opcode::kMaxF64Merge, le(static_cast<double>(amount) * -0.5)};
    case Tag::kMinF64: return {Opcode::kMinF64Merge, le(static_cast<double>(amount) * -0.5)};
    case Tag::kGrowSet: return {Opcode::kGrowSetAdd, element};
    default: return {random.below(3) == 0 ? Opcode::kSetRemove : Opcode::kSetAdd, element};
  }
}

template <class T>
std::string random_array(Tag tag, Random& random) {
  const int number = static_cast<int>(tag) - static_cast<int>(Tag::kArrayFirst);
  std::vector<T> elements(random.below(4));
  for (T& element : elements) element = static_cast<T>(static_cast<int>(random.below(9)) - 4);
  return array_argument(static_cast<ArrayHow>(number / kArrayDtypes), static_cast<ArrayDtype>(number % kArrayDtypes), elements);
}

CellOp random_op(Tag tag, const Cell& cell, Random& random) {
  if (tag == Tag::kHll) return {Opcode::kHllAdd, le(random.next() & 0xfff0000000000000)};
  if (tag == Tag::kMap) {
    const std::string field = pick(random, {"f", "g", "h"});
    const auto inner = static_cast<Tag>(1 + (field == "h" ? random.below(9) : 7 + random.below(2)));
    if (random.below(10) == 0) return {Opcode::kMapErase, field};
    return {Opcode::kMapUpdate, in_field(field, random_simple_op(inner, random))};
  }
  if (tag == Tag::kMv) {
    const Answer held = read(cell, {Opcode::kMvGet, ""});
    std::uint32_t size = 0;
    if (held.code == Code::kOk) std::memcpy(&size, held.payload.data(), sizeof size);
    return {Opcode::kMvPut,
            mv_argument(random.below(3) == 0 || size == 0 ? "" : held.payload.substr(4, size), pick(random, {"", "v", "w"}))};
  }
  if (tag < Tag::kArrayFirst) return random_simple_op(tag, random);
  switch (static_cast<ArrayDtype>((static_cast<int>(tag) - static_cast<int>(Tag::kArrayFirst)) % kArrayDtypes)) {
    case ArrayDtype::kF32: return {Opcode::kArrayMerge, random_array<float>(tag, random)};
    case ArrayDtype::kF64: return {Opcode::kArrayMerge, random_array<double>(tag, random)};
    case ArrayDtype::kI32: return {Opcode::kArrayMerge, random_array<std::int32_t>(tag, random)};
    case ArrayDtype::kI64: return {Opcode::kArrayMerge, random_array<std::int64_t>(tag, random)};
  }
  return {};
}

struct History {
  std::vector<Site> sites = {Site(1), Site(2), Site(3)};
  std::vector<Cell> deltas;

  // Mostly of one type, so that types meet each other but do not drown.
  void step(Tag favourite, Random& random) {
    Site& site = sites[random.below(kSites)];
    site.wall_us += random.below(3);
    switch (random.below(8)) {
      case 0: site.cell.merge(sites[random.below(kSites)].cell); return;
      case 1:
        if (!deltas.empty()) site.cell.merge(deltas[random.below(deltas.size())]);
        return;
      default: break;
    }
    CellOp op = random_op(favourite, site.cell, random);
    if (random.below(12) == 0) op = {Opcode::kErase, ""};
    if (random.below(12) == 0) op = random_op(type_cases()[random.below(24)].tag, site.cell, random);
    const Cell before = site.cell;
    Cell delta;
    const Code code = site.update(op, &delta);
    if (code != Code::kOk) {
      ASSERT_EQ(code, Code::kWrongType);
      ASSERT_EQ(site.cell, before);
    }
    ASSERT_EQ(delta.is_bottom(), site.cell == before);
    ASSERT_EQ(joined(before, delta), site.cell);
    ASSERT_GE(site.cell.bytes_bound(), encoded_bytes(site.cell));
    if (!delta.is_bottom()) deltas.push_back(delta);
  }

  Cell full() const { return joined(joined(sites[0].cell, sites[1].cell), sites[2].cell); }
};

void expect_same_answers(const Cell& a, const Cell& b) {
  for (const TypeCase& type : type_cases()) {
    for (const CellOp& op : type.reads) EXPECT_EQ(read(a, op), read(b, op));
  }
}

}  // namespace

TEST(CellDelta, makes_what_whole_states_make_in_any_order_with_repeats) {
  const std::vector<TypeCase> types = type_cases();
  ASSERT_EQ(types.size(), 24u);
  for (std::uint64_t seed = 1; seed <= 240; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    History history;
    const Tag favourite = types[seed % types.size()].tag;
    for (std::size_t step = 0; step < kSteps; ++step) {
      history.step(favourite, random);
      if (HasFatalFailure()) return;
    }
    const Cell full = history.full();
    expect_deltas_make(history.deltas, full, random);
    Cell by_wire;
    for (const Cell& delta : history.deltas) {
      const auto sent = decode_cell(as_bytes(encoded(delta)));
      ASSERT_TRUE(sent);
      by_wire.merge(*sent);
    }
    EXPECT_EQ(encoded(by_wire), encoded(full));
    expect_same_answers(by_wire, full);
  }
}

TEST(CellDelta, a_new_writer_after_a_merge_of_deltas_reuses_no_dot) {
  Site one(1);
  Cell first;
  Cell second;
  one.update({Opcode::kSetAdd, "a"}, &first);
  one.update({Opcode::kSetAdd, "b"}, &second);
  Site late(1);
  late.cell.merge(second);
  ASSERT_EQ(late.update({Opcode::kSetAdd, "c"}), Code::kOk);
  late.cell.merge(first);
  EXPECT_EQ(read(late.cell, {Opcode::kSetContains, "a"}).payload, le(std::uint8_t{1}));
  EXPECT_EQ(read(late.cell, {Opcode::kSetContains, "c"}).payload, le(std::uint8_t{1}));
}

}  // namespace lath
