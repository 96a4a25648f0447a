// The hash table of slots: a directory of segments, each of whole pages. A segment grows page by page and then splits in two, so
// that its slots are never far from seven eighths full, and no step moves more than one segment. It knows keys, not values.
// The owning shard's thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "store/arena.hpp"
#include "store/key.hpp"
#include "store/layout.hpp"
#include "store/record.hpp"

namespace lath {

// A key as slots hold it, with all of its bytes.
struct Probe : SlotKey {
  Probe() = default;
  explicit Probe(const Key& key) : SlotKey(key.bytes, key.hash), bytes(key.bytes.data(), key.bytes.size()) {}
  Bytes bytes;
};

class Table {
 public:
  static constexpr std::uint16_t kSegmentPagesMax = 12;  // 1,344 keys: what a split moves, in some tens of microseconds

  explicit Table(Arena& arena) : arena_(&arena) {}

  Slot* find(const Probe& probe) const;
  void prefetch(std::uint64_t place) const { prefetch(home(place)); }

  // A search in steps, for many at once: each step asks for the memory of the next. A bucket is a key's home, and a page of slots one,
  // for as long as layout() is what it was.
  std::uint64_t layout() const { return root_ == nullptr ? 0 : root_->layout; }
  Bucket* home(std::uint64_t place) const;  // nullptr where there is no table yet
  static void prefetch(const Bucket* bucket);
  static Slot* find_in(Bucket& bucket, const Probe& probe);
  // The slot, where it is in its home; else the buckets behind it are asked for, if the search goes on there.
  Slot* find_or_prefetch(Bucket* home, const Probe& probe) const;
  // The slot that a step before has found, or the home that it began at.
  Slot* find_from(Bucket* home, Slot* found, const Probe& probe) const;

  // An empty slot for a key that is not there; nullptr where there is no memory. It counts as used: the caller writes it at once.
  // Slots found before may have moved.
  Slot* insert(const Probe& probe);
  // Empties the slot. Others may have moved.
  void remove(Slot* slot);

  // Calls visitor(const Slot&) for the slots from cursor on, about `slots` of them, and returns the next cursor; 0 begins and ends.
  template <class Visitor>
  std::uint64_t scan(std::uint64_t cursor, std::size_t slots, Visitor&& visitor) const;

  RootPage* root() const { return root_; }  // nullptr until there was memory
  std::size_t slots_used() const { return used_; }
  std::size_t segments() const { return segments_; }

 private:
  static constexpr std::size_t kBucketsAhead = 3;
  static constexpr std::uint16_t kSegmentPagesHardMax = 4096;  // for keys that no bit of their places tells apart
  static constexpr unsigned kDepthMax = 32;

  // While it lives, what a one-sided reader read by the layout is void.
  class LayoutChange {
   public:
    explicit LayoutChange(RootPage& root) : root_(root) { step(); }
    ~LayoutChange() { step(); }
    LayoutChange(const LayoutChange&) = delete;
    LayoutChange& operator=(const LayoutChange&) = delete;

   private:
    void step() {
      std::atomic_thread_fence(std::memory_order_release);
      store_word(root_.layout, root_.layout + 1);
      std::atomic_thread_fence(std::memory_order_release);
    }
    RootPage& root_;
  };

  // Where a scan goes on: in the segment that holds prefix, at the places whose lower half is not under `low`.
  struct Cursor {
    static constexpr unsigned kLowBits = 26;
    std::uint32_t prefix;
    std::uint32_t low;    // the upper kLowBits of a place's lower half
    std::uint32_t depth;  // of the segment then: if it has been joined since, it is visited anew
    static Cursor unpack(std::uint64_t packed);
    std::uint64_t pack() const { return std::uint64_t{prefix} << 32 | std::uint64_t{low} << 6 | depth; }
  };
  // The part of a segment that one call of scan visits.
  struct Stretch {
    const Segment* segment;
    std::uint32_t first_bucket, end_bucket;
    std::uint32_t low, low_end;
    std::uint64_t next;  // cursor
    bool holds(const Slot& slot) const;
  };
  Stretch stretch(std::uint64_t cursor, std::size_t slots) const;

  static std::uint64_t place_of_slot(const Slot& slot);
  static std::uint32_t limit_of(std::uint32_t pages) { return pages * (kSlotsPerPage / 8 * 7); }
  static std::uint16_t pages_for(std::size_t used);
  static bool is_full(const Bucket& bucket);
  static unsigned matches(const Bucket& bucket, std::uint64_t word);
  static bool holds(const Slot& slot, const Probe& probe);  // a slot with the probe's word

  Segment* segment_of(std::uint64_t place) const { return segment_at(directory_[index_of(place)]); }
  std::size_t index_of(std::uint64_t place) const { return depth_ == 0 ? 0 : place >> (64 - depth_); }

  bool open();  // the root page, the directory and the first segment
  void relieve(Segment* segment);
  bool add_pages(Segment* segment, std::uint16_t count);
  bool split(Segment* segment);
  bool double_directory();
  void halve_directory();
  void shrink(Segment* segment);
  bool join_with_buddy(Segment* segment);

