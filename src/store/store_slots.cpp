// How a state gets into a slot: in place where its memory allows, else beside the old one, which is freed afterwards.
#include <cstring>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "store/component.hpp"
#include "store/store.hpp"

namespace lath {

namespace {

SlotContent content_of(const Probe& probe, SlotMeta meta, std::uint16_t writer, std::uint64_t stamp, std::uint64_t value) {
  meta.key_bytes = probe.key_bytes;
  return {meta, writer, stamp, probe.word, value};
}

Bytes key_in_record(const Probe& probe) {
  return probe.key_bytes == 0 ? probe.bytes : Bytes{};
}

std::size_t bytes_of_record(const Slot& slot) {
  return record_bytes(long_key_bytes(slot), value_bytes_of_record(slot));
}

std::size_t room_in_block(const Slot& slot) {
  const unsigned size_class = meta_of(slot.control).size;
  if (size_class != Arena::kRunClass) return Arena::class_bytes(size_class);
  return Arena::pages_of(bytes_of_record(slot)) * kPageBytes;
}

std::size_t block_bytes_of(const Slot& slot) {
  const unsigned size_class = meta_of(slot.control).size;
  return size_class == Arena::kRunClass ? room_in_block(slot) : Arena::block_bytes_of_class(size_class);
}

}  // namespace

std::size_t Store::limit_of_writes() const {
  return options_.memory_bytes - options_.memory_bytes / kMemoryReserveDivisor;
}

bool Store::may_use(Budget budget, std::size_t more) const {
  switch (budget) {
    case Budget::kLocal: return bytes_used() + bytes_ahead_ + more <= limit_of_writes();
    case Budget::kMerge: return bytes_used() + more <= options_.memory_bytes;
    case Budget::kErase: return true;
  }
  return false;
}

bool Store::waits_for_replicas(std::size_t more) const {
  return !may_use(Budget::kLocal, more) && bytes_used() + more <= limit_of_writes();
}

bool Store::may_box(Budget budget, std::size_t more) const {
  if (!may_use(budget, more)) return false;
  if (budget == Budget::kErase || options_.heap == nullptr) return true;
  const HeapShortage shortage = options_.heap->load(std::memory_order_relaxed);
  return shortage == HeapShortage::kNone || (shortage == HeapShortage::kWrites && budget == Budget::kMerge);
}

Store::Census Store::census_of(const Cell& cell) {
  const FieldMap* map = cell.find<FieldMap>();
  return {.mixed = cell.is_mixed(), .shedding = map != nullptr && map->erased() > 0};
}

void Store::count(bool erased, Census census, std::int64_t by) {
  (erased ? counters_.tombstones : counters_.keys) += static_cast<std::uint64_t>(by);
  if (census.mixed) counters_.mixed_cells += static_cast<std::uint64_t>(by);
  if (census.shedding) counters_.shedding_maps += static_cast<std::uint64_t>(by);
}

void Store::release_record(const Slot& slot) {
  if (!has_record(slot)) return;
  arena_->release_class(record_of(slot), meta_of(slot.control).size, bytes_of_record(slot));
}

void Store::remove(Slot* slot, Census census) {
  const Slot before = *slot;
  const SlotMeta meta = meta_of(before.control);
  table_.remove(slot);
  if (meta.form == SlotForm::kBoxed) boxes_.drop(box_of(before));
  release_record(before);
  count(meta.erased, census, -1);
}

bool Store::write(const Found& found, const State& state, Budget budget) {
  const bool fits_slot =
      state.form == SlotForm::kBoxed || (state.form == SlotForm::kInline && state.value.size() <= kInlineBytesMax);
  if (found.probe.key_bytes == 0 || !fits_slot) return write_with_record(found, state, budget);

  std::uint64_t word = 0;
  if (state.value.size() == sizeof word)
    std::memcpy(&word, state.value.data(), sizeof word);
  else if (!state.value.empty())
    std::memcpy(&word, state.value.data(), state.value.size());
  const SlotMeta meta{state.form, 0, static_cast<unsigned>(state.value.size()), state.erased};
  const SlotContent content = content_of(found.probe, meta, state.writer, state.stamp, word);
  if (found.slot != nullptr) {
    const Slot before = *found.slot;
    write_slot(*found.slot, content);
    release_record(before);
    return true;
  }
  Slot* slot = may_use(budget, kSlotCostBytes) ? table_.insert(found.probe) : nullptr;
  if (slot == nullptr) return false;
  write_slot(*slot, content);
  return true;
}

// may_leave_room: a smaller record may stay in a larger block, where no other can be had.
bool Store::rewrite_record(const Found& found, const State& state, bool may_leave_room) {
  Slot& slot = *found.slot;
  const Bytes key = key_in_record(found.probe);
  const std::size_t bytes = record_bytes(key.size(), state.value.size());
  const std::size_t bytes_before = bytes_of_record(slot);
  const unsigned size_class = meta_of(slot.control).size;
  const bool same_block = Arena::class_of(bytes) == size_class &&
                          (size_class != Arena::kRunClass || Arena::pages_of(bytes) == Arena::pages_of(bytes_before));
  if (!same_block && (!may_leave_room || bytes > room_in_block(slot))) return false;
  begin_write(slot);
  std::byte* record = record_of(slot);
  write_record(record, key, state.value);
  if (size_class == Arena::kRunClass) arena_->shrink_run(record, bytes_before, bytes);
  const SlotMeta meta{state.form, 0, size_class, state.erased};
  write_slot(slot, content_of(found.probe, meta, state.writer, state.stamp, record_reference(record, key.size())));
  return true;
}

bool Store::write_with_record(const Found& found, const State& wanted, Budget budget) {
  State state = wanted;
  if (state.form == SlotForm::kInline) state.form = SlotForm::kRecord;
  Slot* slot = found.slot;
  const bool had_record = slot != nullptr && has_record(*slot);
  if (had_record && rewrite_record(found, state, false)) return true;

  const Bytes key = key_in_record(found.probe);
  const std::size_t bytes = record_bytes(key.size(), state.value.size());
  const std::size_t cost = Arena::block_bytes(bytes) + (slot == nullptr ? kSlotCostBytes : 0);
  const std::size_t freed = had_record ? block_bytes_of(*slot) : 0;
  if (cost > freed && !may_use(budget, cost - freed)) return false;
  std::byte* record = arena_->allocate(bytes);
  if (record == nullptr) return had_record && rewrite_record(found, state, true);
  write_record(record, key, state.value);
  const SlotMeta meta{state.form, 0, Arena::class_of(bytes), state.erased};
  const SlotContent content = content_of(found.probe, meta, state.writer, state.stamp, record_reference(record, key.size()));
  if (slot != nullptr) {
    const Slot before = *slot;
    write_slot(*slot, content);
    release_record(before);
    return true;
  }
  slot = table_.insert(found.probe);
  if (slot == nullptr) {
    arena_->release(record, bytes);
    return false;
  }
  write_slot(*slot, content);
  return true;
}

// Gives a cell the smallest form that it fits. Where it was boxed, `cell` may be the box's own.
bool Store::save(const Found& found, Cell& cell, Census before, Stamp version, Budget budget) {
  const bool existed = found.slot != nullptr;
  const bool was_erased = existed && meta_of(found.slot->control).erased;
  std::optional<std::uint64_t> old_box;
  if (existed && meta_of(found.slot->control).form == SlotForm::kBoxed) old_box = box_of(*found.slot);

  const Cell::Value& value = cell.value();
  const bool erased = cell.is_erased();
  const Census census = census_of(cell);
  const bool is_plain = !cell.is_large() && cell.components().empty() && cell.generation() == Cell::Generation{};
  // A flat write's stamp is its version: it must not take the key's version back.
  WriterTable::Index writer;
  if (is_plain && value.stamp.value > (existed ? found.slot->stamp : 0)) writer = writers_.index_of(value.writer);
  bool written = false;
  if (writer) {
    const Bytes bytes = value.value ? std::as_bytes(std::span(*value.value)) : Bytes{};
    written = write(found, {SlotForm::kInline, erased, *writer, value.stamp.value, bytes}, budget);
  } else if (cell.bytes_bound() <= kEncodedBytesMax) {
    scratch_.clear();
    encode_cell(cell, scratch_);
    written = write(found, {SlotForm::kEncoded, erased, 0, version.value, scratch_.bytes()}, budget);
  }
  if (!written && !old_box && (budget == Budget::kErase || (!writer && cell.bytes_bound() > kEncodedBytesMax))) {
    if (!may_box(budget, kSlotCostBytes + Boxes::cost(cell))) return false;
    const std::uint64_t box = boxes_.put(std::move(cell));
    written = write(found, {SlotForm::kBoxed, erased, 0, version.value, std::as_bytes(std::span(&box, 1))}, budget);
    if (!written) cell = boxes_.take(box);
  }
  if (!written) return false;
  if (old_box) boxes_.drop(*old_box);
  if (existed) count(was_erased, before, -1);
  count(erased, census, 1);
  return true;
}

void Store::settle_box(const Found& found, Census before, Stamp version) {
  Slot& slot = *found.slot;
  const std::uint64_t box = box_of(slot);
  boxes_.account(box);
  Cell& cell = boxes_.cell(box);
  if (cell.bytes_bound() <= kEncodedBytesMax / 2 && save(found, cell, before, version, Budget::kErase)) return;
  SlotMeta meta = meta_of(slot.control);
  count(meta.erased, before, -1);
  meta.erased = cell.is_erased();
  count(meta.erased, census_of(cell), 1);
  write_slot(slot, content_of(found.probe, meta, 0, version.value, slot.value));
}

}  // namespace lath
