// What the cell tests share: arguments as bytes, one operation of every opcode for every type, and sample cells.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/frame_buffer.hpp"
#include "lattice/laws.hpp"
#include "store/cell.hpp"
#include "store/cell_codec.hpp"
#include "store/cell_read.hpp"
#include "store/cell_update.hpp"
#include "store/component.hpp"
#include "wire/writer.hpp"

namespace lath {

struct CellOp {
  Opcode opcode = Opcode::kGet;
  std::string argument;
};

template <class T>
std::string le(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

inline std::string in_field(std::string_view field, const CellOp& op) {
  return le(static_cast<std::uint16_t>(field.size())) + std::string(field) + le(op.opcode) + op.argument;
}
inline std::string mv_argument(std::string_view context, std::string_view value) {
  return le(static_cast<std::uint32_t>(context.size())) + std::string(context) + std::string(value);
}
template <class T>
std::string array_argument(ArrayHow how, ArrayDtype dtype, const std::vector<T>& elements) {
  std::string bytes = le(how) + le(dtype);
  for (const T element : elements) bytes += le(element);
  return bytes;
}

// A replica's cell and its writer. Time stands still unless told, so that stamps of different writers tie.
struct Site {
  explicit Site(std::uint32_t node) : self(writer(node)) {}

  Code update(const CellOp& op, Cell* delta = nullptr) {
    return update_cell(cell, op.opcode, as_bytes(op.argument), {.writer = self, .clock = &clock, .wall_us = wall_us}, delta);
  }

  WriterId self;
  HybridClock clock;
  std::uint64_t wall_us = 1;
  Cell cell;
};

struct Answer {
  Code code = Code::kOk;
  std::string payload;
  bool operator==(const Answer&) const = default;
};
inline Answer read(const Cell& cell, const CellOp& op) {
  FrameBuffer reply;
  const Code code = read_cell(cell, op.opcode, as_bytes(op.argument), reply);
  return {code, std::string(as_text(reply.bytes()))};
}

inline std::string encoded(const Cell& cell) {
  FrameBuffer out;
  encode_cell(cell, out);
  return std::string(as_text(out.bytes()));
}

// One type: updates of a cell of it, of which the first begins one, and its reads.
struct TypeCase {
  Tag tag;
  std::vector<CellOp> updates;
  std::vector<CellOp> reads;
};
std::vector<TypeCase> type_cases();

// Cells of every type from several writers, mixed ones, erased ones, and generations that tie in their stamps.
std::vector<Cell> sample_cells();

}  // namespace lath
