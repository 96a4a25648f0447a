// libFuzzer's entry: any bytes decode to a cell whose encoding is those bytes, or to an error; what decodes can be read and merged.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.hpp"
#include "store/cell_codec.hpp"
#include "store/cell_read.hpp"
#include "wire/writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  using namespace lath;
  const Bytes bytes = std::as_bytes(std::span(input, size));
  auto cell = decode_cell(bytes);
  const auto plain = plain_value_of(bytes);
  LATH_ASSERT(!plain || cell);
  if (!cell) return 0;
  FrameBuffer again;
  encode_cell(*cell, again);
  LATH_ASSERT(as_text(again.bytes()) == as_text(bytes));
  LATH_ASSERT(encoded_bytes(*cell) == size);
  LATH_ASSERT(*cell == Cell(*cell) && !cell->merge(Cell(*cell)));
  for (int opcode = 0; opcode < 256; ++opcode) {
    FrameBuffer reply;
    (void)read_cell(*cell, static_cast<Opcode>(opcode), {}, reply);
  }
  return 0;
}
