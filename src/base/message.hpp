// What a transport and a state machine hand each other: a connection's name, and bytes.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lath {

using Bytes = std::span<const std::byte>;

// A connection of one transport. A generation tells a reused index from the connection that had it before.
struct PeerId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  auto operator<=>(const PeerId&) const = default;
};

struct Message {
  PeerId from;
  Bytes bytes;  // valid until the call that was handed it returns
};

}  // namespace lath
