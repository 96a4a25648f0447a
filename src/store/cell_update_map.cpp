// Updates of one field of a map: the field is a cell, and its update is a cell's.
#include <string>
#include <utility>

#include "lath/limits.hpp"
#include "store/cell_change.hpp"
#include "store/cell_layout.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

struct FieldUpdate {
  Bytes field;
  Opcode opcode;
  Bytes argument;
};

Code read_field_update(const CellChange& change, FieldUpdate& out) {
  if (change.opcode == Opcode::kMapErase) {
    out = {change.argument, Opcode::kErase, {}};
  } else {
    Reader reader(change.argument);
    std::uint16_t field_size = 0;
    if (!reader.read(field_size) || !reader.read_bytes(field_size, out.field) || !reader.read(out.opcode)) return Code::kInvalid;
    if (!is_update(out.opcode) || !is_field_opcode(out.opcode)) return Code::kInvalid;
    out.argument = reader.rest();
  }
  if (out.field.empty()) return Code::kInvalid;
  return out.field.size() > kKeyBytesMax ? Code::kTooLarge : Code::kOk;
}

}  // namespace

bool is_field_opcode(Opcode opcode) {
  return is_known(opcode) && opcode <= Opcode::kSetMembers;
}

Code change_map(CellChange& change) {
  FieldUpdate update{};
  if (const Code code = read_field_update(change, update); code != Code::kOk) return code;
  if (!change.fits_type(Tag::kMap)) return Code::kWrongType;
  const std::string_view name = as_text(update.field);
  const FieldMap* held = change.cell.find<FieldMap>();
  const bool has_field = held != nullptr && held->find(name) != nullptr;
  const std::size_t frame = change.part_bytes<FieldMap>() + (has_field ? 0 : kFieldBytesMin + name.size());
  return change.cell.change<FieldMap>([&](FieldMap& map) {
    change.context.clock->observe(map.floor());  // a generation that begins now is over it, also where this clock is behind
    Cell field_delta;
    const Code code = map.change(name, [&](Cell& field) {
      CellChange inner{.cell = field,
                       .opcode = update.opcode,
                       .argument = update.argument,
                       .context = change.context,
                       .delta = change.delta == nullptr ? nullptr : &field_delta,
                       .room = change.room - std::min(change.room, frame)};
      const Code inner_code = apply_update(inner);
      change.grown = inner.grown == 0 ? 0 : inner.grown + frame;
      change.lacked_room = inner.lacked_room;
      return inner_code;
    });
    if (code != Code::kOk) return code;
    if (change.delta != nullptr) change.give_delta(FieldMap::of(std::string(name), std::move(field_delta), map.floor()));
    if (change.context.alone) change.shrunk = map.forget_field(name, Stamp{change.context.clock->last().value + 1});
    return code;
  });
}

}  // namespace lath
