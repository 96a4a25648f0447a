// Of what travels as an Address or an export: finds damage and foreign bytes; it is no defence against forgery.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/message.hpp"

namespace lath {

// FNV-1a, folded.
inline std::uint32_t checksum_of(Bytes bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3ULL;
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace lath
