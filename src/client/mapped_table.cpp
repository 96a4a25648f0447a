#include "client/mapped_table.hpp"

namespace lath {

namespace {

std::uint64_t load_acquire(const std::uint64_t& word) {
  return std::atomic_ref<std::uint64_t>(const_cast<std::uint64_t&>(word)).load(std::memory_order_acquire);
}

Slot load_slot(const Slot& slot) {
  Slot copy;
  copy.control = load_acquire(slot.control);
  copy.stamp = load_word(slot.stamp);
  copy.key = load_word(slot.key);
  copy.value = load_word(slot.value);
  return copy;
}

// Two neighbours: three searches in ten go on from the first to the second, and their lines arrive at once.
void ask_for(const Bucket* bucket) {
  const auto* line = reinterpret_cast<const std::byte*>(bucket);
  for (std::size_t at = 0; at < 2 * sizeof(Bucket); at += kCacheLineBytes) __builtin_prefetch(line + at);
  asm volatile("" : : "r"(bucket));  // g++ 12 drops calls of functions that only prefetch
}

}  // namespace

bool MappedTable::open(const ShardMemoryMap& memory, std::uint64_t root) {
  memory_ = &memory;
  root_ = reinterpret_cast<const RootPage*>(memory.at(root, sizeof(RootPage)));
  layout_ = 1;
  pieces_.clear();
  known_.clear();
  return root_ != nullptr;
}

// The directory moves only with the layout. Where it moves while it is looked up, the layout is another one at the end.
bool MappedTable::follow_layout(std::uint64_t layout) {
  const std::uint64_t depth = load_word(root_->depth);
  const std::uint64_t address = load_word(root_->directory);
  layout_ = 1;
  if (depth > kDepthReadMax) return false;
  directory_ = reinterpret_cast<const std::uint64_t*>(memory_->at(address, sizeof(std::uint64_t) << depth));
  if (directory_ == nullptr) return false;
  const std::size_t wanted = std::min(kKnownMax, std::size_t{1} << depth);
  if (known_.size() < wanted) known_.assign(wanted, {});
  depth_ = depth;
  layout_ = layout;
  return true;
}

ReadVerdict MappedTable::learn(std::uint64_t layout, std::size_t index, Known& known) {
  known.layout = 1;
  const std::uint64_t entry = load_word(directory_[index]);
  const std::size_t count = entry >> kAddressBits;
  if (count == 0 || count > kPagesReadMax) return ReadVerdict::kForm;
  const std::byte* segment = memory_->at(entry & kAddressMask, segment_bytes(count));
  if (segment == nullptr) return ReadVerdict::kOutside;
  const auto* addresses = reinterpret_cast<const std::uint64_t*>(segment + sizeof(Segment));
  for (std::size_t page = 0; page < count; ++page) {
    const std::uint64_t address = load_word(addresses[page]);
    const Attached* piece = memory_->piece_of(address, kPageBytes);
    if (piece == nullptr || piece->mapping == nullptr) return ReadVerdict::kOutside;
    const auto number = static_cast<std::size_t>(piece - memory_->pieces().data());
    const std::uint64_t offset = address - piece->base;
    if (offset % kPageBytes != 0 || offset / kPageBytes > kPageNumberMask || number > UINT32_MAX >> kPageNumberBits) {
      return ReadVerdict::kForm;
    }
    known.pages[page] = static_cast<std::uint32_t>(number << kPageNumberBits | offset / kPageBytes);
  }
  for (std::size_t piece = pieces_.size(); piece < memory_->pieces().size(); ++piece) {
    pieces_.push_back(memory_->pieces()[piece].mapping);
  }
  known.index = static_cast<std::uint32_t>(index);
  known.buckets = static_cast<std::uint32_t>(count) * kBucketsPerPage;
  known.layout = layout;
  return ReadVerdict::kFound;
}

void MappedTable::prefetch(const SlotKey& slot_key) {
  const std::uint64_t layout = load_acquire(root_->layout);
  const Known* known = nullptr;
  if (is_moving(layout) || (layout != layout_ && !follow_layout(layout))) return;
  if (know(layout, slot_key.place, known) != ReadVerdict::kFound) return;
  const Bucket* bucket = bucket_of(*known, home_bucket(slot_key.place, known->buckets));
  ask_for(bucket);
}

ReadVerdict MappedTable::read(const SlotKey& slot_key, Bytes key, const ReadTerms& terms, const Clock& clock, TimeNs& now,
                              SlotImage& image) {
  const std::uint64_t layout = load_acquire(root_->layout);
  if (is_moving(layout)) return ReadVerdict::kMoving;
  if (layout != layout_ && !follow_layout(layout)) return ReadVerdict::kOutside;
  const Known* known = nullptr;
  if (const ReadVerdict found = know(layout, slot_key.place, known); found != ReadVerdict::kFound) return found;
  std::uint32_t index = home_bucket(slot_key.place, known->buckets);
  const Bucket* bucket = bucket_of(*known, index);
  ask_for(bucket);
  now = clock.now_ns();
  for (std::uint32_t step = 0; step < std::min(kBucketsLoadedMax, known->buckets); ++step) {
    if (step > 0) {
      if (++index == known->buckets) index = 0;
      bucket = bucket_of(*known, index);
    }
    bool full = true;
    for (const Slot& slot : bucket->slots) {
      if (load_word(slot.key) != slot_key.word) {
        full = full && (load_word(slot.control) >> 32 & 7U) != 0;
        continue;
      }
      const Slot copy = load_slot(slot);
      if (!may_hold(copy, slot_key)) {
        full = full && !lath::is_empty(copy);
        continue;
      }
      image.slot = copy;
      const ReadVerdict verdict = read_slot(copy, key, image);
      if (verdict == ReadVerdict::kMissing) continue;  // another key of the same hash
      return verdict == ReadVerdict::kFound ? confirm(layout, slot, copy, terms, now) : verdict;
    }
    if (!full) return ReadVerdict::kMissing;
  }
  return ReadVerdict::kMissing;
}

ReadVerdict MappedTable::read_slot(const Slot& copy, Bytes key, SlotImage& image) {
  if (!is_whole(copy)) return ReadVerdict::kMoving;
  switch (meta_of(copy.control).form) {
    case SlotForm::kInline: return meta_of(copy.control).key_bytes != 0 ? ReadVerdict::kFound : ReadVerdict::kForm;
    case SlotForm::kRecord:
    case SlotForm::kEncoded: return read_record(copy, key, image);
    default: return ReadVerdict::kForm;
  }
}

ReadVerdict MappedTable::read_record(const Slot& copy, Bytes key, SlotImage& image) {
  const RecordSite site = record_site(copy);
  const bool long_key = meta_of(copy.control).key_bytes == 0;
  if (long_key && site.key_bytes != key.size()) return ReadVerdict::kMissing;
  if (!long_key && site.key_bytes != 0) return ReadVerdict::kMoving;
  const std::byte* start = memory_->at(site.address, sizeof(RecordHeader));
  if (start == nullptr) return ReadVerdict::kOutside;
  RecordHeader header;
  load_bytes(reinterpret_cast<std::byte*>(&header), start, sizeof header);
  const std::size_t bytes = sizeof header + site.key_bytes + header.value_bytes;
  if (header.value_bytes > kValueBytesMax || (site.block_bytes != 0 && bytes > site.block_bytes)) return ReadVerdict::kMoving;
  const std::size_t whole = (bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t) * sizeof(std::uint64_t);
  if (memory_->at(site.address, whole) == nullptr) return ReadVerdict::kOutside;
  record_.clear();
  load_bytes(record_.extend(bytes), start, bytes);
  const std::optional<Bytes> value = value_in_record(record_.bytes(), site, long_key ? key : Bytes{});
  if (!value) return ReadVerdict::kMoving;
  image.value = *value;
  return ReadVerdict::kFound;
}

// Everything has been read. What changed while it was shows here: see the decision record.
ReadVerdict MappedTable::confirm(std::uint64_t layout, const Slot& slot, const Slot& copy, const ReadTerms& terms,
                                 TimeNs now) const {
  std::atomic_thread_fence(std::memory_order_acquire);
  if (load_word(root_->layout) != layout) return ReadVerdict::kMoving;
  RootPage root{};
  root.magic = load_word(root_->magic);
  root.incarnation = load_word(root_->incarnation);
  root.epoch = load_word(root_->epoch);
  root.turn_ns = load_word(root_->turn_ns);
  if (!is_trusted(root, terms, now)) return ReadVerdict::kVoid;
  const bool same = load_word(slot.control) == copy.control && load_word(slot.stamp) == copy.stamp &&
                    load_word(slot.key) == copy.key && load_word(slot.value) == copy.value;
  return same ? ReadVerdict::kFound : ReadVerdict::kMoving;
}

}  // namespace lath
