// Updates of sets, multi-value registers and arrays.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "lath/lattice/lattice.hpp"
#include "lath/limits.hpp"
#include "store/cell_change.hpp"
#include "store/cell_codec.hpp"
#include "store/cell_layout.hpp"
#include "store/mv_context.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

// What a writer's next dot costs a context, at most.
constexpr std::size_t kNextDotBytes = kContextWriterBytes + 8;

Code add_to_grow_set(CellChange& change) {
  if (!change.fits_type(Tag::kGrowSet)) return Code::kWrongType;
  const ByteSet* held = change.cell.find<ByteSet>();
  if (held != nullptr && held->contains(as_text(change.argument))) return Code::kOk;
  if (!change.fits(change.part_bytes<ByteSet>() + kElementBytesMin + change.argument.size())) return Code::kTooLarge;
  return change.cell.change<ByteSet>([&](ByteSet& set) {
    std::string element(as_text(change.argument));
    if (change.delta != nullptr) change.give_delta(ByteSet::of(element));
    set.add(std::move(element));
    return Code::kOk;
  });
}

// Also where the element is there: its new dot is one that a concurrent remove has not seen.
Code add_to_set(CellChange& change) {
  if (!change.fits_type(Tag::kSet)) return Code::kWrongType;
  const ByteOrSet* held = change.cell.find<ByteOrSet>();
  const bool has_element = held != nullptr && held->contains(as_text(change.argument));
  const std::size_t element_bytes = has_element ? 0 : kTaggedBytesMin + change.argument.size();
  if (!change.fits(change.part_bytes<ByteOrSet>() + element_bytes + kNextDotBytes)) return Code::kTooLarge;
  return change.cell.change<ByteOrSet>([&](ByteOrSet& set) {
    const auto dot = set.context().next(change.context.writer);
    if (!dot) return Code::kUsedUp;
    change.give_delta(set.add(std::string(as_text(change.argument)), *dot));
    return Code::kOk;
  });
}

Code remove_from_set(CellChange& change) {
  if (!change.fits_type(Tag::kSet)) return Code::kWrongType;
  return change.cell.change<ByteOrSet>([&](ByteOrSet& set) {
    change.give_delta(set.remove(as_text(change.argument)));
    return Code::kOk;
  });
}

template <class T>
bool read_elements(Bytes bytes, std::vector<T>& out) {
  if (bytes.size() % sizeof(T) != 0) return false;
  out.resize(bytes.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return std::ranges::none_of(out, is_nan<T>);
}

template <class T>
std::size_t bytes_longer(std::size_t elements, std::size_t held) {
  return elements > held ? (elements - held) * sizeof(T) : 0;
}

template <class Array, class T>
Code merge_extremes(CellChange& change, std::vector<T> elements) {
  if (!change.fits_type(tag_of<Array>())) return Code::kWrongType;
  const Array* held = change.cell.find<Array>();
  const std::size_t growth = bytes_longer<T>(elements.size(), held == nullptr ? 0 : held->values().size());
  if (growth > 0 && !change.fits(change.part_bytes<Array>() + growth)) return Code::kTooLarge;
  return change.cell.change<Array>([&](Array& array) {
    if (array.merge(std::span<const T>(elements)) && change.delta != nullptr) change.give_delta(Array(std::move(elements)));
    return Code::kOk;
  });
}

template <class T>
Code add_array(CellChange& change, const std::vector<T>& elements) {
  using Sum = ArraySum<T>;
  if (!change.fits_type(tag_of<Sum>())) return Code::kWrongType;
  if (elements.empty()) return Code::kOk;
  const WriterId writer = change.context.writer;
  std::size_t growth = change.part_bytes<Sum>() + kContributionBytesMin + elements.size() * sizeof(T);
  if (const Sum* held = change.cell.find<Sum>()) {
    if (const auto* part = held->find(writer)) growth = bytes_longer<T>(elements.size(), part->elements.size());
  }
  if (growth > 0 && !change.fits(growth)) return Code::kTooLarge;
  return change.cell.change<Sum>([&](Sum& sum) {
    const auto* slot = sum.add(writer, elements);
    if (slot == nullptr) return Code::kUsedUp;  // the writer's version is used up
    if (change.delta != nullptr) change.give_delta(Sum::of(*slot));
    return Code::kOk;
  });
}

template <class T>
Code merge_array(CellChange& change, std::uint8_t how, Bytes bytes) {
  std::vector<T> elements;
  if (!read_elements(bytes, elements)) return Code::kInvalid;
  switch (static_cast<ArrayHow>(how)) {
    case ArrayHow::kMax: return merge_extremes<ArrayMax<T>>(change, std::move(elements));
    case ArrayHow::kMin: return merge_extremes<ArrayMin<T>>(change, std::move(elements));
    case ArrayHow::kSum: return add_array<T>(change, elements);
  }
  return Code::kInvalid;
}

}  // namespace

Code change_set(CellChange& change) {
  if (change.argument.size() > kValueBytesMax) return Code::kTooLarge;
  if (change.opcode == Opcode::kGrowSetAdd) return add_to_grow_set(change);
  return change.opcode == Opcode::kSetAdd ? add_to_set(change) : remove_from_set(change);
}

// What was read of another generation says nothing about this one, whose dots begin anew. A settled one and the first are one.
Code change_mv(CellChange& change) {
  Reader reader(change.argument);
  std::uint32_t context_size = 0;
  Bytes context_bytes;
  if (!reader.read(context_size) || !reader.read_bytes(context_size, context_bytes)) return Code::kInvalid;
  auto read = decode_mv_context(context_bytes);
  if (!read) return Code::kInvalid;
  const Bytes value = reader.rest();
  if (value.size() > kValueBytesMax) return Code::kTooLarge;
  if (!change.fits_type(Tag::kMv)) return Code::kWrongType;
  const bool is_this =
      read->generation == change.cell.generation() || (change.cell.is_settled() && read->generation == Cell::Generation{});
  const DotContext seen = is_this ? std::move(read->seen) : DotContext{};
  if (!change.fits(change.part_bytes<ByteMv>() + context_size + kNextDotBytes + kSiblingBytesMin + value.size()))
    return Code::kTooLarge;
  return change.cell.change<ByteMv>([&](ByteMv& mv) {
    const auto dot = joined(mv.context(), seen).next(change.context.writer);
    if (!dot) return Code::kUsedUp;
    change.give_delta(mv.put(std::string(as_text(value)), seen, *dot));
    return Code::kOk;
  });
}

Code change_array(CellChange& change) {
  Reader reader(change.argument);
  std::uint8_t how = 0;
  std::uint8_t dtype = 0;
  if (!reader.read(how) || !reader.read(dtype) || how >= kArrayHows) return Code::kInvalid;
  if (reader.left() > kValueBytesMax) return Code::kTooLarge;
  switch (static_cast<ArrayDtype>(dtype)) {
    case ArrayDtype::kF32: return merge_array<float>(change, how, reader.rest());
    case ArrayDtype::kF64: return merge_array<double>(change, how, reader.rest());
    case ArrayDtype::kI32: return merge_array<std::int32_t>(change, how, reader.rest());
    case ArrayDtype::kI64: return merge_array<std::int64_t>(change, how, reader.rest());
  }
  return Code::kInvalid;
}

}  // namespace lath
