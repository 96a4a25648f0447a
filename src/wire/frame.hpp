// What all frames begin with: version, kind, count.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/reader.hpp"

namespace lath {

inline constexpr std::uint8_t kWireVersion = 3;

enum class FrameKind : std::uint8_t {
  kRequest = 1,  // with a whole header
  kReply = 2,
  kMergeBatch = 3,
  kMergeAck = 4,
  kView = 5,         // between control threads: a whole view
  kViewRequest = 6,  // "send me your view"
  kBriefRequest = 7,
  kAsk = 8,       // for a part of a large value, of whoever has it
  kChunk = 9,     // that part
  kRelease = 10,  // an offer is of no more use
  kFetch = 11,    // between replicas: "offer me this key's large value"
  kOffer = 12,    // the answer
  kHeld = 13,     // "this large value, or a newer write, is here"
};

// nullopt: too short, of another version, or of no known kind.
inline std::optional<FrameKind> kind_of(Bytes frame) {
  if (frame.size() < 2 || std::to_integer<std::uint8_t>(frame[0]) != kWireVersion) return std::nullopt;
  const auto kind = std::to_integer<std::uint8_t>(frame[1]);
  if (kind < static_cast<std::uint8_t>(FrameKind::kRequest) || kind > static_cast<std::uint8_t>(FrameKind::kHeld)) {
    return std::nullopt;
  }
  return static_cast<FrameKind>(kind);
}

}  // namespace lath
