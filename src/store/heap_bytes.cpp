#include "store/heap_bytes.hpp"

#include <algorithm>

#include "store/component.hpp"

namespace lath {

namespace {

constexpr std::size_t kBlockBytesMin = 32;
constexpr std::size_t kBlockHeaderBytes = 8;
constexpr std::size_t kBlockUnitBytes = 16;

std::size_t block(std::size_t bytes) {
  if (bytes == 0) return 0;
  const std::size_t whole = (bytes + kBlockHeaderBytes + kBlockUnitBytes - 1) / kBlockUnitBytes * kBlockUnitBytes;
  return std::max(kBlockBytesMin, whole);
}

template <class T>
requires std::is_arithmetic_v<T> std::size_t heap_of(T) {
  return 0;
}
std::size_t heap_of(const Dot&) {
  return 0;
}
std::size_t heap_of(const std::string& text) {
  const bool is_inside = text.capacity() <= std::string().capacity();
  return is_inside ? 0 : block(text.capacity() + 1);
}
template <class T>
std::size_t heap_of(const std::vector<T>& values) {
  std::size_t bytes = block(values.capacity() * sizeof(T));
  for (const T& value : values) bytes += heap_of(value);
  return bytes;
}
template <class Value, class KeyOf, class HeapOf>
std::size_t heap_of(const SortedChunks<Value, KeyOf>& values, HeapOf&& of_value) {
  std::size_t bytes = 0;
  values.each_block([&](std::size_t size) { bytes += block(size); });
  for (const Value& value : values) bytes += of_value(value);
  return bytes;
}
std::size_t heap_of(const DotContext& context) {
  return heap_of(context.cloud()) + heap_of(context.versions().entries(), [](const auto&) { return std::size_t{0}; });
}

std::size_t heap_of(const HyperLogLog& log) {
  return heap_of(log.registers());
}
std::size_t heap_of(const ByteSet& set) {
  return heap_of(set.elements(), [](const std::string& element) { return heap_of(element); });
}
std::size_t heap_of(const ByteMv& values) {
  std::size_t bytes = block(values.siblings().capacity() * sizeof(ByteMv::Sibling)) + heap_of(values.context());
  for (const ByteMv::Sibling& sibling : values.siblings()) bytes += heap_of(sibling.value);
  return bytes;
}
// An index has each dot with its element once more, in chunks that are three quarters full.
std::size_t heap_of(const ByteOrSet& set) {
  using Holding = DotIndex<std::string>::Holding;
  const bool indexed = set.is_indexed();
  return heap_of(set.context()) + heap_of(set.entries(), [indexed](const ByteOrSet::Entry& entry) {
           const std::size_t element = heap_of(entry.element);
           const std::size_t index = indexed ? entry.dots.size() * (sizeof(Holding) * 4 / 3 + element) : 0;
           return element + heap_of(entry.dots) + index;
         });
}
std::size_t heap_of(const FieldMap& map) {
  return heap_of(map.entries(), [](const FieldMap::Entry& field) { return heap_of(field.key) + heap_bytes(field.value); });
}
template <Number T, class Order>
std::size_t heap_of(const ArrayExtreme<T, Order>& array) {
  return heap_of(array.values());
}
template <Number T>
std::size_t heap_of(const ArraySum<T>& array) {
  return heap_of(array.slots(), [](const auto& slot) { return heap_of(slot.value.elements); });
}
template <class Counts>
std::size_t heap_of(const WriterSlots<Counts>& counter) {
  return heap_of(counter.slots(), [](const auto&) { return std::size_t{0}; });
}
template <Number T, class Order>
std::size_t heap_of(const Extreme<T, Order>&) {
  return 0;
}

}  // namespace

std::size_t heap_bytes(const Cell& cell) {
  const auto& value = cell.value().value;
  std::size_t bytes = block(cell.components().capacity() * sizeof(Component)) + (value ? heap_of(*value) : 0);
  for (const Component& part : cell.components()) bytes += std::visit([](const auto& state) { return heap_of(state); }, part.state);
  return bytes;
}

}  // namespace lath
