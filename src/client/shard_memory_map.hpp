// A shard's memory as one session has it attached: pieces of the owner's address space, and where their bytes are in ours. What is
// looked up here came from memory that may be damaged or dead: an address that is not wholly inside a piece has no answer.
#pragma once

#include <cstdint>
#include <vector>

#include "transport/transport.hpp"

namespace lath {

class ShardMemoryMap {
 public:
  void add(const Attached& piece) { pieces_.push_back(piece); }
  void clear() { pieces_.clear(); }
  const std::vector<Attached>& pieces() const { return pieces_; }

  // The piece that holds all of it; null where none does, or where the address is not that of a word.
  const Attached* piece_of(std::uint64_t address, std::size_t bytes) const {
    if (address % sizeof(std::uint64_t) != 0) return nullptr;
    for (std::size_t at = pieces_.size(); at > 0; --at) {  // the last ones are the largest
      const Attached& piece = pieces_[at - 1];
      if (address - piece.base < piece.bytes && bytes <= piece.bytes - (address - piece.base)) return &piece;
    }
    return nullptr;
  }
  // Where it is mapped; null also where it is not.
  const std::byte* at(std::uint64_t address, std::size_t bytes) const {
    const Attached* piece = piece_of(address, bytes);
    return piece == nullptr || piece->mapping == nullptr ? nullptr : piece->mapping + (address - piece->base);
  }

 private:
  std::vector<Attached> pieces_;
};

}  // namespace lath
