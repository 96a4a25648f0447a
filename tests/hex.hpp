// Bytes as golden tests and docs/wire.md write them.
#pragma once

#include <string>

#include "base/message.hpp"

namespace lath::testing {

inline std::string hex(Bytes bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

}  // namespace lath::testing
