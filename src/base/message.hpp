// What a transport and a state machine hand each other: a connection's name, and bytes.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace lath {

using Bytes = std::span<const std::byte>;

// (The standard library compares std::byte by std::byte.)
inline bool same_bytes(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  if (a.size() == sizeof(std::uint64_t)) {  // most keys: a word
    std::uint64_t word_a = 0, word_b = 0;
    std::memcpy(&word_a, a.data(), sizeof word_a);
    std::memcpy(&word_b, b.data(), sizeof word_b);
    return word_a == word_b;
  }
  return a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0;
}

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
