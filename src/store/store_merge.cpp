// Merges from peers. A cell that is one LWW write merges into a flat key by comparison, without being decoded.
#include <algorithm>
#include <tuple>

#include "lath/limits.hpp"
#include "store/store.hpp"

namespace lath {

Result<bool> Store::refuse_merge() {
  ++counters_.merges_refused;
  return Error{Code::kFull, "the shard's memory is full, its reserve for merges too"};
}

Result<bool> Store::merge(const Key& key, Bytes encoded_cell, HybridClock& clock, std::uint64_t wall_us) {
  const Found found = find(key);
  if (const auto plain = plain_value_of(encoded_cell); plain && (found.slot == nullptr || is_flat(*found.slot))) {
    clock.observe(plain->stamp);
    if (auto merged = merge_plain(found, *plain)) return std::move(*merged);
  }
  const auto cell = decode_cell(encoded_cell);
  if (!cell) return cell.error();
  if (cell->is_bottom()) return false;
  LATH_ASSERT(!cell->is_large() || !large_lacking(key, encoded_cell));
  clock.observe(cell->newest_stamp());
  if (found.slot != nullptr) clock.observe(Stamp{found.slot->stamp});
  return merge_any(found, *cell, encoded_cell.size(), clock.next(wall_us));
}

// Nothing where a flat slot cannot hold the outcome: a tie of stamps would not let the version grow, or the writer has no index.
std::optional<Result<bool>> Store::merge_plain(const Found& found, const PlainValue& plain) {
  bool was_erased = false;
  if (found.slot != nullptr) {
    if (plain.stamp.value < found.slot->stamp) return false;
    if (plain.stamp.value == found.slot->stamp) {
      const PlainValue mine = plain_value_in(*found.slot);
      if (plain.writer == mine.writer && plain.erased == mine.erased && same_bytes(plain.value, mine.value)) return false;
      return std::nullopt;
    }
    was_erased = meta_of(found.slot->control).erased;
  }
  if (plain.stamp == Stamp{}) return std::nullopt;
  const auto writer = writers_.index_of(plain.writer);
  if (!writer) return std::nullopt;
  const Budget budget = plain.erased && found.slot != nullptr ? Budget::kErase : Budget::kMerge;
  if (!write(found, {SlotForm::kInline, plain.erased, *writer, plain.stamp.value, plain.value}, budget)) return refuse_merge();
  if (found.slot != nullptr) count(was_erased, {}, -1);
  count(plain.erased, {}, 1);
  return true;
}

Result<bool> Store::merge_any(const Found& found, const Cell& cell, std::size_t encoded_bytes, Stamp version) {
  const std::optional<LargeId> large = large_in(found.slot);
  Result<bool> grown = merge_cell(found, cell, encoded_bytes, version);
  if (large || cell.is_large()) follow_large(found.probe, large);
  return grown;
}

Result<bool> Store::merge_cell(const Found& found, const Cell& cell, std::size_t encoded_bytes, Stamp version) {
  if (found.slot != nullptr && meta_of(found.slot->control).form == SlotForm::kBoxed) {
    if (!cell.is_erased() && !may_box(Budget::kMerge, encoded_bytes)) return refuse_merge();
    const std::uint64_t box = box_of(*found.slot);
    Cell& mine = boxes_.cell(box);
    const Census before = census_of(mine);
    const bool grew = mine.merge_settled(cell);
    if (grew)
      settle_box(found, before, version);
    else
      boxes_.account(box);  // its bound may have drifted
    return grew;
  }
  Cell mine;
  if (found.slot != nullptr) mine = load(*found.slot).take();
  const Census before = census_of(mine);
  if (!mine.merge_settled(cell)) return false;
  const bool only_erases = found.slot != nullptr && mine.is_erased();
  if (!save(found, mine, before, version, only_erases ? Budget::kErase : Budget::kMerge)) return refuse_merge();
  return true;
}

}  // namespace lath