  Segment* make_segment(std::uint16_t capacity, std::uint32_t depth, std::uint32_t prefix);
  void free_segment(Segment* segment);
  bool gather_pages(const Segment& segment, std::size_t count);  // to pages_: its own, and new ones
  void give_pages(Segment& segment, std::size_t count);          // from pages_, cleared
  void drop_pages();                                             // those left over
  void point_directory_at(Segment* segment);
  void publish_directory();
  void lift(const Segment& segment);  // its slots, behind those in lifted_
  static void lay(Segment& segment, const Slot* first, const Slot* end);
  static Slot* free_slot(const Segment& segment, std::uint64_t place);

  Arena* arena_;
  RootPage* root_ = nullptr;
  std::uint64_t* directory_ = nullptr;
  unsigned depth_ = 0;
  std::size_t segments_ = 0;
  std::size_t segments_at_depth_ = 0;  // whose own depth is the directory's: while there are any it cannot halve
  std::size_t used_ = 0;
  std::vector<Slot> lifted_;  // kept, so that growing does not allocate
  std::vector<Bucket*> pages_;
};

inline bool Table::is_full(const Bucket& bucket) {
  bool full = true;
  for (const Slot& slot : bucket.slots) full &= !is_empty(slot);
  return full;
}

inline Bucket* Table::home(std::uint64_t place) const {
  if (directory_ == nullptr) return nullptr;
  const std::uint64_t entry = directory_[index_of(place)];
  const std::uint32_t index = home_bucket(place, static_cast<std::uint32_t>(entry >> kAddressBits) * kBucketsPerPage);
  return &segment_at(entry)->bucket(index);
}

inline void Table::prefetch(const Bucket* bucket) {
  if (bucket == nullptr) return;
  __builtin_prefetch(bucket);
  __builtin_prefetch(&bucket->slots[kSlotsPerBucket / 2]);
  // GCC 12 takes a function that only prefetches for one without effect, and drops the calls of it.
  asm volatile("" : : "r"(bucket));
}

// A bit for each slot of the bucket with the key's word: no branch depends on which of them it is. Whether the slot is in use, and
// for a key of that length, the caller asks of those alone.
inline unsigned Table::matches(const Bucket& bucket, std::uint64_t word) {
  unsigned found = 0;
  for (unsigned index = 0; index < kSlotsPerBucket; ++index) {
    found |= static_cast<unsigned>(bucket.slots[index].key == word) << index;
  }
  return found;
}

inline bool Table::holds(const Slot& slot, const Probe& probe) {
  const auto meta = static_cast<unsigned>(slot.control >> 32);
  if ((meta & 7U) == 0 || (meta >> 3 & 15U) != probe.key_bytes) return false;
  if (probe.key_bytes != 0) return true;
  return long_key_bytes(slot) == probe.bytes.size() &&
         std::memcmp(long_key_of(slot).data(), probe.bytes.data(), probe.bytes.size()) == 0;
}

inline Slot* Table::find_in(Bucket& bucket, const Probe& probe) {
  for (unsigned found = matches(bucket, probe.word); found != 0; found &= found - 1) {
    Slot& slot = bucket.slots[static_cast<unsigned>(std::countr_zero(found))];
    if (holds(slot, probe)) return &slot;
  }
  return nullptr;
}

inline Slot* Table::find_or_prefetch(Bucket* home, const Probe& probe) const {
  if (home == nullptr) return nullptr;
  Slot* slot = find_in(*home, probe);
  if (slot == nullptr && is_full(*home)) [[unlikely]] {
    // One key in six is not in its home, and half of those not in the next either. Behind the last bucket of a page lies what another
    // page holds: rare enough to be fetched in vain.
    for (std::size_t step = 1; step <= kBucketsAhead; ++step) prefetch(home + step);
  }
  return slot;
}

inline Slot* Table::find_from(Bucket* home, Slot* found, const Probe& probe) const {
  if (found != nullptr && found->key == probe.word && holds(*found, probe)) [[likely]]
    return found;
  if (home == nullptr) return nullptr;
  Slot* slot = find_in(*home, probe);
  return slot != nullptr || !is_full(*home) ? slot : find(probe);
}

inline Slot* Table::find(const Probe& probe) const {
  if (directory_ == nullptr) return nullptr;
  const std::uint64_t entry = directory_[index_of(probe.place)];
  const Segment* segment = segment_at(entry);
  const std::uint32_t buckets = static_cast<std::uint32_t>(entry >> kAddressBits) * kBucketsPerPage;
  std::uint32_t index = home_bucket(probe.place, buckets);
  for (std::uint32_t step = 0; step < buckets; ++step) {
    Bucket& bucket = segment->bucket(index);
    if (Slot* slot = find_in(bucket, probe); slot != nullptr || !is_full(bucket)) return slot;
    if (++index == buckets) index = 0;
  }
  return nullptr;
}

template <class Visitor>
std::uint64_t Table::scan(std::uint64_t cursor, std::size_t slots, Visitor&& visitor) const {
  if (directory_ == nullptr) return 0;
  const Stretch part = stretch(cursor, slots);
  const std::uint32_t buckets = part.segment->buckets();
  for (std::uint32_t step = 0; step < buckets; ++step) {
    const std::uint32_t index = part.first_bucket + step;
    const Bucket& bucket = part.segment->bucket(index % buckets);
    for (const Slot& slot : bucket.slots)
      if (!is_empty(slot) && part.holds(slot)) visitor(slot);
    if (index >= part.end_bucket && !is_full(bucket)) break;
  }
  return part.next;
}

}  // namespace lath
