// What lies in a shard's registered memory: root page, directory, segments, slots and records. Everything that a one-sided reader
// may know is here. Only the owning shard writes; a reader copies words, then checks version and check word, then the root page.
// References are addresses in the owner's address space, 48 bits wide, as the transport's remote addresses are.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/clock.hpp"
#include "base/message.hpp"
#include "store/cell_layout.hpp"
#include "store/owned_word.hpp"

namespace lath {

inline constexpr std::size_t kPageBytes = 4096;  // the unit of the arena's runs and of a segment's growth
inline constexpr unsigned kAddressBits = 48;
inline constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kAddressBits) - 1;

// Every word is moved through here, so that a reader in another process (or a NIC) never meets half a word.
inline std::uint64_t load_word(const std::uint64_t& word) {
  return std::atomic_ref<std::uint64_t>(const_cast<std::uint64_t&>(word)).load(std::memory_order_relaxed);
}
inline void store_word(std::uint64_t& word, std::uint64_t value) {
  std::atomic_ref<std::uint64_t>(word).store(value, std::memory_order_relaxed);
}

// Bytes that readers may be reading: whole words, the last one filled up with zeros. `to` has room for them, and is aligned.
inline void store_bytes(std::byte* to, Bytes from) {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= from.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, from.data() + at, sizeof word);
    store_word(*reinterpret_cast<std::uint64_t*>(to + at), word);
  }
  if (at == from.size()) return;
  std::uint64_t word = 0;
  std::memcpy(&word, from.data() + at, from.size() - at);
  store_word(*reinterpret_cast<std::uint64_t*>(to + at), word);
}
// The other side of it: from aligned memory whose last word is there whole.
inline void load_bytes(std::byte* to, const std::byte* from, std::size_t count) {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= count; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = load_word(*reinterpret_cast<const std::uint64_t*>(from + at));
    std::memcpy(to + at, &word, sizeof word);
  }
  if (at == count) return;
  const std::uint64_t word = load_word(*reinterpret_cast<const std::uint64_t*>(from + at));
  std::memcpy(to + at, &word, count - at);
}

// Blocks of the arena come in classes: steps of 8 bytes up to 128, then 8 to a doubling, up to 16 KiB; what is larger is a run of
// pages. A slot tells its record's class, so that a reader knows how much to fetch.
inline constexpr std::size_t kFineBlockBytesMax = 128;
inline constexpr unsigned kFineBlockClasses = kFineBlockBytesMax / 8;
inline constexpr std::size_t kClassBytesMax = 16 * 1024;
inline constexpr unsigned kBlockClasses = kFineBlockClasses + 8 * 7;
inline constexpr unsigned kRunClass = 255;
inline std::size_t class_bytes(unsigned size_class) {  // not of kRunClass
  if (size_class < kFineBlockClasses) return (size_class + 1) * std::size_t{8};
  const unsigned doubling = (size_class - kFineBlockClasses) / 8 + 7;
  return (std::size_t{1} << doubling) + ((size_class - kFineBlockClasses) % 8 + 1) * (std::size_t{1} << (doubling - 3));
}

enum class SlotForm : std::uint8_t {
  kEmpty = 0,
  kInline = 1,   // an LWW value of at most 8 bytes beside a key of at most 8
  kRecord = 2,   // an LWW value (or, for a longer key, its tombstone) in a record
  kEncoded = 3,  // a small cell in a record, canonically encoded
  kBoxed = 4,    // a cell on the owner's heap: readable by message only
};

// 16 bits of a slot's control word.
struct SlotMeta {
  SlotForm form = SlotForm::kEmpty;
  unsigned key_bytes = 0;  // 1..8: the key word is the key; 0: it is the key's hash
  unsigned size = 0;       // kInline: bytes of the value; records: the class of the block (Arena), for who must fetch it
  bool erased = false;     // nothing is alive in it

  std::uint16_t pack() const {
    return static_cast<std::uint16_t>(static_cast<unsigned>(form) | key_bytes << 3 | size << 7 | (erased ? 1U << 15 : 0U));
  }
  static SlotMeta unpack(std::uint16_t bits) {
    return {static_cast<SlotForm>(bits & 7U), (bits >> 3) & 15U, (bits >> 7) & 255U, (bits >> 15) != 0};
  }
};

// 32 bytes, two to a cache line. control = version:16 (odd while it is written), check:16, meta:16, writer index:16.
struct alignas(32) Slot {
  std::uint64_t control;
  std::uint64_t stamp;  // LWW: the write's; other cells: the last change's
  std::uint64_t key;    // the key's bytes, zero-padded, or its hash
  std::uint64_t value;  // the value's bytes, zero-padded, or an address with a longer key's size above it
};
static_assert(sizeof(Slot) == 32);

