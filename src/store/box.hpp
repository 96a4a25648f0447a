// Cells that are too large to be encoded anew at each change live on the owner's heap, in boxes that slots name by number.
// The owning shard's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "store/cell.hpp"

namespace lath {

class Boxes {
 public:
  std::uint64_t put(Cell cell);
  void drop(std::uint64_t box) { take(box); }
  Cell take(std::uint64_t box);  // and drop
  Cell& cell(std::uint64_t box) { return boxes_[box].cell; }
  const Cell& cell(std::uint64_t box) const { return boxes_[box].cell; }
  // To be told of each change. Looks at the whole cell only after its bound has moved by a quarter.
  void account(std::uint64_t box);
  static std::size_t cost(const Cell& cell);  // of putting it into one; linear

  std::size_t bytes() const { return bytes_; }  // what the heap holds for them, as it was seen, or estimated since
  std::size_t count() const { return boxes_.size() - free_.size(); }

 private:
  struct Box {
    Cell cell;
    std::size_t bytes = 0;          // as accounted
    std::size_t encoded_bytes = 0;  // when it was last looked at
    std::size_t heap_bytes = 0;
  };
  static void look_at(Box& box);
  static std::size_t footprint(const Box& box);

  std::deque<Box> boxes_;
  std::vector<std::uint64_t> free_;
  std::size_t bytes_ = 0;
};

}  // namespace lath
