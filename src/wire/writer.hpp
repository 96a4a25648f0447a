// Appends little-endian fields to a frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/frame_buffer.hpp"
#include "wire/reader.hpp"

namespace lath {

template <class T>
requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void write(FrameBuffer& frame, T value) {
  std::memcpy(frame.extend(sizeof(T)), &value, sizeof(T));
}

// Overwrites a field that was written before.
template <class T>
requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void write_at(FrameBuffer& frame, std::size_t offset, T value) {
  LATH_ASSERT(offset + sizeof(T) <= frame.size());
  std::memcpy(frame.data() + offset, &value, sizeof(T));
}

// A copy of what is mostly 8 bytes long: a move of a word then, in place of a call.
inline void copy_short(std::byte* to, Bytes bytes) {
  if (bytes.size() == sizeof(std::uint64_t)) {
    std::memcpy(to, bytes.data(), sizeof(std::uint64_t));
  } else if (!bytes.empty()) {
    std::memcpy(to, bytes.data(), bytes.size());
  }
}

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace lath
