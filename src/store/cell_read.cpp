#include "store/cell_read.hpp"

#include <span>
#include <string>
#include <vector>

#include "lath/limits.hpp"
#include "store/cell_change.hpp"
#include "store/cell_codec.hpp"
#include "store/mv_context.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

void write_sized(FrameBuffer& reply, const std::string& bytes) {
  write(reply, static_cast<std::uint32_t>(bytes.size()));
  reply.append(as_bytes(bytes));
}

Code check(const Cell& cell, Tag tag) {
  const auto held = cell.type();
  if (!held) return Code::kNotFound;
  return *held == tag ? Code::kOk : Code::kWrongType;
}

// Calls answer(part) where the cell's type is L.
template <class L, class Answer>
Code read_part(const Cell& cell, Answer&& answer) {
  if (const Code code = check(cell, tag_of<L>()); code != Code::kOk) return code;
  answer(*cell.find<L>());
  return Code::kOk;
}

template <class L>
Code read_value(const Cell& cell, FrameBuffer& reply) {
  return read_part<L>(cell, [&](const L& part) {
    if constexpr (requires { *part.value(); }) {
      write(reply, *part.value());
    } else {
      write(reply, part.value());
    }
  });
}

template <class Set>
Code contains(const Cell& cell, Bytes element, FrameBuffer& reply) {
  if (element.size() > kValueBytesMax) return Code::kInvalid;
  return read_part<Set>(cell, [&](const Set& set) { write(reply, static_cast<std::uint8_t>(set.contains(as_text(element)))); });
}

Code grow_set_members(const Cell& cell, FrameBuffer& reply) {
  return read_part<ByteSet>(cell, [&](const ByteSet& set) {
    write(reply, static_cast<std::uint32_t>(set.elements().size()));
    for (const std::string& element : set.elements()) write_sized(reply, element);
  });
}

Code set_members(const Cell& cell, FrameBuffer& reply) {
  return read_part<ByteOrSet>(cell, [&](const ByteOrSet& set) {
    write(reply, static_cast<std::uint32_t>(set.entries().size()));
    for (const auto& entry : set.entries()) write_sized(reply, entry.element);
  });
}

Code mv_get(const Cell& cell, FrameBuffer& reply) {
  return read_part<ByteMv>(cell, [&](const ByteMv& mv) {
    const std::size_t begun = reply.size();
    write(reply, std::uint32_t{0});
    encode_mv_context({cell.generation(), mv.context()}, reply);
    write_at(reply, begun, static_cast<std::uint32_t>(reply.size() - begun - sizeof(std::uint32_t)));
    write(reply, static_cast<std::uint32_t>(mv.siblings().size()));
    for (const auto& sibling : mv.siblings()) write_sized(reply, sibling.value);
  });
}

template <class T>
void write_numbers(FrameBuffer& reply, const std::vector<T>& numbers) {
  reply.append(std::as_bytes(std::span(numbers)));
}

template <class T>
Code read_array(const Cell& cell, ArrayHow how, FrameBuffer& reply) {
  switch (how) {
    case ArrayHow::kMax: return read_part<ArrayMax<T>>(cell, [&](const auto& array) { write_numbers(reply, array.values()); });
    case ArrayHow::kMin: return read_part<ArrayMin<T>>(cell, [&](const auto& array) { write_numbers(reply, array.values()); });
    case ArrayHow::kSum: return read_part<ArraySum<T>>(cell, [&](const auto& sum) { write_numbers(reply, sum.total()); });
  }
  return Code::kInvalid;
}

Code array_get(const Cell& cell, Bytes argument, FrameBuffer& reply) {
  Reader reader(argument);
  std::uint8_t how = 0;
  std::uint8_t dtype = 0;
  if (!reader.read(how) || !reader.read(dtype) || !reader.at_end() || how >= kArrayHows) return Code::kInvalid;
  switch (static_cast<ArrayDtype>(dtype)) {
    case ArrayDtype::kF32: return read_array<float>(cell, static_cast<ArrayHow>(how), reply);
    case ArrayDtype::kF64: return read_array<double>(cell, static_cast<ArrayHow>(how), reply);
    case ArrayDtype::kI32: return read_array<std::int32_t>(cell, static_cast<ArrayHow>(how), reply);
    case ArrayDtype::kI64: return read_array<std::int64_t>(cell, static_cast<ArrayHow>(how), reply);
  }
  return Code::kInvalid;
}

