#include "client/copied_table.hpp"

namespace lath {

namespace {

template <class T>
std::span<std::byte> room_of(T& object) {
  return std::as_writable_bytes(std::span(&object, 1));
}

}  // namespace

bool CopiedTable::note_root(const RootPage& root) {
  layout_ = 1;
  if (is_moving(root.layout) || root.depth > kDepthReadMax) return false;
  layout_ = root.layout;
  directory_ = root.directory;
  depth_ = root.depth;
  return true;
}

void CopiedRead::fetch(Step step, std::uint64_t address, std::span<std::byte> room) {
  step_ = step;
  fetches_[0] = {address, room};
  fetch_count_ = 1;
}

void CopiedRead::begin(CopiedTable& table, const SlotKey& slot_key, Bytes key) {
  table_ = &table;
  slot_key_ = slot_key;
  key_ = key;
  buckets_read_ = 0;
  slot_index_ = 0;
  if (table.knows_directory()) {
    find_pages();
  } else {
    fetch(Step::kRoot, table.root(), room_of(root_));
  }
}

std::optional<ReadVerdict> CopiedRead::step(const ReadTerms& terms, TimeNs now) {
  // What was fetched before is older than whatever is fetched from here on.
  std::atomic_thread_fence(std::memory_order_acquire);
  switch (step_) {
    case Step::kRoot: return on_root();
    case Step::kEntry: return on_entry();
    case Step::kPages: return on_pages();
    case Step::kBuckets: return on_buckets();
    case Step::kRecord: return on_record();
    case Step::kConfirm: return on_confirm(terms, now);
    case Step::kDoubt: return on_doubt();
  }
  return ReadVerdict::kForm;
}

std::optional<ReadVerdict> CopiedRead::on_root() {
  if (!table_->note_root(root_)) return ReadVerdict::kMoving;
  return find_pages();
}

std::optional<ReadVerdict> CopiedRead::find_pages() {
  layout_ = table_->layout();
  index_ = table_->index_of(slot_key_.place);
  const CopiedTable::Pages& known = table_->pages_at(index_);
  if (known.layout == layout_ && known.index == index_) {
    buckets_ = known.count * kBucketsPerPage;
    bucket_index_ = home_bucket(slot_key_.place, buckets_);
    return fetch_buckets();
  }
  fetch(Step::kEntry, table_->entry_address(index_), room_of(entry_));
  return std::nullopt;
}

std::optional<ReadVerdict> CopiedRead::on_entry() {
  const std::size_t count = entry_ >> kAddressBits;
  if (count == 0 || count > kPagesReadMax) return doubt(ReadVerdict::kForm);
  fetched_.layout = layout_;
  fetched_.index = static_cast<std::uint32_t>(index_);
  fetched_.count = static_cast<std::uint32_t>(count);
  fetch(Step::kPages, (entry_ & kAddressMask) + sizeof(Segment), room_of(fetched_.addresses).first(count * sizeof(std::uint64_t)));
  return std::nullopt;
}

// Kept whether or not the layout is still the same: who uses it compares.
std::optional<ReadVerdict> CopiedRead::on_pages() {
  table_->pages_at(index_) = fetched_;
  buckets_ = fetched_.count * kBucketsPerPage;
  bucket_index_ = home_bucket(slot_key_.place, buckets_);
  return fetch_buckets();
}

// Another read may have put another segment in its place meanwhile: then this one begins anew. The neighbour comes along, since three
// searches in ten go on to it; not across the end of a page, behind which lies something else.
std::optional<ReadVerdict> CopiedRead::fetch_buckets() {
  const CopiedTable::Pages& known = table_->pages_at(index_);
  if (known.layout != layout_ || known.index != index_) return ReadVerdict::kMoving;
  const std::uint32_t in_page = bucket_index_ % kBucketsPerPage;
  buckets_fetched_ = std::min({kBucketsPerCopy, kBucketsPerPage - in_page, kBucketsCopiedMax - buckets_read_});
  slots_address_ = known.addresses[bucket_index_ / kBucketsPerPage] + in_page * sizeof(Bucket);
  slot_index_ = 0;
  fetch(Step::kBuckets, slots_address_, room_of(buckets_room_).first(buckets_fetched_ * sizeof(Bucket)));
  return std::nullopt;
}

std::optional<ReadVerdict> CopiedRead::on_buckets() {
  for (; slot_index_ < buckets_fetched_ * kSlotsPerBucket; ++slot_index_) {
    const Bucket& bucket = buckets_room_[slot_index_ / kSlotsPerBucket];
    const unsigned in_bucket = slot_index_ % kSlotsPerBucket;
    const Slot& slot = bucket.slots[in_bucket];
    if (may_hold(slot, slot_key_)) {
      if (!is_whole(slot)) return doubt(ReadVerdict::kMoving);
      const RecordSite site = record_site(slot);
      const bool has_record = meta_of(slot.control).form != SlotForm::kInline;
      const bool other_key = has_record && slot_key_.key_bytes == 0 && site.key_bytes != key_.size();
      if (!other_key) return found(slot);
    }
    if (in_bucket == kSlotsPerBucket - 1 && !is_full(bucket)) return doubt(ReadVerdict::kMissing);
  }
  buckets_read_ += buckets_fetched_;
  if (buckets_read_ >= kBucketsCopiedMax) return doubt(ReadVerdict::kMissing);
  bucket_index_ = (bucket_index_ + buckets_fetched_) % buckets_;
  return fetch_buckets();
}

std::optional<ReadVerdict> CopiedRead::found(const Slot& slot) {
  image_.slot = slot;
  image_.value = {};
  switch (meta_of(slot.control).form) {
    case SlotForm::kInline:
      if (slot_key_.key_bytes == 0) return doubt(ReadVerdict::kForm);
      fetch_confirmation();
      return std::nullopt;
    case SlotForm::kRecord:
    case SlotForm::kEncoded: return fetch_record();
    default: return doubt(ReadVerdict::kForm);
  }
}

std::optional<ReadVerdict> CopiedRead::fetch_record() {
  site_ = record_site(image_.slot);
  if (site_.block_bytes == 0) return doubt(ReadVerdict::kForm);  // a run of pages: of a size that only its header tells
  record_.clear();
  fetch(Step::kRecord, site_.address, {record_.extend(site_.block_bytes), site_.block_bytes});
  return std::nullopt;
}

std::optional<ReadVerdict> CopiedRead::on_record() {
  const std::optional<Bytes> value = value_in_record(record_.bytes(), site_, slot_key_.key_bytes == 0 ? key_ : Bytes{});
  if (!value) return doubt(ReadVerdict::kMoving);  // torn; or another key of this hash, which is as rare
  image_.value = *value;
  fetch_confirmation();
  return std::nullopt;
}

// Both after everything else has arrived, in any order.
void CopiedRead::fetch_confirmation() {
  step_ = Step::kConfirm;
  fetches_[0] = {slots_address_ + slot_index_ * sizeof(Slot), room_of(slot_again_)};
  fetches_[1] = {table_->root(), room_of(root_)};
  fetch_count_ = 2;
}

// What was looked at may have been another segment's, or nobody's, by a layout that is no more: then it says nothing of the key.
std::optional<ReadVerdict> CopiedRead::doubt(ReadVerdict verdict) {
  doubted_ = verdict;
  fetch(Step::kDoubt, table_->root(), room_of(root_));
  return std::nullopt;
}

ReadVerdict CopiedRead::on_doubt() {
  if (root_.layout == layout_) return doubted_;
  table_->note_root(root_);
  return ReadVerdict::kMoving;
}

ReadVerdict CopiedRead::on_confirm(const ReadTerms& terms, TimeNs now) {
  if (root_.layout != layout_) {
    table_->note_root(root_);
    return ReadVerdict::kMoving;
  }
  if (!is_trusted(root_, terms, now)) return ReadVerdict::kVoid;
  const Slot& copy = image_.slot;
  const bool same = slot_again_.control == copy.control && slot_again_.stamp == copy.stamp && slot_again_.key == copy.key &&
                    slot_again_.value == copy.value;
  return same ? ReadVerdict::kFound : ReadVerdict::kMoving;
}

}  // namespace lath
