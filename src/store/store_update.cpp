// Local updates. LWW writes of flat keys take the short way; everything else goes through a Cell.
#include <algorithm>
#include <cstring>

#include "lath/limits.hpp"
#include "store/cell_layout.hpp"
#include "store/cell_update.hpp"
#include "store/component.hpp"
#include "store/store.hpp"

namespace lath {

namespace {

// Past what the key holds, so that a write wins and a version grows even where the clock was not told of a merge.
Stamp stamp_after(const Slot* slot, const WriteContext& context) {
  if (slot != nullptr) context.clock->observe(Stamp{slot->stamp});
  return context.stamp();
}

constexpr std::size_t kPartBegins = 3;  // behind the cell's form, the number of its components, and the tag of the first

// The encoding is of a cell that is this component and nothing else.
bool is_all(Bytes encoded, Tag tag) {
  return encoded.size() > kPartBegins && encoded[0] == std::byte{kFormComponents} && encoded[1] == std::byte{1} &&
         encoded[2] == static_cast<std::byte>(tag);
}

// Where a writer's counts begin in the encoding of a cell that is a counter and nothing else; 0 where it is none, or has none of the
// writer's.
std::size_t own_counts_at(Bytes encoded, bool both_ways, const WriterId& writer) {
  constexpr std::size_t kSlotsBegin = kPartBegins + kCountBytes;
  const std::size_t slot_bytes = both_ways ? kUpDownSlotBytes : kCounterSlotBytes;
  const Tag tag = both_ways ? Tag::kCounter : Tag::kGrowCounter;
  if (encoded.size() < kSlotsBegin + slot_bytes || !is_all(encoded, tag)) return 0;
  for (std::size_t at = kSlotsBegin; at + slot_bytes <= encoded.size(); at += slot_bytes) {
    Reader reader(encoded.subspan(at, kWriterBytes));
    WriterId found;
    reader.read(found.node.value);
    reader.read(found.shard.value);
    reader.read(found.incarnation);
    if (found == writer) return at + kWriterBytes;
  }
  return 0;
}

}  // namespace

// A write that found no memory. `wanted`: the most it can have asked for; beyond the limit it is refused, within it the memory is
// only not mapped yet.
Store::Outcome Store::refuse_write(std::size_t wanted) {
  if (arena_->may_grow() && may_use(Budget::kLocal, wanted)) return put_off();
  return refuse_growth(wanted);
}

// Of what waits for no extent.
Store::Outcome Store::refuse_growth(std::size_t wanted) {
  return waits_for_replicas(wanted) ? put_off() : refuse_as_full();
}

Store::Outcome Store::put_off() {
  ++counters_.writes_put_off;
  return {Code::kLater, false, false};
}

Store::Outcome Store::refuse_as_full() {
  ++counters_.writes_refused;
  return {Code::kFull, false, false};
}

// Of a cell that save() had no room for. What is boxed waits for no extent.
Store::Outcome Store::refuse_unsaved(const Found& found, const Cell& cell) {
  const std::size_t boxed = kSlotCostBytes + Boxes::cost(cell);
  if (cell.bytes_bound() > kEncodedBytesMax && !may_box(Budget::kLocal, boxed)) return refuse_growth(boxed);
  return refuse_write(cost_bound(found, kEncodedBytesMax));
}

Store::Outcome Store::update_found(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta) {
  const bool flat = found.slot != nullptr && is_flat(*found.slot);
  std::optional<Outcome> outcome;
  if (opcode == Opcode::kPut && (found.slot == nullptr || flat)) {
    outcome = put(found, argument, context);
  } else if (opcode == Opcode::kErase && flat && argument.empty() && !context.blind) {
    outcome = erase_flat(found, context, delta != nullptr);
  } else if (const auto changed = change_in_place(found, opcode, argument, context, delta)) {
    return *changed;
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
    if (was_erased) count(true, {}, -1);
    count(false, {}, 1);
  }
  return Outcome{Code::kOk, true, false};
}

std::optional<Store::Outcome> Store::erase_flat(const Found& found, const WriteContext& context, bool replicated) {
  if (meta_of(found.slot->control).erased) return Outcome{Code::kOk, false, false};
  if (!replicated) {
    remove(found.slot, {});
    return Outcome{Code::kOk, true, false};
  }
  const auto writer = writers_.index_of(context.writer);
  if (!writer) return std::nullopt;
  const Stamp stamp = stamp_after(found.slot, context);
  if (stamp.value <= found.slot->stamp) return Outcome{Code::kInternal, false, false};
  if (!write(found, {SlotForm::kInline, true, *writer, stamp.value, {}}, Budget::kErase)) {
    return refuse_write(cost_bound(found, 0));
  }
  count(false, {}, -1);
  count(true, {}, 1);
  return Outcome{Code::kOk, true, false};
}

// What changes a number of an encoded cell that is a counter or an extreme and nothing else. Nothing: it is to be done in another way.
std::optional<Store::Outcome> Store::change_in_place(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context,
                                                     Cell* delta) {
  if (found.slot == nullptr || meta_of(found.slot->control).form != SlotForm::kEncoded) return std::nullopt;
  switch (opcode) {
    case Opcode::kCounterAdd:
    case Opcode::kGrowCounterAdd: return add_in_place(found, opcode, argument, context, delta);
    case Opcode::kMaxI64Merge: return merge_in_place<Max<std::int64_t>, std::int64_t>(found, argument, context, delta);
    case Opcode::kMinI64Merge: return merge_in_place<Min<std::int64_t>, std::int64_t>(found, argument, context, delta);
    case Opcode::kMaxF64Merge: return merge_in_place<Max<double>, double>(found, argument, context, delta);
    case Opcode::kMinF64Merge: return merge_in_place<Min<double>, double>(found, argument, context, delta);
    default: return std::nullopt;
  }
}

template <class Extreme, class T>
std::optional<Store::Outcome> Store::merge_in_place(const Found& found, Bytes argument, const WriteContext& context, Cell* delta) {
  T offered{};
  if (argument.size() != sizeof offered) return std::nullopt;
  std::memcpy(&offered, argument.data(), sizeof offered);
  const Bytes encoded = value_of_record(*found.slot);
  if (is_nan(offered) || !is_all(encoded, tag_of<Extreme>()) || encoded.size() != kPartBegins + sizeof offered) return std::nullopt;
  T held{};
  std::memcpy(&held, encoded.data() + kPartBegins, sizeof held);
  Extreme extreme(held);
  if (!extreme.merge(offered)) return Outcome{Code::kOk, false, false};
  scratch_.clear();
  scratch_.append(encoded.first(kPartBegins));
  scratch_.append(std::as_bytes(std::span(&offered, 1)));
  const Stamp version = stamp_after(found.slot, context);
  LATH_ASSERT(write(found, {SlotForm::kEncoded, false, 0, version.value, scratch_.bytes()}, Budget::kLocal));  // in its block
  if (delta != nullptr) *delta = Cell().delta_of(Extreme(offered));
  return Outcome{Code::kOk, true, false};
}

// An addition to a counter that is all of its key and to which this writer has added before: one number of the encoded cell changes,
// and no cell is built of it.
std::optional<Store::Outcome> Store::add_in_place(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context,
                                                  Cell* delta) {
  std::uint64_t amount = 0;
  if (argument.size() != sizeof amount) return std::nullopt;
  std::memcpy(&amount, argument.data(), sizeof amount);
  const bool both_ways = opcode == Opcode::kCounterAdd;
  const Bytes encoded = value_of_record(*found.slot);
  const std::size_t at = own_counts_at(encoded, both_ways, context.writer);
  if (at == 0 || amount == 0) return std::nullopt;
  const bool down = both_ways && static_cast<std::int64_t>(amount) < 0;
  const std::uint64_t magnitude = down ? 0 - amount : amount;
  UpDown counts;
  std::memcpy(&counts.up, encoded.data() + at, sizeof counts.up);
  if (both_ways) std::memcpy(&counts.down, encoded.data() + at + sizeof counts.up, sizeof counts.down);
  std::uint64_t& side = down ? counts.down : counts.up;
  if (magnitude > UINT64_MAX - side) return std::nullopt;  // used up
  side += magnitude;

  scratch_.clear();
  scratch_.append(encoded);
  std::memcpy(scratch_.data() + at, &counts.up, sizeof counts.up);
  if (both_ways) std::memcpy(scratch_.data() + at + sizeof counts.up, &counts.down, sizeof counts.down);
  const Stamp version = stamp_after(found.slot, context);
  // Of the same size, so it stays in its block: nothing can be lacking.
  LATH_ASSERT(write(found, {SlotForm::kEncoded, false, 0, version.value, scratch_.bytes()}, Budget::kLocal));
  if (delta != nullptr) {
    *delta = both_ways ? Cell().delta_of(PnCounter::of({context.writer, counts}))
                       : Cell().delta_of(GCounter::of({context.writer, Up{counts.up}}));
  }
  return Outcome{Code::kOk, true, false};
}

// Whether an update may change a boxed cell in place: there is no taking back. What may add elements needs memory within the limit.
bool Store::may_grow(const Cell& boxed, Opcode opcode, Bytes argument) const {
  switch (opcode) {
    case Opcode::kGrowSetAdd:
    case Opcode::kSetAdd:
    case Opcode::kMvPut: return may_box(Budget::kLocal, argument.size());
    case Opcode::kMapUpdate: return may_grow_in_field(boxed, argument);
    case Opcode::kHllAdd: return boxed.find<HyperLogLog>() != nullptr || may_box(Budget::kLocal, HyperLogLog::kRegisters);
    case Opcode::kArrayMerge: return argument.size() <= boxed.bytes_bound() || may_box(Budget::kLocal, argument.size());
    default: return true;  // numbers and removals
  }
}

// What a field has already may be changed and removed, as it may outside of a map.
bool Store::may_grow_in_field(const Cell& boxed, Bytes argument) const {
  FieldOperation inner;
  const FieldMap* map = boxed.find<FieldMap>();
  if (map == nullptr || !read_field_operation({Opcode::kMapUpdate, {}, argument}, inner))
    return may_box(Budget::kLocal, argument.size());
  const Cell* field = map->find(as_text(inner.field));
  return field != nullptr ? may_grow(*field, inner.opcode, inner.argument) : may_box(Budget::kLocal, argument.size());
}

Store::Outcome Store::update_any(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta) {
  const std::optional<LargeId> large = large_in(found.slot);
  const Outcome outcome = change_any(found, opcode, argument, context, delta);
  if (large) follow_large(found.probe, large);
  return outcome;
}

Store::Outcome Store::change_any(const Found& found, Opcode opcode, Bytes argument, const WriteContext& given, Cell* delta) {
  WriteContext context = given;
  context.alone = delta == nullptr;
  const bool boxed = found.slot != nullptr && meta_of(found.slot->control).form == SlotForm::kBoxed;
  Cell built;
  if (found.slot != nullptr && !boxed) built = load(*found.slot).take();
  Cell& cell = boxed ? boxes_.cell(box_of(*found.slot)) : built;
  if (boxed && !may_grow(cell, opcode, argument)) return refuse_growth(argument.size());

  Cell own_delta;
  Cell& grown = delta != nullptr ? *delta : own_delta;  // says whether anything changed
  const Census before = census_of(cell);
  const Code status = update_cell(cell, opcode, argument, context, &grown);
  if (status != Code::kOk || grown.is_bottom()) return {status, false, false};
  if (opcode == Opcode::kErase && delta == nullptr) {
    remove(found.slot, before);
    return {Code::kOk, true, false};
  }
  const Stamp version = stamp_after(found.slot, context);
  if (boxed) {
    settle_box(found, before, version);
  } else if (!save(found, cell, before, version, opcode == Opcode::kErase ? Budget::kErase : Budget::kLocal)) {
    grown = Cell{};
    return refuse_unsaved(found, cell);
  }
  return {Code::kOk, true, false};
}

}  // namespace lath