inline std::uint16_t version_of(std::uint64_t control) {
  return static_cast<std::uint16_t>(control);
}
inline std::uint16_t check_of(std::uint64_t control) {
  return static_cast<std::uint16_t>(control >> 16);
}
inline SlotMeta meta_of(std::uint64_t control) {
  return SlotMeta::unpack(static_cast<std::uint16_t>(control >> 32));
}
inline std::uint16_t writer_of(std::uint64_t control) {
  return static_cast<std::uint16_t>(control >> 48);
}
inline bool is_empty(const Slot& slot) {
  return (slot.control >> 32 & 7U) == 0;
}

// Over the whole slot but the check itself: tells a slot from the half of two.
inline std::uint16_t slot_check(const Slot& slot) {
  constexpr std::uint64_t kCheckBits = std::uint64_t{0xffff} << 16;
  std::uint64_t mixed = (slot.control & ~kCheckBits) * 0x9fb21c651e98df25ULL;
  mixed ^= slot.stamp * 0xd6e8feb86659fd93ULL;
  mixed ^= slot.key * 0xa0761d6478bd642fULL + (slot.key >> 29);
  mixed ^= slot.value * 0xe7037ed1a0b428dbULL + (slot.value >> 31);
  mixed ^= mixed >> 32;
  mixed *= 0x8ebc6af09c88c6e3ULL;
  return static_cast<std::uint16_t>(mixed >> 48);
}

struct SlotContent {
  SlotMeta meta;
  std::uint16_t writer = 0;
  std::uint64_t stamp = 0;
  std::uint64_t key = 0;
  std::uint64_t value = 0;
};

// Opens a slot (or the record that it refers to) for writing: readers that meet it now try again.
inline void begin_write(Slot& slot) {
  store_word(slot.control, slot.control | 1U);
  std::atomic_thread_fence(std::memory_order_release);
}
// Writes a slot; begin_write() need not have been called.
inline void write_slot(Slot& slot, const SlotContent& content) {
  begin_write(slot);
  store_word(slot.stamp, content.stamp);
  store_word(slot.key, content.key);
  store_word(slot.value, content.value);
  const auto version = static_cast<std::uint16_t>(version_of(slot.control) + 1U);
  Slot written{std::uint64_t{version} | std::uint64_t{content.meta.pack()} << 32 | std::uint64_t{content.writer} << 48,
               content.stamp, content.key, content.value};
  written.control |= std::uint64_t{slot_check(written)} << 16;
  std::atomic_ref<std::uint64_t>(slot.control).store(written.control, std::memory_order_release);
}

// A slot as it is, to another place that nobody reads yet.
inline void copy_slot(Slot& to, const Slot& from) {
  store_word(to.stamp, from.stamp);
  store_word(to.key, from.key);
  store_word(to.value, from.value);
  store_word(to.control, from.control);
}

