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

// Which operations mean the same whenever they come to be executed, before or after others on their key: they may be asked of a second
// replica while the first, which is only silent, still has them. A put may not, though it is repeatable: the first replica would apply
// it when it wakes up, stamped anew, over what was written meanwhile.
inline bool is_free_of_order(const Operation& operation) {
  switch (operation.opcode) {
    case Opcode::kMaxI64Merge:
    case Opcode::kMinI64Merge:
    case Opcode::kMaxF64Merge:
    case Opcode::kMinF64Merge:
    case Opcode::kGrowSetAdd:
    case Opcode::kHllAdd: return true;
    case Opcode::kArrayMerge: return is_repeatable(operation);
    default: return !is_update(operation.opcode);
  }
}

}  // namespace lath
