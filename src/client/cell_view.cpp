#include "client/cell_view.hpp"

#include <algorithm>

#include "wire/cell_tag.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

// The one component of an encoded cell; nothing where it holds more, or an LWW write.
std::optional<Bytes> only_component(Bytes cell, Tag tag) {
  Reader reader(cell);
  std::uint8_t form = 0;
  std::uint8_t count = 0;
  std::uint8_t held = 0;
  reader.read(form);
  if ((form & ~(kFormComponents | kFormGeneration)) != 0 || (form & kFormComponents) == 0) return std::nullopt;
  if ((form & kFormGeneration) != 0) reader.skip(kGenerationBytes);
  if (!reader.read(count) || !reader.read(held) || count != 1 || held != static_cast<std::uint8_t>(tag)) return std::nullopt;
  return reader.rest();
}

// The sum over all writers of what they added, less what they took away. Wraps like the lattice's own.
std::optional<std::uint64_t> sum_of(Bytes body, bool up_and_down) {
  Reader reader(body);
  std::uint32_t count = 0;
  reader.read(count);
  std::uint64_t sum = 0;
  for (std::uint32_t slot = 0; slot < count && reader.ok(); ++slot) {
    std::uint64_t added = 0;
    std::uint64_t taken = 0;
    reader.skip(kWriterBytes);
    reader.read(added);
    if (up_and_down) reader.read(taken);
    sum += added - taken;
  }
  if (!reader.at_end()) return std::nullopt;
  return sum;
}

bool skip_context(Reader& reader) {
  std::uint32_t writers = 0;
  reader.read(writers);
  for (std::uint32_t writer = 0; writer < writers && reader.ok(); ++writer) {
    std::uint32_t gaps = 0;
    reader.skip(kWriterBytes + sizeof(std::uint64_t));
    reader.read(gaps);
    reader.skip(std::size_t{gaps} * sizeof(std::uint64_t));
  }
  return reader.ok();
}

// visit(element) for each element of a set; false where the bytes are no set.
template <class Visitor>
bool each_element(Bytes body, Tag tag, Visitor&& visit) {
  Reader reader(body);
  if (tag == Tag::kSet && !skip_context(reader)) return false;
  std::uint32_t count = 0;
  reader.read(count);
  for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
    std::uint32_t size = 0;
    Bytes element;
    reader.read(size);
    reader.read_bytes(size, element);
    std::uint32_t dots = 0;
    if (tag == Tag::kSet) {
      reader.read(dots);
      reader.skip(std::size_t{dots} * kDotBytes);
    }
    if (reader.ok()) visit(element);
  }
  return reader.at_end();
}

std::optional<ImageAnswer> word_answer(std::uint64_t word, FrameBuffer& scratch) {
  scratch.clear();
  write(scratch, word);
  return ImageAnswer{Code::kOk, scratch.bytes()};
}

std::optional<ImageAnswer> number_answer(Bytes cell, Tag tag, FrameBuffer& scratch) {
  const std::optional<Bytes> body = only_component(cell, tag);
  if (!body) return std::nullopt;
  if (tag == Tag::kCounter || tag == Tag::kGrowCounter) {
    const std::optional<std::uint64_t> sum = sum_of(*body, tag == Tag::kCounter);
    return sum ? word_answer(*sum, scratch) : std::nullopt;
  }
  Reader reader(*body);
  std::uint64_t word = 0;
  if (!reader.read(word) || !reader.at_end()) return std::nullopt;
  return word_answer(word, scratch);
}

std::optional<ImageAnswer> contains_answer(Bytes cell, Tag tag, Bytes wanted, FrameBuffer& scratch) {
  const std::optional<Bytes> body = only_component(cell, tag);
  bool found = false;
  if (!body || !each_element(*body, tag, [&](Bytes element) { found = found || same_bytes(element, wanted); })) {
    return std::nullopt;
  }
  scratch.clear();
  write(scratch, static_cast<std::uint8_t>(found));
  return ImageAnswer{Code::kOk, scratch.bytes()};
}

std::optional<ImageAnswer> members_answer(Bytes cell, Tag tag, FrameBuffer& scratch) {
  const std::optional<Bytes> body = only_component(cell, tag);
  if (!body) return std::nullopt;
  scratch.clear();
  std::uint32_t count = 0;
  write(scratch, count);
  const bool whole = each_element(*body, tag, [&](Bytes element) {
    write(scratch, static_cast<std::uint32_t>(element.size()));
    scratch.append(element);
    ++count;
  });
  if (!whole) return std::nullopt;
  write_at(scratch, 0, count);
  return ImageAnswer{Code::kOk, scratch.bytes()};
}

std::optional<ImageAnswer> answer_from_cell(Bytes cell, const Operation& operation, FrameBuffer& scratch) {
  switch (operation.opcode) {
    case Opcode::kGrowCounterGet: return number_answer(cell, Tag::kGrowCounter, scratch);
    case Opcode::kCounterGet: return number_answer(cell, Tag::kCounter, scratch);
    case Opcode::kMaxI64Get: return number_answer(cell, Tag::kMaxI64, scratch);
    case Opcode::kMinI64Get: return number_answer(cell, Tag::kMinI64, scratch);
    case Opcode::kMaxF64Get: return number_answer(cell, Tag::kMaxF64, scratch);
    case Opcode::kMinF64Get: return number_answer(cell, Tag::kMinF64, scratch);
    case Opcode::kGrowSetContains: return contains_answer(cell, Tag::kGrowSet, operation.argument, scratch);
    case Opcode::kSetContains: return contains_answer(cell, Tag::kSet, operation.argument, scratch);
    case Opcode::kGrowSetMembers: return members_answer(cell, Tag::kGrowSet, scratch);
    case Opcode::kSetMembers: return members_answer(cell, Tag::kSet, scratch);
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<ImageAnswer> answer_from(const SlotImage& image, const Operation& operation, FrameBuffer& scratch) {
  const SlotMeta meta = meta_of(image.slot.control);
  const bool takes_argument = operation.opcode == Opcode::kGrowSetContains || operation.opcode == Opcode::kSetContains;
  if (!takes_argument && !operation.argument.empty()) return std::nullopt;
  if (meta.erased) return ImageAnswer{Code::kNotFound, {}};
  if (meta.form == SlotForm::kEncoded) return answer_from_cell(image.value, operation, scratch);
  if (operation.opcode != Opcode::kGet) return std::nullopt;
  if (meta.form == SlotForm::kRecord) return ImageAnswer{Code::kOk, image.value};
  if (meta.form != SlotForm::kInline || meta.size > kInlineBytesMax) return std::nullopt;
  return ImageAnswer{Code::kOk, std::as_bytes(std::span(&image.slot.value, 1)).first(meta.size)};
}

}  // namespace lath
