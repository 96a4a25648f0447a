// Reads little-endian fields from bytes that may be anything. Past the end, or after a first failure, every read answers false.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/message.hpp"

namespace lath {

static_assert(std::endian::native == std::endian::little, "the wire is little-endian; a big-endian host needs byte swaps here");

class Reader {
 public:
  explicit Reader(Bytes bytes) : next_(bytes.data()), left_(bytes.size()) {}

  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) bool read(T& out) {
    if (left_ < sizeof(T)) return fail();
    std::memcpy(&out, next_, sizeof(T));
    skip_unchecked(sizeof(T));
    return true;
  }
  bool read_bytes(std::size_t count, Bytes& out) {
    if (left_ < count) return fail();
    out = {next_, count};
    skip_unchecked(count);
    return true;
  }
  // The next `count` bytes; null where there are not so many.
  const std::byte* take(std::size_t count) {
    if (left_ < count) {
      fail();
      return nullptr;
    }
    const std::byte* taken = next_;
    skip_unchecked(count);
    return taken;
  }
  bool skip(std::size_t count) {
    Bytes ignored;
    return read_bytes(count, ignored);
  }

  std::size_t left() const { return left_; }
  Bytes rest() const { return {next_, left_}; }
  bool at_end() const { return ok_ && left_ == 0; }
  bool ok() const { return ok_; }

 private:
  bool fail() {
    left_ = 0;
    ok_ = false;
    return false;
  }
  void skip_unchecked(std::size_t count) {
    next_ += count;
    left_ -= count;
  }

  const std::byte* next_;
  std::size_t left_;
  bool ok_ = true;
};

}  // namespace lath
