#include "store/table.hpp"

#include "base/assert.hpp"

namespace lath {

std::uint64_t Table::place_of_slot(const Slot& slot) {
  return place_of(slot.key, meta_of(slot.control).key_bytes);
}

Table::Cursor Table::Cursor::unpack(std::uint64_t packed) {
  return {static_cast<std::uint32_t>(packed >> 32), static_cast<std::uint32_t>(packed >> 6) & ((1U << kLowBits) - 1),
          static_cast<std::uint32_t>(packed & 63U)};
}

bool Table::Stretch::holds(const Slot& slot) const {
  const auto at = static_cast<std::uint32_t>(place_of_slot(slot)) >> (32 - Cursor::kLowBits);
  return at >= low && at < low_end;
}

// Cut by places and not by buckets, so that a segment that is laid anew between two calls hides nothing.
Table::Stretch Table::stretch(std::uint64_t cursor, std::size_t slots) const {
  constexpr unsigned kShift = 32 - Cursor::kLowBits;
  Cursor at = Cursor::unpack(cursor);
  const Segment* segment = segment_of(std::uint64_t{at.prefix} << 32);
  if (segment->depth < at.depth) at.low = 0;
  const std::uint32_t buckets = segment->buckets();
  const std::uint32_t first = home_bucket(at.low << kShift, buckets);
  const auto wanted = static_cast<std::uint32_t>(std::clamp<std::size_t>(slots / kSlotsPerBucket, 1, buckets));
  if (first + wanted < buckets) {
    const std::uint32_t end = first + wanted;
    const std::uint64_t place_end = ((std::uint64_t{end} << 32) + buckets - 1) / buckets;
    const auto low_end = static_cast<std::uint32_t>((place_end + (1U << kShift) - 1) >> kShift);
    return {segment, first, end, at.low, low_end, Cursor{at.prefix, low_end, segment->depth}.pack()};
  }
  const std::uint64_t next_prefix = segment->prefix + (std::uint64_t{1} << (32 - segment->depth));
  const bool last = next_prefix >> 32 != 0;
  const std::uint64_t next = last ? 0 : Cursor{static_cast<std::uint32_t>(next_prefix), 0, 0}.pack();
  return {segment, first, buckets - 1, at.low, 1U << Cursor::kLowBits, next};
}

Slot* Table::free_slot(const Segment& segment, std::uint64_t place) {
  const std::uint32_t buckets = segment.buckets();
  std::uint32_t index = home_bucket(place, buckets);
  for (std::uint32_t step = 0; step < buckets; ++step) {
    for (Slot& slot : segment.bucket(index).slots)
      if (is_empty(slot)) return &slot;
    if (++index == buckets) index = 0;
  }
  return nullptr;
}

Slot* Table::insert(const Probe& probe) {
  if (directory_ == nullptr && !open()) return nullptr;
  Segment* segment = segment_of(probe.place);
  if (segment->used >= limit_of(segment->pages)) {
    relieve(segment);
    segment = segment_of(probe.place);
  }
  Slot* slot = free_slot(*segment, probe.place);
  if (slot == nullptr) return nullptr;
  segment->used += 1;
  ++used_;
  return slot;
}

void Table::remove(Slot* slot) {
  Segment* segment = segment_of(place_of_slot(*slot));
  const std::uint32_t buckets = segment->buckets();
  const auto* page = reinterpret_cast<Bucket*>(reinterpret_cast<std::uintptr_t>(slot) / kPageBytes * kPageBytes);
  std::uint32_t hole = 0;
  while (segment->page(hole / kBucketsPerPage) != page) hole += kBucketsPerPage;
  hole += static_cast<std::uint32_t>((reinterpret_cast<std::uintptr_t>(slot) % kPageBytes) / sizeof(Bucket));

  // Slots that had to pass over the bucket while it was full move back, so that every search may end at a bucket with room.
  std::uint32_t index = hole;
  bool passed_over = is_full(segment->bucket(hole));
  for (std::uint32_t step = 1; passed_over && step < buckets; ++step) {
    index = index + 1 == buckets ? 0 : index + 1;
    Bucket& bucket = segment->bucket(index);
    passed_over = is_full(bucket);
    const std::uint32_t from_hole = (index + buckets - hole) % buckets;
    for (Slot& candidate : bucket.slots) {
      if (is_empty(candidate)) continue;
      const std::uint32_t home = home_bucket(place_of_slot(candidate), buckets);
      if ((index + buckets - home) % buckets < from_hole) continue;
      const std::uint64_t control = candidate.control;
      write_slot(*slot, {meta_of(control), writer_of(control), candidate.stamp, candidate.key, candidate.value});
      slot = &candidate;
      hole = index;
      break;
    }
  }
  write_slot(*slot, {});
  segment->used -= 1;
  --used_;
  shrink(segment);
}

}  // namespace lath
