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
bool is_answered_one_sidedly(Opcode opcode);

struct ImageAnswer {
  Code status = Code::kOk;
  Bytes payload;  // in the image, or in `scratch`
};
// nullopt: ask the shard.
std::optional<ImageAnswer> answer_from(const SlotImage& image, const Operation& operation, FrameBuffer& scratch);

}  // namespace lath
