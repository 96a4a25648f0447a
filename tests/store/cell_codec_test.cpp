// The encoding is canonical, its bytes are those of docs/cells-encoding.md, and no bytes harm the decoder.
#include "lath/limits.hpp"
#include "store/cell_fixture.hpp"
#include "tests/hex.hpp"

namespace lath {

namespace {

std::string hex(std::string_view bytes) {
  return testing::hex(as_bytes(bytes));
}

// What decodes is the one encoding of what it decodes to.
void expect_harmless(std::string_view bytes) {
  const auto cell = decode_cell(as_bytes(bytes));
  if (cell) {
    EXPECT_EQ(encoded(*cell), bytes) << hex(bytes.substr(0, 200));
  }
  const auto plain = plain_value_of(as_bytes(bytes));
  EXPECT_EQ(plain.has_value(),
            cell && cell->components().empty() && cell->generation() == Cell::Generation{} && !cell->is_bottom());
}

// Every byte of a short text; of a long one the first hundreds, and a sample of the rest.
std::size_t after(std::size_t index) {
  return index < 200 ? index + 1 : index + 251;
}

Cell dense_hll() {
  Site site(1);
  Random random(7);
  for (int count = 0; count < 20000; ++count) site.update({Opcode::kHllAdd, le(random.next())});
  return site.cell;
}

}  // namespace

TEST(CellCodec, brings_every_cell_back) {
  std::vector<Cell> samples = sample_cells();
  samples.push_back(dense_hll());
  for (const Cell& cell : samples) {
    const std::string bytes = encoded(cell);
    EXPECT_EQ(bytes.size(), encoded_bytes(cell));
    const auto back = decode_cell(as_bytes(bytes));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, cell);
    EXPECT_EQ(back->bytes_bound(), bytes.size());
  }
}

TEST(CellCodec, equal_cells_encode_to_equal_bytes_whatever_their_history) {
  const std::vector<Cell> samples = sample_cells();
  for (const Cell& a : samples) {
    for (const Cell& b : samples) EXPECT_EQ(encoded(joined(a, b)), encoded(joined(b, a)));
  }
}

TEST(CellCodec, meets_every_prefix_and_every_extension) {
  for (const Cell& cell : sample_cells()) {
    const std::string bytes = encoded(cell);
    for (std::size_t size = 0; size < bytes.size(); size = after(size)) {
      const std::string prefix = bytes.substr(0, size);
      expect_harmless(prefix);
      if (!cell.components().empty() && cell.value().is_bottom()) {
        EXPECT_FALSE(decode_cell(as_bytes(prefix)));
      }
    }
    for (const char more : {'\0', '\1', '\xff'}) expect_harmless(bytes + more);
  }
}

TEST(CellCodec, meets_every_flipped_byte) {
  std::vector<Cell> samples = sample_cells();
  samples.push_back(dense_hll());
  for (const Cell& cell : samples) {
    std::string bytes = encoded(cell);
    for (std::size_t index = 0; index < bytes.size(); index = after(index)) {
      const char kept = bytes[index];
      for (const int flip : {0x01, 0x02, 0x10, 0x80, 0xff}) {
        bytes[index] = static_cast<char>(kept ^ flip);
        expect_harmless(bytes);
      }
      bytes[index] = kept;
    }
  }
}

TEST(CellCodec, meets_random_bytes) {
  Random random(11);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(random.below(80), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.below(4) == 0 ? random.below(256) : random.below(20));
    expect_harmless(bytes);
  }
}

TEST(CellCodec, a_put_costs_25_bytes_beside_its_value) {
  Site site(1);
  site.update({Opcode::kPut, "hello"});
  EXPECT_EQ(hex(encoded(site.cell)),
            "01"                                // form: a write
            "0010000000000000"                  // stamp: microsecond 1, count 0
            "01000000000000000100000000000000"  // writer: node 1, shard 0, incarnation 1
            "68656c6c6f");
  site.update({Opcode::kErase, ""});
  EXPECT_EQ(hex(encoded(site.cell)),
            "03"
            "0110000000000000"
            "01000000000000000100000000000000");
  EXPECT_EQ(hex(encoded(Cell{})), "00");
}

// The worked example of docs/cells-encoding.md.
TEST(CellCodec, holds_the_documented_bytes_of_an_erased_counter_that_became_a_set) {
  Site site(1);
  site.update({Opcode::kCounterAdd, le(std::int64_t{3})});
  site.update({Opcode::kErase, ""});
  site.update({Opcode::kSetAdd, "a"});
  site.update({Opcode::kSetAdd, "b"});
  site.update({Opcode::kSetRemove, "a"});
  EXPECT_EQ(hex(encoded(site.cell)),
            "0c"                                // form: a generation, components
            "0010000000000000"                  // generation: the erase's stamp
            "01000000000000000100000000000000"  // and its writer
            "01"                                // one component
            "09"                                // tag: set
            "01000000"                          // the context knows one writer
            "01000000000000000100000000000000"  // node 1, shard 0, incarnation 1
            "0200000000000000"                  // its first two events were seen
            "00000000"                          // and none beyond a gap
            "01000000"                          // one element
            "0100000062"                        // "b"
            "01000000"                          // with one dot
            "00000000"                          // of the context's writer 0
            "0200000000000000");                // its event 2
}

TEST(CellCodec, a_flat_value_is_the_same_bytes_as_its_cell) {
  const std::string value = "some bytes";
  for (const bool erased : {false, true}) {
    const PlainValue plain{Stamp{77}, writer(3), erased, erased ? Bytes{} : as_bytes(value)};
    FrameBuffer flat;
    encode_plain_value(plain, flat);
    const Cell cell(Cell::Value{Stamp{77}, writer(3), erased ? std::nullopt : std::optional(value)});
    EXPECT_EQ(as_text(flat.bytes()), encoded(cell));
    EXPECT_EQ(flat.size(), kPlainValueOverheadBytes + plain.value.size());
    const auto back = plain_value_of(flat.bytes());
    ASSERT_TRUE(back);
    EXPECT_EQ(back->stamp, plain.stamp);
    EXPECT_EQ(back->writer, plain.writer);
    EXPECT_EQ(back->erased, erased);
    EXPECT_EQ(as_text(back->value), as_text(plain.value));
  }
}

TEST(CellCodec, refuses_what_no_field_may_hold) {
  for (const TypeCase& type : type_cases()) {
    Site site(1);
    site.update(type.updates.front());
    const Cell map = Cell{}.delta_of(FieldMap::of("f", site.cell));
    EXPECT_EQ(decode_cell(as_bytes(encoded(map))).has_value(), may_be_in_field(type.tag));
  }
}

TEST(CellCodec, refuses_values_and_elements_over_their_limit) {
  const std::string large(kValueBytesMax + 1, 'v');
  const std::vector<Cell> cells = {
      Cell(Cell::Value{Stamp{1}, writer(1), large}), Cell{}.delta_of(ByteSet::of(large)),
      Cell{}.delta_of(FieldMap::of(std::string(kKeyBytesMax + 1, 'f'), Cell(Cell::Value{Stamp{1}, {}, "v"})))};
  for (const Cell& cell : cells) EXPECT_FALSE(decode_cell(as_bytes(encoded(cell))));
}

}  // namespace lath
