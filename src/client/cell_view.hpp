// What a slot that was read one-sidedly answers to an operation, without building a cell: values, counters, extremes and sets. An
// operation or a cell that is not among these is for the shard.
#pragma once

#include <optional>

#include "base/frame_buffer.hpp"
#include "client/mapped_table.hpp"
#include "lath/result.hpp"
#include "wire/request.hpp"

namespace lath {

// Whether one-sided reads can answer the operation at all.
inline bool is_answered_one_sidedly(Opcode opcode) {
  switch (opcode) {
    case Opcode::kGet:
    case Opcode::kGrowCounterGet:
    case Opcode::kCounterGet:
    case Opcode::kMaxI64Get:
    case Opcode::kMinI64Get:
    case Opcode::kMaxF64Get:
    case Opcode::kMinF64Get:
    case Opcode::kGrowSetContains:
    case Opcode::kGrowSetMembers:
    case Opcode::kSetContains:
    case Opcode::kSetMembers: return true;
    default: return false;
  }
}

struct ImageAnswer {
  Code status = Code::kOk;
  Bytes payload;  // in the image, or in `scratch`
};
// nullopt: ask the shard.
std::optional<ImageAnswer> answer_from(const SlotImage& image, const Operation& operation, FrameBuffer& scratch);

}  // namespace lath
