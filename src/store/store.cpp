#include "store/store.hpp"

#include <cstring>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "store/cell_read.hpp"

namespace lath {

Store::Store(const StoreOptions& options, ExtentQueue& extents)
    : options_(options), extents_(&extents), arena_(std::make_unique<Arena>(extents)), table_(*arena_) {
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

Code Store::read(const Key& key, Opcode opcode, Bytes argument, FrameBuffer& reply) const {
  const Slot* slot = find(key).slot;
  if (slot == nullptr) return read_cell(Cell{}, opcode, argument, reply);
  if (opcode != Opcode::kGet || !is_flat(*slot) || !argument.empty()) return read_cell(*load(*slot), opcode, argument, reply);
  const SlotMeta meta = meta_of(slot->control);
  if (meta.erased) return Code::kNotFound;
  if (meta.form == SlotForm::kRecord) {
    reply.append(value_of_record(*slot));
  } else {  // a whole word, of which the value is the beginning: no copy of variable length
    std::memcpy(reply.extend(sizeof slot->value), &slot->value, sizeof slot->value);
    reply.truncate(reply.size() - sizeof slot->value + meta.size);
  }
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
    settle_box(found, false, version);
    return true;
  }
  Cell cell = load(*found.slot).take();
  cell.settle();
  return save(found, cell, false, version, Budget::kErase);
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
  const bool mixed = !is_flat(*slot) && (*load(*slot)).is_mixed();
  remove(slot, mixed);
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
  counters.bytes_reserved = arena_->bytes_reserved();
  counters.bytes_limit = options_.memory_bytes;
  return counters;
}

}  // namespace lath
