// Update opcodes, applied to a cell. The arguments are in docs/wire.md.
#pragma once

#include "base/message.hpp"
#include "lath/result.hpp"
#include "store/cell.hpp"
#include "store/write_context.hpp"
#include "wire/opcode.hpp"

namespace lath {

// kOk; kWrongType (the cell is of another type); kInvalid (the argument is malformed, or this is no update); kTooLarge (a value or
// element over its limit, a cell that would encode to more than kCellBytesMax); kUsedUp (a count, dot or version at its end). Only kOk
// changes the cell. With a `delta`, handed in as bottom, kOk leaves in it what merges to the same effect elsewhere: bottom where nothing changed.
Code update_cell(Cell& cell, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta);

}  // namespace lath
