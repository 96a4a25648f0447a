#include "store/box.hpp"

#include <algorithm>

#include "store/component.hpp"

namespace lath {

namespace {
// Strings, their dots and the slack of vectors, over the encoded size of small elements.
constexpr std::size_t kHeapPerEncodedByte = 3;
constexpr std::size_t kIndexPerEncodedByte = 2;  // a set's index of dots: each element's string and dot again
constexpr std::size_t kBoundSlackBytes = 1024;
}  // namespace

std::size_t Boxes::footprint(const Cell& cell) {
  const std::size_t registers = cell.find<HyperLogLog>() != nullptr ? HyperLogLog::kRegisters : 0;  // whatever their encoding
  const ByteOrSet* set = cell.find<ByteOrSet>();
  const std::size_t each = kHeapPerEncodedByte + (set != nullptr && set->is_indexed() ? kIndexPerEncodedByte : 0);
  return sizeof(Box) + each * cell.bytes_bound() + registers;
}

std::uint64_t Boxes::put(Cell cell) {
  std::uint64_t box = boxes_.size();
  if (free_.empty()) {
    boxes_.emplace_back();
  } else {
    box = free_.back();
    free_.pop_back();
  }
  boxes_[box].cell = std::move(cell);
  boxes_[box].bytes_tight = boxes_[box].cell.bytes_bound();
  account(box);
  return box;
}

void Boxes::drop(std::uint64_t box) {
  bytes_ -= boxes_[box].bytes;
  boxes_[box] = Box{};
  free_.push_back(box);
}

void Boxes::account(std::uint64_t box) {
  Box& held = boxes_[box];
  if (held.cell.bytes_bound() > 2 * held.bytes_tight + kBoundSlackBytes) {
    held.cell.tighten();
    held.bytes_tight = held.cell.bytes_bound();
  }
  held.bytes_tight = std::min(held.bytes_tight, held.cell.bytes_bound());  // it may have shrunk
  const std::size_t bytes = footprint(held.cell);
  bytes_ += bytes - held.bytes;
  held.bytes = bytes;
}

}  // namespace lath
