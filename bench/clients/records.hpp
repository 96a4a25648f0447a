// The keys and values that every store is measured with. A key is eight letters, so that text protocols carry it as it is. A value
// tells its key and its version at both ends, so that any answer can be checked: one of another key, a torn one, an old one.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace lath::bench {

inline constexpr std::size_t kKeyBytes = 8;

// Number to key, one to one: each four bits become a letter from a to p.
inline std::uint64_t key_of(std::uint32_t number) {
  std::uint64_t spread = number;
  spread = (spread | spread << 16) & 0x0000ffff0000ffffULL;
  spread = (spread | spread << 8) & 0x00ff00ff00ff00ffULL;
  spread = (spread | spread << 4) & 0x0f0f0f0f0f0f0f0fULL;
  return spread + 0x6161616161616161ULL;
}

inline std::uint64_t mark_of(std::uint32_t number) {
  return (number + 1) * 0x9e3779b97f4a7c15ULL;
}

// `value` has 8 bytes (which tell the key alone, and have no version), or 24 and more.
inline void write_value(std::uint32_t number, std::uint64_t version, std::span<std::byte> value) {
  const std::uint64_t mark = mark_of(number);
  std::memcpy(value.data(), &mark, sizeof mark);
  if (value.size() < 3 * sizeof mark) return;
  const std::uint64_t last = mark ^ version;
  std::memcpy(value.data() + sizeof mark, &version, sizeof version);
  std::memcpy(value.data() + value.size() - sizeof last, &last, sizeof last);
}

// The version of a value that was written for this key; nullopt where it was not.
inline std::optional<std::uint64_t> read_value(std::uint32_t number, std::span<const std::byte> value) {
  std::uint64_t mark = 0, version = 0, last = 0;
  if (value.size() < sizeof mark) return std::nullopt;
  std::memcpy(&mark, value.data(), sizeof mark);
  if (mark != mark_of(number)) return std::nullopt;
  if (value.size() < 3 * sizeof mark) return value.size() == sizeof mark ? std::optional<std::uint64_t>(0) : std::nullopt;
  std::memcpy(&version, value.data() + sizeof mark, sizeof version);
  std::memcpy(&last, value.data() + value.size() - sizeof last, sizeof last);
  return last == (mark ^ version) ? std::optional(version) : std::nullopt;
}

}  // namespace lath::bench
