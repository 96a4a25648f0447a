// Local updates. LWW writes of flat keys take the short way; everything else goes through a Cell.
#include <algorithm>

#include "lath/limits.hpp"
#include "store/cell_update.hpp"
#include "store/store.hpp"

namespace lath {

namespace {

// Past what the key holds, so that a write wins and a version grows even where the clock was not told of a merge.
Stamp stamp_after(const Slot* slot, const WriteContext& context) {
  if (slot != nullptr) context.clock->observe(Stamp{slot->stamp});
  return context.stamp();
}

}  // namespace

// A write that found no memory. `wanted`: the most it can have asked for; beyond the limit it is refused, within it the memory is
// only not mapped yet.
Store::Outcome Store::refuse_write(std::size_t wanted) {
  if (arena_->may_grow() && may_use(Budget::kLocal, wanted)) {
    ++counters_.writes_put_off;
    return {Code::kLater, false, false};
  }
  ++counters_.writes_refused;
  return {Code::kFull, false, false};
}

Store::Outcome Store::update(const Key& key, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta) {
  const Found found = find(key);
  const bool flat = found.slot != nullptr && is_flat(*found.slot);
  std::optional<Outcome> outcome;
  if (opcode == Opcode::kPut && (found.slot == nullptr || flat)) {
    outcome = put(found, argument, context);
  } else if (opcode == Opcode::kErase && flat && argument.empty()) {
    outcome = erase_flat(found, context, delta != nullptr);
  }
  if (!outcome) return update_any(found, opcode, argument, context, delta);
  outcome->whole = outcome->changed && delta != nullptr;
  return *outcome;
}

std::size_t Store::cost_bound(const Found& found, std::size_t value_bytes) {
  return kSlotCostBytes + Arena::block_bytes(record_bytes(found.probe.bytes.size(), value_bytes));
}

// Nothing where the writer has no index.
std::optional<Store::Outcome> Store::put(const Found& found, Bytes value, const WriteContext& context) {
  if (value.size() > kValueBytesMax) return Outcome{Code::kTooLarge, false, false};
  const auto writer = writers_.index_of(context.writer);
  if (!writer) return std::nullopt;
  const bool existed = found.slot != nullptr;
  const bool was_erased = existed && meta_of(found.slot->control).erased;
  const Stamp stamp = stamp_after(found.slot, context);
  if (existed && stamp.value <= found.slot->stamp) return Outcome{Code::kInternal, false, false};  // a peer's is the end of time
  if (!write(found, {SlotForm::kInline, false, *writer, stamp.value, value}, Budget::kLocal)) {
    return refuse_write(cost_bound(found, value.size()));
  }
  if (!existed || was_erased) {
    if (was_erased) count(true, false, -1);
    count(false, false, 1);
  }
  return Outcome{Code::kOk, true, false};
}

std::optional<Store::Outcome> Store::erase_flat(const Found& found, const WriteContext& context, bool replicated) {
  if (meta_of(found.slot->control).erased) return Outcome{Code::kOk, false, false};
  if (!replicated) {
    remove(found.slot, false);
    return Outcome{Code::kOk, true, false};
  }
  const auto writer = writers_.index_of(context.writer);
  if (!writer) return std::nullopt;
  const Stamp stamp = stamp_after(found.slot, context);
  if (stamp.value <= found.slot->stamp) return Outcome{Code::kInternal, false, false};
  if (!write(found, {SlotForm::kInline, true, *writer, stamp.value, {}}, Budget::kErase)) {
    return refuse_write(cost_bound(found, 0));
  }
  count(false, false, -1);
  count(true, false, 1);
  return Outcome{Code::kOk, true, false};
}

// Whether an update may change a boxed cell in place: there is no taking back. What may add elements needs memory within the limit.
bool Store::may_grow(const Cell& boxed, Opcode opcode, Bytes argument) const {
  switch (opcode) {
    case Opcode::kGrowSetAdd:
    case Opcode::kSetAdd:
    case Opcode::kMvPut:
    case Opcode::kMapUpdate: return may_use(Budget::kLocal, argument.size());
    case Opcode::kHllAdd: return boxed.find<HyperLogLog>() != nullptr || may_use(Budget::kLocal, HyperLogLog::kRegisters);
    case Opcode::kArrayMerge: return argument.size() <= boxed.bytes_bound() || may_use(Budget::kLocal, argument.size());
    default: return true;  // numbers and removals
  }
}

Store::Outcome Store::update_any(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta) {
  const bool boxed = found.slot != nullptr && meta_of(found.slot->control).form == SlotForm::kBoxed;
  Cell built;
  if (found.slot != nullptr && !boxed) built = load(*found.slot).take();
  Cell& cell = boxed ? boxes_.cell(box_of(*found.slot)) : built;
  if (boxed && !may_grow(cell, opcode, argument)) {  // a box is on the heap: only the limit says no
    ++counters_.writes_refused;
    return {Code::kFull, false, false};
  }

  Cell own_delta;
  Cell& grown = delta != nullptr ? *delta : own_delta;  // says whether anything changed
  const bool mixed_before = cell.is_mixed();
  const Code status = update_cell(cell, opcode, argument, context, &grown);
  if (status != Code::kOk || grown.is_bottom()) return {status, false, false};
  if (opcode == Opcode::kErase && delta == nullptr) {
    remove(found.slot, mixed_before);
    return {Code::kOk, true, false};
  }
  const Stamp version = stamp_after(found.slot, context);
  const std::size_t bound = cell.bytes_bound();
  if (boxed) {
    settle_box(found, mixed_before, version);
  } else if (!save(found, cell, mixed_before, version, opcode == Opcode::kErase ? Budget::kErase : Budget::kLocal)) {
    grown = Cell{};
    return refuse_write(cost_bound(found, std::max(bound, kEncodedBytesMax)));
  }
  return {Code::kOk, true, false};
}

}  // namespace lath
