// One update under way on one cell: what the update's parts share. Private to cell_update*.cpp.
#pragma once

#include <cstddef>

#include "base/message.hpp"
#include "lath/result.hpp"
#include "store/component.hpp"
#include "store/write_context.hpp"
#include "wire/opcode.hpp"
#include "wire/reader.hpp"

namespace lath {

struct CellChange {
  Cell& cell;
  Opcode opcode;
  Bytes argument;
  const WriteContext& context;
  Cell* delta;       // null where nobody wants it
  std::size_t room;  // bytes that the encoded cell may still grow by
  std::size_t grown = 0;
  std::size_t shrunk = 0;
  bool lacked_room = false;

  bool fits_type(Tag tag) const {
    const auto held = cell.type();
    return !held || *held == tag;
  }

  // Whether the cell may grow by that much; if so the growth is taken as given.
  bool fits(std::size_t bytes) {
    if (bytes > room) {
      lacked_room = true;
      return false;
    }
    grown = bytes;
    return true;
  }

  // At least what a first L costs beyond its entries: the tag, the count of components, the L's own count or form.
  template <class L>
  std::size_t part_bytes() const {
    return cell.find<L>() == nullptr ? 16 : 0;
  }

  template <class L>
  void give_delta(L part) {
    if (delta != nullptr) *delta = cell.delta_of(std::move(part));
  }
};

template <class T>
bool read_whole(Bytes argument, T& out) {
  Reader reader(argument);
  return reader.read(out) && reader.at_end();
}

// Whether an opcode may stand inside a map's field.
bool is_field_opcode(Opcode opcode);

Code apply_update(CellChange& change);  // any opcode; reports growth to the cell
Code change_set(CellChange& change);
Code change_mv(CellChange& change);
Code change_array(CellChange& change);
Code change_map(CellChange& change);

}  // namespace lath
