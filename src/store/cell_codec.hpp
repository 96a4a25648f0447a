// A cell as bytes, for merge batches and checkpoints: docs/cells-encoding.md. Canonical: equal cells encode to equal bytes, and
// what decodes encodes to the very bytes it came from. Decoding takes bytes that may be anything.
#pragma once

#include <cstddef>
#include <optional>

#include "base/frame_buffer.hpp"
#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "store/cell.hpp"

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

// Of a cell whose write is a large value: which, and how large. Nothing of other cells; of garbage, anything.
struct LargeMark {
  LargeId id;
  std::uint64_t bytes = 0;
};
std::optional<LargeMark> large_mark_of(Bytes encoded);

void encode_plain_value(const PlainValue& plain, FrameBuffer& out);
std::optional<PlainValue> plain_value_of(Bytes encoded);  // nothing where the bytes are another cell, or no cell; views `encoded`

}  // namespace lath
