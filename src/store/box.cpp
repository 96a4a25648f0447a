#include "store/box.hpp"

#include <algorithm>

#include "store/component.hpp"
#include "store/heap_bytes.hpp"

namespace lath {

namespace {
// Between two looks: what an encoded byte more takes of the heap where the cell had nothing to tell by.
constexpr std::size_t kHeapPerEncodedByte = 3;
constexpr std::size_t kHeapPerEncodedByteMax = 16;  // a map's field takes 300 bytes, 20 encoded; more is fixed, as registers are
constexpr std::size_t kDriftDivisor = 4;            // a cell is looked at when its bound has moved by a quarter, or by this:
constexpr std::size_t kDriftBytesMin = 1024;
}  // namespace

std::size_t Boxes::cost(const Cell& cell) {
  return sizeof(Box) + heap_bytes(cell);
}

void Boxes::look_at(Box& box) {
  box.cell.tighten();
  box.encoded_bytes = box.cell.bytes_bound();
  box.heap_bytes = heap_bytes(box.cell);
}

std::size_t Boxes::footprint(const Box& box) {
  const std::size_t bound = box.cell.bytes_bound();
  const std::size_t grown = bound - std::min(bound, box.encoded_bytes);
  const std::size_t fixed = box.cell.find<HyperLogLog>() != nullptr ? HyperLogLog::kRegisters : 0;
  const std::size_t varies = box.heap_bytes - std::min(box.heap_bytes, fixed);
  const std::size_t each =
      std::clamp(varies / std::max<std::size_t>(1, box.encoded_bytes) + 1, kHeapPerEncodedByte, kHeapPerEncodedByteMax);
  return sizeof(Box) + box.heap_bytes + each * grown;
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
  look_at(boxes_[box]);
  account(box);
  return box;
}

Cell Boxes::take(std::uint64_t box) {
  bytes_ -= boxes_[box].bytes;
  free_.push_back(box);
  return std::exchange(boxes_[box], Box{}).cell;
}

void Boxes::account(std::uint64_t box) {
  Box& held = boxes_[box];
  const std::size_t bound = held.cell.bytes_bound();
  const std::size_t drift = bound > held.encoded_bytes ? bound - held.encoded_bytes : held.encoded_bytes - bound;
  if (drift > kDriftBytesMin && drift > held.encoded_bytes / kDriftDivisor) look_at(held);
  const std::size_t bytes = footprint(held);
  bytes_ += bytes - held.bytes;
  held.bytes = bytes;
}

}  // namespace lath
