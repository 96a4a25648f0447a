// Which operations may be asked of a second replica when the first may have applied them.
#pragma once

#include "wire/reader.hpp"
#include "wire/request.hpp"

namespace lath {

inline bool is_repeatable(const Operation& operation) {
  if (is_idempotent(operation.opcode)) return true;
  if (operation.opcode == Opcode::kArrayMerge) {
    constexpr std::uint8_t kSum = 2;
    std::uint8_t how = kSum;
    return Reader(operation.argument).read(how) && how != kSum;
  }
  FieldOperation inner;
  return read_field_operation(operation, inner) && is_idempotent(inner.opcode);
}

}  // namespace lath
