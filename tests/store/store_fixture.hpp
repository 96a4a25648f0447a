// A store with its memory, clock and control thread's part, for tests.
#pragma once

#include <optional>
#include <string>

#include "store/store.hpp"
#include "tests/store/extents.hpp"
#include "wire/writer.hpp"

namespace lath {

// Not the pinned hash, but as good: the store does not care which it is.
inline std::uint64_t test_hash(Bytes key) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::byte byte : key) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3ULL;
  return hash;
}
inline Key key_of(const std::string& text) {
  return {test_hash(as_bytes(text)), as_bytes(text)};
}
inline Key key_of(const std::uint64_t& number) {
  const Bytes bytes = std::as_bytes(std::span(&number, 1));
  return {test_hash(bytes), bytes};
}

struct StoreFixture {
  static constexpr WriterId kSelf{NodeId{1}, ShardId{2}, 1000};

  explicit StoreFixture(std::size_t memory_bytes, std::size_t extent_first = 64UL << 10, std::size_t extent_last = 64UL << 20)
      : extents(memory_bytes + (2UL << 20), extent_first, extent_last),
        store({.self = kSelf, .memory_bytes = memory_bytes, .hash = test_hash}, extents.queue()) {}

  WriteContext context() { return {kSelf, &clock, ++wall_us}; }
  Code put(const Key& key, const std::string& value, Cell* delta = nullptr) {
    extents.refill();
    return store.update(key, Opcode::kPut, as_bytes(value), context(), delta).status;
  }
  Code erase(const Key& key, Cell* delta = nullptr) { return store.update(key, Opcode::kErase, {}, context(), delta).status; }
  std::optional<std::string> get(const Key& key) const {
    FrameBuffer reply;
    if (store.read(key, Opcode::kGet, {}, reply) != Code::kOk) return std::nullopt;
    return std::string(as_text(reply.bytes()));
  }

  Extents extents;
  HybridClock clock;
  std::uint64_t wall_us = 1'700'000'000'000'000;
  Store store;
};

}  // namespace lath
