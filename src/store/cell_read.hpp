// Read opcodes, answered from a cell. Arguments and answers are in docs/wire.md.
#pragma once

#include "base/frame_buffer.hpp"
#include "lath/result.hpp"
#include "store/cell.hpp"
#include "wire/opcode.hpp"
#include "wire/request.hpp"

namespace lath {

// Appends the answer's payload, on kOk only. kNotFound (bottom or erased), kWrongType (the cell is of another type), kInvalid (the
// argument is malformed, or this is no read).
Code read_cell(const Cell& cell, Opcode opcode, Bytes argument, FrameBuffer& reply);

// What an operation that is answered with kWrongType met.
HeldTypes held_types(const Cell& cell, const Operation& operation);

}  // namespace lath