Code map_read(const Cell& cell, Bytes argument, FrameBuffer& reply) {
  Reader reader(argument);
  std::uint16_t field_size = 0;
  Bytes field;
  Opcode opcode{};
  if (!reader.read(field_size) || field_size < 1 || field_size > kKeyBytesMax) return Code::kInvalid;
  if (!reader.read_bytes(field_size, field) || !reader.read(opcode)) return Code::kInvalid;
  if (is_update(opcode) || !is_field_opcode(opcode)) return Code::kInvalid;
  if (const Code code = check(cell, Tag::kMap); code == Code::kWrongType) return code;
  const FieldMap* map = cell.find<FieldMap>();
  const Cell* held = map == nullptr ? nullptr : map->find(as_text(field));
  return read_cell(held == nullptr ? Cell{} : *held, opcode, reader.rest(), reply);
}

Code map_fields(const Cell& cell, FrameBuffer& reply) {
  return read_part<FieldMap>(cell, [&](const FieldMap& map) {
    const std::size_t begun = reply.size();
    std::uint32_t count = 0;
    write(reply, count);
    for (const auto& field : map.entries()) {
      if (field.value.is_erased()) continue;
      write_sized(reply, field.key);
      ++count;
    }
    write_at(reply, begun, count);
  });
}

// The reads without an argument.
Code read_whole_cell(const Cell& cell, Opcode opcode, FrameBuffer& reply) {
  switch (opcode) {
    case Opcode::kGet: {
      const Code code = check(cell, Tag::kLww);
      if (code == Code::kOk && cell.is_large()) return Code::kLarge;  // who holds the bytes offers them
      if (code == Code::kOk) reply.append(as_bytes(*cell.value().value));
      return code;
    }
    case Opcode::kGrowCounterGet: return read_value<GCounter>(cell, reply);
    case Opcode::kCounterGet: return read_value<PnCounter>(cell, reply);
    case Opcode::kMaxI64Get: return read_value<Max<std::int64_t>>(cell, reply);
    case Opcode::kMinI64Get: return read_value<Min<std::int64_t>>(cell, reply);
    case Opcode::kMaxF64Get: return read_value<Max<double>>(cell, reply);
    case Opcode::kMinF64Get: return read_value<Min<double>>(cell, reply);
    case Opcode::kGrowSetMembers: return grow_set_members(cell, reply);
    case Opcode::kSetMembers: return set_members(cell, reply);
    case Opcode::kMvGet: return mv_get(cell, reply);
    case Opcode::kHllCount: return read_part<HyperLogLog>(cell, [&](const auto& hll) { write(reply, hll.estimate()); });
    case Opcode::kMapFields: return map_fields(cell, reply);
    default: return Code::kInvalid;
  }
}

}  // namespace

Code read_cell(const Cell& cell, Opcode opcode, Bytes argument, FrameBuffer& reply) {
  switch (opcode) {
    case Opcode::kGrowSetContains: return contains<ByteSet>(cell, argument, reply);
    case Opcode::kSetContains: return contains<ByteOrSet>(cell, argument, reply);
    case Opcode::kArrayGet: return array_get(cell, argument, reply);
    case Opcode::kMapRead: return map_read(cell, argument, reply);
    default: return argument.empty() ? read_whole_cell(cell, opcode, reply) : Code::kInvalid;
  }
}

HeldTypes held_types(const Cell& cell, const Operation& operation) {
  HeldTypes held{.key = cell.type().value_or(Tag{}), .field = {}};
  FieldOperation inner;
  if (held.key != Tag::kMap || !read_field_operation(operation, inner)) return held;
  if (const Cell* field = cell.find<FieldMap>()->find(as_text(inner.field))) held.field = field->type().value_or(Tag{});
  return held;
}

}  // namespace lath