// Where a key lies: its segment by the upper bits, its bucket by the lower. The pinned hash of longer keys is mixed again, because
// the ring has cut the keys of one shard out of it by arcs.
inline std::uint64_t place_of(std::uint64_t key_word, unsigned key_bytes) {
  std::uint64_t mixed = key_word ^ (key_bytes * 0x9e3779b97f4a7c15ULL);
  mixed = (mixed ^ (mixed >> 33)) * 0xff51afd7ed558ccdULL;
  mixed = (mixed ^ (mixed >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return mixed ^ (mixed >> 33);
}

// A key as slots hold it. The usual size apart, with words alone: a key that was written a moment ago as two words and is read as one
// of 16 bytes would wait until both have left the processor's store buffer.
struct SlotKey {
  std::uint64_t word = 0;
  unsigned key_bytes = 0;  // 0: word is the hash
  std::uint64_t place = 0;
  SlotKey() = default;
  SlotKey(Bytes bytes, std::uint64_t hash) {
    const std::byte* const first = bytes.data();
    const std::size_t size = bytes.size();
    if (size == sizeof word) {
      std::memcpy(&word, first, sizeof word);
      key_bytes = sizeof word;
    } else if (size < sizeof word) {
      std::uint64_t padded = 0;
      for (std::size_t index = 0; index < size; ++index) padded |= std::to_integer<std::uint64_t>(first[index]) << (8 * index);
      word = padded;
      key_bytes = static_cast<unsigned>(size);
    } else {
      word = hash;
    }
    place = place_of(word, key_bytes);
  }
};

inline constexpr std::size_t kInlineBytesMax = 8;
inline constexpr unsigned kSlotsPerBucket = 4;  // 128 bytes: the unit that a lookup, or a one-sided read, fetches
inline constexpr unsigned kBucketsPerPage = kPageBytes / (kSlotsPerBucket * sizeof(Slot));
inline constexpr unsigned kSlotsPerPage = kBucketsPerPage * kSlotsPerBucket;

struct alignas(kSlotsPerBucket * sizeof(Slot)) Bucket {
  std::array<Slot, kSlotsPerBucket> slots;
};

// The keys whose places begin with the same `depth` bits. A key is in its home bucket, or behind buckets that are all full.
struct Segment {
  OwnedWord<std::uint32_t> used;      // slots
  OwnedWord<std::uint16_t> pages;     // in use
  OwnedWord<std::uint16_t> capacity;  // of the array of pages
  OwnedWord<std::uint32_t> depth;
  OwnedWord<std::uint32_t> prefix;  // those bits, in the upper end
  Bucket* page(std::size_t index) const;
  void set_page(std::size_t index, Bucket* address);
  std::uint32_t buckets() const { return pages * kBucketsPerPage; }
  Bucket& bucket(std::uint32_t index) const { return page(index / kBucketsPerPage)[index % kBucketsPerPage]; }
};
static_assert(sizeof(Segment) == 16);
inline constexpr std::size_t segment_bytes(std::size_t capacity) {
  return sizeof(Segment) + capacity * sizeof(Bucket*);
}
inline Bucket* Segment::page(std::size_t index) const {
  return reinterpret_cast<Bucket* const*>(this + 1)[index];
}
inline void Segment::set_page(std::size_t index, Bucket* address) {
  store_word(reinterpret_cast<std::uint64_t*>(this + 1)[index], reinterpret_cast<std::uint64_t>(address));
}

// The bucket at which a key's search begins.
inline std::uint32_t home_bucket(std::uint64_t place, std::uint32_t buckets) {
  return static_cast<std::uint32_t>((place & 0xffffffffU) * buckets >> 32);
}

// An entry of the directory: a segment's address, with its number of pages above it.
inline std::uint64_t directory_entry(const Segment* segment) {
  return reinterpret_cast<std::uint64_t>(segment) | std::uint64_t{segment->pages} << kAddressBits;
}
inline Segment* segment_at(std::uint64_t entry) {
  return reinterpret_cast<Segment*>(entry & kAddressMask);
}

// A record: this, the key's bytes where the slot does not hold them, the value's bytes.
struct RecordHeader {
  std::uint32_t value_bytes;
  std::uint32_t check;  // of what follows
};
static_assert(sizeof(RecordHeader) == 8);

// Four lanes, so that a large value is checked at memory speed.
inline std::uint32_t record_check(Bytes bytes) {
  constexpr std::uint64_t kMultiplier = 0x9fb21c651e98df25ULL;
  std::array<std::uint64_t, 4> lanes{bytes.size(), 1, 2, 3};
  const std::byte* next = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t word = 0;
  for (; left >= 32; left -= 32) {
    for (std::uint64_t& lane : lanes) {
      std::memcpy(&word, next, sizeof word);
      lane = (lane ^ word) * kMultiplier;
      lane ^= lane >> 29;
      next += sizeof word;
    }
  }
  for (std::size_t lane = 0; left > 0; ++lane) {
    const std::size_t taken = left < sizeof word ? left : sizeof word;
    word = 0;
    std::memcpy(&word, next, taken);
    lanes[lane] = (lanes[lane] ^ word) * kMultiplier;
    lanes[lane] ^= lanes[lane] >> 29;
    next += taken;
    left -= taken;
  }
  std::uint64_t mixed = 0;
  for (const std::uint64_t lane : lanes) mixed = (mixed ^ lane) * kMultiplier + (mixed >> 32);
  return static_cast<std::uint32_t>(mixed >> 32);
}

// A root that is older is not trusted: its shard may be stopped, dead, or cut off from a view that gave its keys away. Well under
// the time in which others declare it dead, well over a scheduler's pause.
inline constexpr TimeNs kRootTrustedNs = 50'000'000;
// The shard says so often that it lives: each time costs every reader the line.
inline constexpr TimeNs kRootRenewedNs = 5'000'000;

// A page of its own. Each field is a word; a reader validates what it read against them afterwards. All on one cache line.
struct alignas(64) RootPage {
  static constexpr std::uint64_t kMagic = 0x31746f6f7268746cULL;  // "lthroot1"
  std::uint64_t magic;                                            // 0 before the first turn, and after the last
  std::uint64_t incarnation;                                      // of the writer
  std::uint64_t epoch;                                            // the digest of the view that the shard serves under
  std::uint64_t turn_ns;                                          // when a turn began not long ago, by the owner's monotonic clock
  std::uint64_t layout;     // odd while segments, pages or the directory move; another number afterwards
  std::uint64_t directory;  // address of 2^depth entries
  std::uint64_t depth;
};
static_assert(sizeof(RootPage) == 64);

}  // namespace lath
