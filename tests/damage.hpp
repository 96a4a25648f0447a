// Messages as they may arrive: cut short, or with a byte changed. Each lies in a heap block of its exact size, so that the address
// sanitizer sees a read of one byte too many.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>

#include "base/message.hpp"

namespace lath::testing {

class ExactCopy {
 public:
  explicit ExactCopy(Bytes bytes) : size_(bytes.size()), block_(new std::byte[size_]) {
    if (size_ > 0) std::memcpy(block_.get(), bytes.data(), size_);
  }
  Bytes bytes() const { return {block_.get(), size_}; }
  std::byte& operator[](std::size_t at) { return block_[at]; }

 private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> block_;
};

// decode(prefix), of every size but the whole one.
template <class Decode>
void for_each_prefix(Bytes whole, Decode&& decode) {
  for (std::size_t size = 0; size < whole.size(); ++size) decode(ExactCopy(whole.first(size)).bytes());
}

// decode(damaged), with each byte changed to each other value.
template <class Decode>
void for_each_flipped_byte(Bytes whole, Decode&& decode) {
  ExactCopy damaged(whole);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned flip = 1; flip < 256; ++flip) {
      damaged[at] = whole[at] ^ static_cast<std::byte>(flip);
      decode(damaged.bytes());
    }
    damaged[at] = whole[at];
  }
}

}  // namespace lath::testing
