#include "store/cell_update.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "store/cell_change.hpp"
#include "store/cell_layout.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

// Past everything that the cell holds, so that the write wins here even where the clock was not told of a merge.
Stamp next_stamp(const CellChange& change) {
  change.context.clock->observe(change.cell.newest_stamp());
  return change.context.stamp();
}

std::size_t write_bytes(const Cell::Value& write) {
  if (write.is_bottom()) return 0;
  return kPlainValueBytes + (write.value ? write.value->size() : 0);
}

Code put(CellChange& change) {
  if (change.argument.size() > kValueBytesMax) return Code::kTooLarge;
  if (!change.fits_type(Tag::kLww)) return Code::kWrongType;
  const std::size_t before = write_bytes(change.cell.value());
  const std::size_t after = kPlainValueBytes + change.argument.size();
  if (after > before && !change.fits(after - before)) return Code::kTooLarge;
  Cell::Value write{next_stamp(change), change.context.writer, std::string(as_text(change.argument))};
  if (!change.cell.write(write)) return Code::kInternal;  // a peer's stamp is at the end of time: nothing is newer
  if (change.delta != nullptr) *change.delta = Cell(std::move(write));
  return Code::kOk;
}

// Always has room: whatever it erases, a tombstone is small.
Code erase(CellChange& change) {
  if (!change.argument.empty()) return Code::kInvalid;
  Cell& cell = change.cell;
  const bool has_value = cell.value().value.has_value() || change.context.blind;
  const bool has_components = !cell.components().empty() || change.context.blind;
  if (!has_value && !has_components) return Code::kOk;
  const Stamp stamp = next_stamp(change);
  const Cell::Value write = has_value ? Cell::Value{stamp, change.context.writer, std::nullopt} : Cell::Value{};
  const Cell::Generation generation = has_components ? Cell::Generation{stamp, change.context.writer} : Cell::Generation{};
  if (has_value && !cell.write(write)) return Code::kInternal;  // as in put
  if (has_components && !cell.raise_generation(generation)) return Code::kInternal;
  change.grown = has_components ? kGenerationBytes : 0;
  if (change.delta != nullptr) *change.delta = Cell(write, generation);
  return Code::kOk;
}

template <class Counter, class Amount>
Code add(CellChange& change, std::size_t slot_bytes) {
  Amount amount = 0;
  if (!read_whole(change.argument, amount)) return Code::kInvalid;
  if (!change.fits_type(tag_of<Counter>())) return Code::kWrongType;
  const WriterId writer = change.context.writer;
  const Counter* held = change.cell.find<Counter>();
  if (amount == 0 && held != nullptr) return Code::kOk;  // where there is no counter, it makes one that stands at 0
  const bool has_slot = held != nullptr && held->find(writer) != nullptr;
  if (!has_slot && !change.fits(change.part_bytes<Counter>() + slot_bytes)) return Code::kTooLarge;
  return change.cell.change<Counter>([&](Counter& counter) {
    const auto* slot = counter.add(writer, amount);
    if (slot == nullptr) return Code::kUsedUp;  // the writer's slot would pass 2^64 - 1
    if (change.delta != nullptr) change.give_delta(Counter::of(*slot));
    return Code::kOk;
  });
}

template <class Extreme, class T>
Code merge_number(CellChange& change) {
  T number{};
  if (!read_whole(change.argument, number) || is_nan(number)) return Code::kInvalid;
  if (!change.fits_type(tag_of<Extreme>())) return Code::kWrongType;
  if (change.cell.find<Extreme>() == nullptr && !change.fits(change.part_bytes<Extreme>() + sizeof(T))) return Code::kTooLarge;
  return change.cell.change<Extreme>([&](Extreme& extreme) {
    if (extreme.merge(number)) change.give_delta(Extreme(number));
    return Code::kOk;
  });
}

Code add_to_hll(CellChange& change) {
  std::uint64_t hash = 0;
  if (!read_whole(change.argument, hash)) return Code::kInvalid;
  if (!change.fits_type(Tag::kHll)) return Code::kWrongType;
  const HyperLogLog* held = change.cell.find<HyperLogLog>();
  const HyperLogLog::Register raised = HyperLogLog::register_of(hash);
  if (held != nullptr && held->registers()[raised.index] >= raised.rank) return Code::kOk;
  if (!change.fits(change.part_bytes<HyperLogLog>() + kHllRegisterBytes)) return Code::kTooLarge;
  return change.cell.change<HyperLogLog>([&](HyperLogLog& hll) {
    if (hll.raise(raised) && change.delta != nullptr) change.give_delta(HyperLogLog::of(raised));
    return Code::kOk;
  });
}

Code dispatch(CellChange& change) {
  switch (change.opcode) {
    case Opcode::kPut: return put(change);
    case Opcode::kErase: return erase(change);
    case Opcode::kGrowCounterAdd: return add<GCounter, std::uint64_t>(change, kCounterSlotBytes);
    case Opcode::kCounterAdd: return add<PnCounter, std::int64_t>(change, kUpDownSlotBytes);
    case Opcode::kMaxI64Merge: return merge_number<Max<std::int64_t>, std::int64_t>(change);
    case Opcode::kMinI64Merge: return merge_number<Min<std::int64_t>, std::int64_t>(change);
    case Opcode::kMaxF64Merge: return merge_number<Max<double>, double>(change);
    case Opcode::kMinF64Merge: return merge_number<Min<double>, double>(change);
    case Opcode::kGrowSetAdd:
    case Opcode::kSetAdd:
    case Opcode::kSetRemove: return change_set(change);
    case Opcode::kMvPut: return change_mv(change);
    case Opcode::kHllAdd: return add_to_hll(change);
    case Opcode::kArrayMerge: return change_array(change);
    case Opcode::kMapUpdate:
    case Opcode::kMapErase: return change_map(change);
    default: return Code::kInvalid;
  }
}

std::size_t room_of(const Cell& cell) {
  return kCellBytesMax - std::min(kCellBytesMax, cell.bytes_bound());
}

}  // namespace

Code apply_update(CellChange& change) {
  const Code code = dispatch(change);
  if (code != Code::kOk) return code;
  change.cell.add_to_bound(change.grown);
  change.cell.take_from_bound(change.shrunk);
  return code;
}

Code update_cell(Cell& cell, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta) {
  LATH_ASSERT(delta == nullptr || delta->is_bottom());
  CellChange change{
      .cell = cell, .opcode = opcode, .argument = argument, .context = context, .delta = delta, .room = room_of(cell)};
  const Code code = apply_update(change);
  if (!change.lacked_room) return code;
  // The bound drifts up as merges overlap; only a cell that is full by its exact size refuses.
  cell.tighten();
  CellChange again{.cell = cell, .opcode = opcode, .argument = argument, .context = context, .delta = delta, .room = room_of(cell)};
  return again.room > change.room ? apply_update(again) : code;
}

}  // namespace lath
