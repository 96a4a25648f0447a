// What a one-sided reader makes of a shard's words, however it came by them: whether a root can be trusted, which slot of a bucket
// holds a key, whether a slot or a record is whole. Pure functions of copies. docs/decisions/0004-one-sided-reads.md argues why
// this, in this order, never gives a wrong answer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "store/layout.hpp"

namespace lath {

// What became of a read. Only kFound is an answer; the rest is for the shard to say.
enum class ReadVerdict : std::uint8_t {
  kFound,
  kMissing,  // no slot of this key was met; it may be between two
  kMoving,   // a writer was at it: worth another try
  kVoid,     // the root is not to be trusted: too old, of another view or life, or closed
  kOutside,  // it refers to memory that is not attached
  kForm,     // held in a form that only its owner can read
};
inline constexpr unsigned kReadVerdicts = 6;

// What the root must say, and how its clock relates to ours.
struct ReadTerms {
  std::uint64_t incarnation = 0;
  std::uint64_t epoch = 0;
  TimeNs shard_ns = 0;  // what the shard's clock said in an answer...
  TimeNs asked_ns = 0;  // ...to a question of this time, by ours: it said so no earlier than then

  // The most that can have passed since `turn_ns`. Two clocks drift apart by less than a thousandth.
  TimeNs age(TimeNs turn_ns, TimeNs now) const {
    const TimeNs since = now > asked_ns ? now - asked_ns : 0;
    const TimeNs shard_now = shard_ns + since + (since >> 10);
    return shard_now > turn_ns ? shard_now - turn_ns : 0;
  }
};

inline bool is_trusted(const RootPage& root, const ReadTerms& terms, TimeNs now) {
  return root.magic == RootPage::kMagic && root.incarnation == terms.incarnation && root.epoch == terms.epoch &&
         terms.age(root.turn_ns, now) < kRootTrustedNs;
}
inline bool is_moving(std::uint64_t layout) {
  return (layout & 1U) != 0;
}

inline std::size_t directory_index(std::uint64_t place, std::uint64_t depth) {
  return depth == 0 ? 0 : static_cast<std::size_t>(place >> (64 - depth));
}
inline constexpr std::uint64_t kDepthReadMax = 40;  // deeper than any table: a damaged word
inline constexpr std::size_t kPagesReadMax = 12;    // of a segment; only keys chosen to collide make more
// Buckets of one search. At seven eighths full one search in fifty goes on after six of them; by copies each costs a round trip, as
// the message does that takes its place.
inline constexpr std::uint32_t kBucketsLoadedMax = 32;
inline constexpr std::uint32_t kBucketsCopiedMax = 4;
inline constexpr std::uint32_t kBucketsPerCopy = 2;  // one fetch brings two neighbours
inline constexpr unsigned kReadTriesMax = 4;         // a writer is at one slot for some ns, at one segment for some 10 us

inline bool may_hold(const Slot& slot, const SlotKey& key) {
  return slot.key == key.word && !is_empty(slot) && meta_of(slot.control).key_bytes == key.key_bytes;
}
inline bool is_whole(const Slot& slot) {
  return (version_of(slot.control) & 1U) == 0 && check_of(slot.control) == slot_check(slot);
}
inline bool is_full(const Bucket& bucket) {
  return std::none_of(bucket.slots.begin(), bucket.slots.end(), [](const Slot& slot) { return is_empty(slot); });
}

// Where a slot's record lies, as far as the slot tells.
struct RecordSite {
  std::uint64_t address = 0;
  std::size_t key_bytes = 0;    // in the record, before the value
  std::size_t block_bytes = 0;  // the most that it can take; 0: as its header says
};
inline RecordSite record_site(const Slot& slot) {
  const unsigned size_class = meta_of(slot.control).size;
  const bool sized = size_class < kBlockClasses;
  return {slot.value & kAddressMask, static_cast<std::size_t>(slot.value >> kAddressBits), sized ? class_bytes(size_class) : 0};
}

// A record's value, out of a copy of its header and what follows; nothing where it is torn or another's.
inline std::optional<Bytes> value_in_record(Bytes record, const RecordSite& site, Bytes key) {
  RecordHeader header;
  if (record.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, record.data(), sizeof header);
  const Bytes rest = record.subspan(sizeof header);
  if (header.value_bytes > rest.size() || rest.size() - header.value_bytes < site.key_bytes) return std::nullopt;
  const Bytes content = rest.first(site.key_bytes + header.value_bytes);
  if (record_check(content) != header.check) return std::nullopt;
  if (site.key_bytes > 0 && !same_bytes(content.first(site.key_bytes), key)) return std::nullopt;
  return content.subspan(site.key_bytes);
}

}  // namespace lath
