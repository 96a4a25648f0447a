// The entries of a merge batch, read some entries ahead of their turn: their buckets are asked for, and half way there looked
// through, so that the table's memory is there when an entry is merged. The bytes have been checked, and outlive this.
#pragma once

#include <array>
#include <cstdint>

#include "base/assert.hpp"
#include "store/store.hpp"
#include "topology/hash.hpp"
#include "wire/merge_batch.hpp"

namespace lath {

class EntriesAhead {
 public:
  struct Entry {
    Store::Lookup lookup;
    Bytes cell;
  };

  EntriesAhead(Store& store, Bytes entries, std::uint16_t count) : store_(store), reader_(entries), count_(count) {
    for (std::uint32_t index = 0; index < kAhead; ++index) read(index);
    for (std::uint32_t index = 0; index < kApproach; ++index) approach(index);
  }

  // In order, each of them once; there until the next is taken.
  [[gnu::always_inline]] const Entry& take(std::uint32_t index) {
    if (index > 0) read(index - 1 + kAhead);
    approach(index + kApproach);
    return entries_[index % kAhead];
  }

 private:
  static constexpr std::uint32_t kAhead = 32;
  static constexpr std::uint32_t kApproach = kAhead / 2;

  [[gnu::always_inline]] void read(std::uint32_t index) {
    if (index >= count_) return;
    MergeEntry entry;
    LATH_ASSERT(read_merge_entry(reader_, entry));
    Entry& next = entries_[index % kAhead];
    // A short key is its own word in the table.
    next.lookup = store_.look_up({entry.key.size() > sizeof(std::uint64_t) ? key_hash(entry.key) : 0, entry.key});
    next.cell = entry.cell;
    store_.prefetch(next.lookup);
  }
  [[gnu::always_inline]] void approach(std::uint32_t index) {
    if (index < count_) store_.approach(entries_[index % kAhead].lookup);
  }

  Store& store_;
  Reader reader_;
  const std::uint32_t count_;
  std::array<Entry, kAhead> entries_;
};

}  // namespace lath
