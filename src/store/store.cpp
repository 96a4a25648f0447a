#include "store/store.hpp"

#include <cstring>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "store/cell_layout.hpp"
#include "store/cell_read.hpp"
#include "store/component.hpp"
#include "store/content_version.hpp"

namespace lath {

Store::Store(const StoreOptions& options, ExtentQueue& extents)
    : options_(options), extents_(&extents), arena_(std::make_unique<Arena>(extents)), table_(*arena_), large_(*arena_) {
  writers_.index_of(options.self);
}

bool Store::is_flat(const Slot& slot) {
  const SlotForm form = meta_of(slot.control).form;
  return form == SlotForm::kInline || form == SlotForm::kRecord;
}

bool Store::has_record(const Slot& slot) {
  const SlotMeta meta = meta_of(slot.control);
  return meta.form != SlotForm::kInline && (meta.form != SlotForm::kBoxed || meta.key_bytes == 0);
}

PlainValue Store::plain_value_in(const Slot& slot) const {
  const SlotMeta meta = meta_of(slot.control);
  PlainValue plain{Stamp{slot.stamp}, writers_[writer_of(slot.control)], meta.erased, {}};
  if (meta.form == SlotForm::kInline)
    plain.value = std::as_bytes(std::span(&slot.value, 1)).first(meta.size);
  else
    plain.value = value_of_record(slot);
  return plain;
}

std::uint64_t Store::box_of(const Slot& slot) {
  if (!has_record(slot)) return slot.value;
  std::uint64_t box = 0;
  std::memcpy(&box, value_of_record(slot).data(), sizeof box);
  return box;
}

Store::Loaded Store::load(const Slot& slot) const {
  const SlotForm form = meta_of(slot.control).form;
  if (form == SlotForm::kBoxed) return Loaded(boxes_.cell(box_of(slot)));
  if (form == SlotForm::kEncoded) {
    auto cell = decode_cell(value_of_record(slot));
    LATH_ASSERT(cell.has_value());
    return Loaded(std::move(*cell));
  }
  const PlainValue plain = plain_value_in(slot);
  std::optional<std::string> value;
  if (!plain.erased) value.emplace(reinterpret_cast<const char*>(plain.value.data()), plain.value.size());
  return Loaded(Cell(Cell::Value{plain.stamp, plain.writer, std::move(value)}));
}

Code Store::read_found(const Slot* slot, Opcode opcode, Bytes argument, FrameBuffer& reply) const {
  if (slot == nullptr) return read_cell(Cell{}, opcode, argument, reply);
  if (opcode != Opcode::kGet || !is_flat(*slot) || !argument.empty()) return read_cell(*load(*slot), opcode, argument, reply);
  const SlotMeta meta = meta_of(slot->control);
  if (meta.erased) return Code::kNotFound;
  reply.append(plain_value_in(*slot).value);
  return Code::kOk;
}

HeldTypes Store::held_types(const Key& key, const Operation& operation) const {
  const Slot* slot = find(key).slot;
  return slot == nullptr ? HeldTypes{} : lath::held_types(*load(*slot), operation);
}

bool Store::encode(const Key& key, FrameBuffer& out) const {
  const Slot* slot = find(key).slot;
  if (slot == nullptr) return false;
  switch (meta_of(slot->control).form) {
    case SlotForm::kEncoded: out.append(value_of_record(*slot)); break;
    case SlotForm::kBoxed: encode_cell(boxes_.cell(box_of(*slot)), out); break;
    default: encode_plain_value(plain_value_in(*slot), out);
  }
  return true;
}

Stamp Store::version(const Key& key) const {
  const Slot* slot = find(key).slot;
  return slot == nullptr ? Stamp{} : Stamp{slot->stamp};
}

std::uint64_t Store::content_version(const Key& key, FrameBuffer& scratch) const {
  const Slot* slot = find(key).slot;
  if (slot == nullptr || meta_of(slot->control).erased) return 0;
  if (is_flat(*slot)) return version_of_stamp(Stamp{slot->stamp});
  scratch.clear();
  encode_shown(*slot, scratch);
  if (scratch.data()[0] == std::byte{kFormWrite | kFormLarge}) return version_of_stamp(large_mark_of(scratch.bytes())->id.stamp);
  return version_of_digest(options_.hash(scratch.bytes()));
}

void Store::encode_shown(const Slot& slot, FrameBuffer& out) const {
  if (meta_of(slot.control).form == SlotForm::kEncoded && surely_shows_all(value_of_record(slot))) {
    return out.append(value_of_record(slot));
  }
  const Loaded loaded = load(slot);
  if ((*loaded).shows_all()) return encode_cell(*loaded, out);
  encode_cell((*loaded).shown(), out);
}

bool Store::has_content(const Key& key) const {
  const Slot* slot = find(key).slot;
  return slot != nullptr && !meta_of(slot->control).erased;
}

std::optional<Store::Tombstone> Store::tombstone(const Key& key) const {
  const Slot* slot = find(key).slot;
  if (slot == nullptr || !meta_of(slot->control).erased) return std::nullopt;
  Tombstone left{.stamp = Stamp{slot->stamp}};
  if (is_flat(*slot)) return left;
  const Loaded loaded = load(*slot);
  left.has_generation = (*loaded).generation() != Cell::Generation{};
  left.settled = (*loaded).is_settled();
  return left;
}

bool Store::settle_tombstone(const Key& key, Stamp version) {
  const Found found = find(key);
  LATH_ASSERT(found.slot != nullptr && meta_of(found.slot->control).erased);
  if (meta_of(found.slot->control).form == SlotForm::kBoxed) {
    boxes_.cell(box_of(*found.slot)).settle();
    settle_box(found, {}, version);
    return true;
  }
  Cell cell = load(*found.slot).take();
  cell.settle();
  return save(found, cell, {}, version, Budget::kErase);
}

bool Store::has_erased_fields(const Key& key) const {
  const Slot* slot = find(key).slot;
  if (slot == nullptr || is_flat(*slot)) return false;
  if (meta_of(slot->control).form == SlotForm::kEncoded && !may_hold_map(value_of_record(*slot))) return false;
  return census_of(*load(*slot)).shedding;
}

bool Store::forget_fields(const Key& key, Stamp floor, Stamp version, Cell& delta) {
  const Found found = find(key);
  if (found.slot == nullptr || is_flat(*found.slot)) return false;
  const bool boxed = meta_of(found.slot->control).form == SlotForm::kBoxed;
  Cell built;
  if (!boxed) built = load(*found.slot).take();
  Cell& cell = boxed ? boxes_.cell(box_of(*found.slot)) : built;
  const FieldMap* map = cell.find<FieldMap>();
  if (map == nullptr || !map->has_erased_before(floor)) return false;
  const Census before = census_of(cell);
  cell.take_from_bound(cell.change<FieldMap>([&](FieldMap& fields) { return fields.forget(floor); }));
  if (boxed) {
    settle_box(found, before, version);
  } else if (!save(found, cell, before, version, Budget::kErase)) {
    return false;
  }
  delta = cell.delta_of(FieldMap::with_floor(floor));
  return true;
}

bool Store::drop_tombstone(const Key& key, Stamp older_than) {
  const auto left = tombstone(key);
  if (!left || left->stamp >= older_than || (left->has_generation && !left->settled)) return false;
  drop(key);
  return true;
}

void Store::drop(const Key& key) {
  Slot* slot = find(key).slot;
  if (slot == nullptr) return;
  const std::optional<LargeId> large = large_in(slot);
  remove(slot, is_flat(*slot) ? Census{} : census_of(*load(*slot)));
  if (large) large_.name(*large, false);
}

void Store::publish_turn(TimeNs now_ns, std::uint64_t epoch) {
  if (root_is_live_ && epoch == root_epoch_ && now_ns < root_renewed_ns_ + kRootRenewedNs) return;
  RootPage* page = table_.root();
  if (page == nullptr) return;
  if (epoch != root_epoch_ || !root_is_live_) publish_view(epoch);
  root_renewed_ns_ = now_ns;
  std::atomic_ref<std::uint64_t>(page->turn_ns).store(now_ns, std::memory_order_release);
  if (root_is_live_) return;
  root_is_live_ = true;
  store_word(page->incarnation, options_.self.incarnation);
  std::atomic_ref<std::uint64_t>(page->magic).store(RootPage::kMagic, std::memory_order_release);
}

void Store::publish_view(std::uint64_t epoch) {
  root_epoch_ = epoch;
  RootPage* page = table_.root();
  if (page == nullptr) return;
  store_word(page->epoch, epoch);
  // Whoever reads anything written after this reads the new epoch as well.
  std::atomic_thread_fence(std::memory_order_release);
}

void Store::end_publishing() {
  root_is_live_ = false;
  RootPage* page = table_.root();
  if (page == nullptr) return;
  store_word(page->magic, 0);
  store_word(page->turn_ns, 0);
  std::atomic_thread_fence(std::memory_order_release);
}

Store::Counters Store::counters() const {
  Counters counters = counters_;
  counters.boxed_cells = boxes_.count();
  counters.segments = table_.segments();
  counters.bytes_used = bytes_used();
  counters.bytes_boxed = boxes_.bytes();
  counters.bytes_reserved = arena_->bytes_reserved();
  counters.bytes_limit = options_.memory_bytes;
  return counters;
}

}  // namespace lath
