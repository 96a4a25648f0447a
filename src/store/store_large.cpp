// Large values: their cells are as others, and come into the table when their bytes are here.
#include "lath/limits.hpp"
#include "store/cell_layout.hpp"
#include "store/store.hpp"
#include "wire/reader.hpp"

namespace lath {

std::optional<std::uint64_t> Store::open_large(std::uint64_t bytes, LargeRoomFor whom) {
  LATH_ASSERT(bytes > kValueBytesMax && bytes <= kLargeBytesMax);
  const Budget budget = whom == LargeRoomFor::kPut ? Budget::kLocal : Budget::kMerge;
  if (may_use(budget, bytes + kSlotCostBytes)) return large_.open(bytes);
  ++(whom == LargeRoomFor::kPut ? counters_.writes_refused : counters_.merges_refused);
  return std::nullopt;
}

Store::Outcome Store::put_large(const Key& key, std::uint64_t number, const WriteContext& context) {
  const Found found = find(key);
  Cell cell;
  if (found.slot != nullptr) cell = load(*found.slot).take();
  if (cell.type().value_or(Tag::kLww) != Tag::kLww) return {Code::kWrongType, false, false};
  context.clock->observe(cell.newest_stamp());
  if (found.slot != nullptr) context.clock->observe(Stamp{found.slot->stamp});
  const LargeId id{context.stamp(), context.writer};
  const std::optional<LargeId> before = large_in(found.slot);
  const Census census_before = census_of(cell);
  if (!cell.merge(Cell::of_large(id, large_.content(number).bytes))) return {Code::kInternal, false, false};  // the end of time
  cell.tighten();
  // Its bytes were admitted when they were asked for: what little is missing is from the reserve.
  if (!save(found, cell, census_before, context.stamp(), Budget::kMerge)) return refuse_unsaved(found, cell);
  LATH_ASSERT(large_.settle(number, id) == number);
  large_.name(id, true);
  if (before) large_.name(*before, false);
  return {Code::kOk, true, true};
}

std::optional<LargeId> Store::large_lacking(const Key& key, Bytes encoded_cell) const {
  const std::optional<LargeMark> mark = large_mark_of(encoded_cell);
  if (!mark || large_.find(mark->id) != 0) return std::nullopt;
  const Slot* slot = find(key).slot;
  if (slot == nullptr) return mark->id;
  const Loaded mine = load(*slot);
  return mark->id > (*mine).large_id() ? std::optional(mark->id) : std::nullopt;
}

Result<bool> Store::merge_rest(const Key& key, Bytes encoded_cell, HybridClock& clock, std::uint64_t wall_us) {
  const Result<Cell> cell = decode_cell(encoded_cell);
  if (!cell) return cell.error();
  const Cell rest = cell->without_value();
  if (rest.is_bottom()) return false;
  clock.observe(rest.newest_stamp());
  const Found found = find(key);
  if (found.slot != nullptr) clock.observe(Stamp{found.slot->stamp});
  return merge_any(found, rest, encoded_cell.size(), clock.next(wall_us));
}

Result<bool> Store::merge_large(const Key& key, std::uint64_t number, const LargeId& id, HybridClock& clock,
                                std::uint64_t wall_us) {
  // Of two pulls of the same write the first has it.
  if (large_.content(number).id == LargeId{}) large_.settle(number, id);
  clock.observe(id.stamp);
  const Found found = find(key);
  if (found.slot != nullptr) clock.observe(Stamp{found.slot->stamp});
  return merge_any(found, Cell::of_large(id, large_.content(number).bytes), kPlainValueBytes + kLargeSizeBytes + 1,
                   clock.next(wall_us));
}

std::optional<Store::LargeHeld> Store::large_of(const Key& key) const {
  const Slot* slot = find(key).slot;
  if (slot == nullptr) return std::nullopt;
  const auto id = large_in(slot);
  if (!id) return std::nullopt;
  return LargeHeld{large_.find(*id), *id};
}

LargeId Store::newest_write(const Key& key) const {
  const Slot* slot = find(key).slot;
  if (slot == nullptr) return {};
  if (is_flat(*slot)) return {Stamp{slot->stamp}, writers_[writer_of(slot->control)]};
  return (*load(*slot)).large_id();
}

// The large value that a slot's cell names. The write ends an encoded cell, and its size ends the write.
std::optional<LargeId> Store::large_in(const Slot* slot) const {
  if (slot == nullptr || large_.empty()) return std::nullopt;
  const SlotForm form = meta_of(slot->control).form;
  if (form == SlotForm::kEncoded) {
    const auto mark = large_mark_of(value_of_record(*slot));
    return mark ? std::optional(mark->id) : std::nullopt;
  }
  if (form != SlotForm::kBoxed) return std::nullopt;
  const Cell& cell = boxes_.cell(box_of(*slot));
  return cell.is_large() ? std::optional(cell.large_id()) : std::nullopt;
}

// After a change of the key's cell, which named `before`.
void Store::follow_large(const Probe& probe, const std::optional<LargeId>& before) {
  if (large_.empty()) return;
  const std::optional<LargeId> now = large_in(table_.find(probe));
  if (now == before) return;
  if (now) large_.name(*now, true);
  if (before) large_.name(*before, false);
}

}  // namespace lath
