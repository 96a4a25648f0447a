// What all frames begin with: version, kind, count.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/reader.hpp"

namespace lath {

inline constexpr std::uint8_t kWireVersion = 2;

enum class FrameKind : std::uint8_t {
  kRequest = 1,  // with a whole header
  kReply = 2,
  kMergeBatch = 3,
  kMergeAck = 4,
  kView = 5,         // between control threads: a whole view
  kViewRequest = 6,  // "send me your view"
  kBriefRequest = 7,
};

// nullopt: too short, of another version, or of no known kind.
inline std::optional<FrameKind> kind_of(Bytes frame) {
  if (frame.size() < 2 || std::to_integer<std::uint8_t>(frame[0]) != kWireVersion) return std::nullopt;
  const auto kind = std::to_integer<std::uint8_t>(frame[1]);
  if (kind < static_cast<std::uint8_t>(FrameKind::kRequest) || kind > static_cast<std::uint8_t>(FrameKind::kBriefRequest)) {
    return std::nullopt;
  }
  return static_cast<FrameKind>(kind);
}

}  // namespace lath
