// A cell as bytes, for merge batches and checkpoints: docs/cells-encoding.md. Canonical: equal cells encode to equal bytes, and
// what decodes encodes to the very bytes it came from. Decoding takes bytes that may be anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/frame_buffer.hpp"
#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "store/cell.hpp"
#include "store/cell_layout.hpp"

namespace lath {

void encode_cell(const Cell& cell, FrameBuffer& out);
std::size_t encoded_bytes(const Cell& cell);  // linear in the cell
Result<Cell> decode_cell(Bytes encoded);
// Quick looks: false where the encoded cell surely holds no map; true where it surely is what its readers see (Cell::shows_all).
bool may_hold_map(Bytes encoded);
bool surely_shows_all(Bytes encoded);

// The usual cell: one LWW write and nothing else. The store keeps it flat, and need not build a Cell to send or merge one.
struct PlainValue {
  Stamp stamp;
  WriterId writer;
  bool erased = false;  // a write of "nothing"; `value` is empty
  Bytes value;
};
inline constexpr std::size_t kPlainValueOverheadBytes = 25;

// A plain value of at most 8 bytes, as words: what is merged most is read without a branch for what it is not.
struct ShortWrite {
  std::uint64_t stamp = 0;
  WriterId writer;
  std::uint64_t word = 0;  // the value's bytes, zero-padded
  unsigned bytes = 0;
};
inline std::uint64_t short_word(const std::byte* bytes, std::size_t count) {
  std::uint64_t word = 0;
  if (count == sizeof word) {
    std::memcpy(&word, bytes, sizeof word);
  } else {
    for (std::size_t index = 0; index < count; ++index) word |= std::to_integer<std::uint64_t>(bytes[index]) << (8 * index);
  }
  return word;
}
// false: it is another cell.
inline bool read_short_write(Bytes encoded, ShortWrite& out) {
  if (encoded.size() < kPlainValueOverheadBytes || encoded.size() > kPlainValueOverheadBytes + sizeof out.word) return false;
  const std::byte* const at = encoded.data();
  if (at[0] != std::byte{kFormWrite}) return false;
  std::memcpy(&out.stamp, at + 1, sizeof out.stamp);
  std::memcpy(&out.writer.node.value, at + 9, sizeof out.writer.node.value);
  std::memcpy(&out.writer.shard.value, at + 13, sizeof out.writer.shard.value);
  std::memcpy(&out.writer.incarnation, at + 17, sizeof out.writer.incarnation);
  out.bytes = static_cast<unsigned>(encoded.size() - kPlainValueOverheadBytes);
  out.word = short_word(at + kPlainValueOverheadBytes, out.bytes);
  return true;
}

// Of a cell whose write is a large value: which, and how large. Nothing of other cells; of garbage, anything.
struct LargeMark {
  LargeId id;
  std::uint64_t bytes = 0;
};
std::optional<LargeMark> large_mark_of(Bytes encoded);

void encode_plain_value(const PlainValue& plain, FrameBuffer& out);
std::optional<PlainValue> plain_value_of(Bytes encoded);  // nothing where the bytes are another cell, or no cell; views `encoded`

}  // namespace lath
