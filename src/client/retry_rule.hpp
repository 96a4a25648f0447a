// Which operations may be asked of a second replica when the first may have applied them.
#pragma once

#include "wire/reader.hpp"
#include "wire/request.hpp"

namespace lath {

inline bool is_repeatable(const Operation& operation) {
  if (is_idempotent(operation.opcode)) return true;
  Reader argument(operation.argument);
  if (operation.opcode == Opcode::kArrayMerge) {
    constexpr std::uint8_t kSum = 2;
    std::uint8_t how = kSum;
    return argument.read(how) && how != kSum;
  }
  if (operation.opcode == Opcode::kMapUpdate) {
    std::uint16_t field_size = 0;
    Opcode inner{};
    return argument.read(field_size) && argument.skip(field_size) && argument.read(inner) && is_idempotent(inner);
  }
  return false;
}

}  // namespace lath
