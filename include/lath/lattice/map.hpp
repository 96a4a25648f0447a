// MapLattice: key -> lattice, merged key by key. A key that is absent is at bottom, and bottom values are not kept, so one state
// has one form. Entries are sorted by key and unique: small maps are one allocation and are read in order.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "lath/lattice/lattice.hpp"
#include "lath/lattice/sorted_chunks.hpp"
#include "lath/result.hpp"

namespace lath {

template <class K, Lattice V>
class MapLattice {
 public:
  struct Entry {
    K key{};
    V value{};
    bool operator==(const Entry&) const = default;
  };
  struct KeyOf {
    const K& operator()(const Entry& entry) const { return entry.key; }
  };
  using Entries = SortedChunks<Entry, KeyOf>;

  // For decoders: the entries must be sorted, unique and not bottom.
  static Result<MapLattice> from_entries(std::vector<Entry> entries) {
    for (std::size_t index = 0; index < entries.size(); ++index) {
      if (index > 0 && !(entries[index - 1].key < entries[index].key))
        return Error{Code::kInvalid, "map keys unsorted or repeated"};
      if (lath::is_bottom(entries[index].value)) return Error{Code::kInvalid, "map entry without content"};
    }
    MapLattice map;
    map.entries_ = Entries::from_sorted(std::move(entries));
    return map;
  }

  const Entries& entries() const { return entries_; }
  bool is_bottom() const { return entries_.empty(); }

  // Null where the key is at bottom. The pointer lives until the next change. Any type that compares with K will do.
  template <class Key>
  const V* find(const Key& key) const {
    const Entry* held = entries_.find(key);
    return held == nullptr ? nullptr : &held->value;
  }

  // The delta of a change at one key: key -> the value's own delta.
  static MapLattice of(K key, V value) {
    MapLattice map;
    if (!lath::is_bottom(value)) map.insert(std::move(key), std::move(value));
    return map;
  }

  bool merge(const K& key, const V& value) { return merged_entry(key, value).second; }

  // The entry that now holds the key, or null where both are bottom; and whether it grew.
  std::pair<const Entry*, bool> merged_entry(const K& key, const V& value) {
    if (Entry* held = entries_.find(key)) {
      const bool grew = held->value.merge(value);
      return {held, grew};
    }
    if (lath::is_bottom(value)) return {nullptr, false};
    return {insert(key, value), true};
  }

  // Hands the key's value, a new one where it is at bottom, to `apply`, which may only grow it; returns what that returns. A value
  // still at bottom afterwards is not kept.
  template <class Key, class Change>
  auto change(const Key& key, Change&& apply) {
    if (Entry* held = entries_.find(key)) return apply(held->value);
    V fresh{};
    auto answer = apply(fresh);
    if (!lath::is_bottom(fresh)) insert(K(key), std::move(fresh));
    return answer;
  }

  bool merge(const MapLattice& other) {
    if (&other == this) return false;
    bool grew = false;
    for (const Entry& entry : other.entries_) grew = merge(entry.key, entry.value) || grew;
    return grew;
  }

  bool operator==(const MapLattice&) const = default;

 private:
  const Entry* insert(K key, V value) {
    return entries_.find_or_insert(key, [&] { return Entry{std::move(key), std::move(value)}; }).first;
  }

  Entries entries_;
};

}  // namespace lath
