// Random operations on a store, for its model and memory tests.
#pragma once

#include <string>
#include <vector>

#include "base/frame_buffer.hpp"
#include "base/random.hpp"
#include "wire/opcode.hpp"
#include "wire/writer.hpp"

namespace lath {

inline const std::vector<Opcode>& update_opcodes() {
  static const std::vector<Opcode> opcodes = [] {
    std::vector<Opcode> found;
    for (int number = 0; number < 256; ++number) {
      const auto opcode = static_cast<Opcode>(number);
      // A large value's put is not the store's to execute: it comes in when it is whole.
      if (is_known(opcode) && is_update(opcode) && opcode != Opcode::kPutLarge) found.push_back(opcode);
    }
    return found;
  }();
  return opcodes;
}

inline std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

// Mostly short, sometimes as long as may be.
inline std::size_t random_size(Random& random, std::size_t least, std::size_t most) {
  switch (random.below(8)) {
    case 0: return least + random.below(most - least + 1);
    case 1: return std::min<std::size_t>(most, least + random.below(256));
    default: return std::min<std::size_t>(most, least + random.below(16));
  }
}

inline void append_argument(Random& random, Opcode opcode, std::size_t bytes_max, FrameBuffer& out) {
  switch (opcode) {
    case Opcode::kPut: out.append(as_bytes(random_bytes(random, random_size(random, 0, bytes_max)))); return;
    case Opcode::kErase: return;
    case Opcode::kGrowCounterAdd:
    case Opcode::kHllAdd: return write(out, random.next() >> 8);
    case Opcode::kCounterAdd:
    case Opcode::kMaxI64Merge:
    case Opcode::kMinI64Merge: return write(out, static_cast<std::int64_t>(random.next()) >> 8);
    case Opcode::kMaxF64Merge:
    case Opcode::kMinF64Merge: return write(out, static_cast<double>(random.below(1'000'000)) / 7);
    case Opcode::kGrowSetAdd:
    case Opcode::kSetAdd:
    case Opcode::kSetRemove: {
      const std::string element(random_size(random, 0, bytes_max / 64), static_cast<char>('a' + random.below(6)));
      return out.append(as_bytes(element));
    }
    case Opcode::kMvPut:
      write(out, std::uint32_t{0});
      return out.append(as_bytes(random_bytes(random, random_size(random, 0, bytes_max / 16))));
    case Opcode::kArrayMerge:
      write(out, static_cast<std::uint8_t>(random.below(3)));
      write(out, std::uint8_t{3});
      for (std::uint64_t element = 0; element < 4; ++element) write(out, static_cast<std::int64_t>(random.below(1000)));
      return;
    case Opcode::kMapErase: write(out, std::uint16_t{1}); return write(out, static_cast<std::uint8_t>('a' + random.below(4)));
    default: {
      write(out, std::uint16_t{1});
      write(out, static_cast<std::uint8_t>('a' + random.below(4)));
      const Opcode inner[] = {Opcode::kPut, Opcode::kErase, Opcode::kCounterAdd, Opcode::kSetAdd};
      const Opcode chosen = inner[random.below(4)];
      write(out, chosen);
      return append_argument(random, chosen, bytes_max / 16, out);
    }
  }
}

}  // namespace lath
