// MapLattice: key -> lattice, merged key by key. A key that is absent is at bottom, and bottom values are not kept, so one state
// has one form. Entries are a flat vector, sorted by key and unique: small maps are one allocation and are read in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "lath/lattice/lattice.hpp"
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

  // For decoders: the entries must be sorted, unique and not bottom.
  static Result<MapLattice> from_entries(std::vector<Entry> entries) {
    for (std::size_t index = 0; index < entries.size(); ++index) {
      if (index > 0 && !(entries[index - 1].key < entries[index].key))
        return Error{Code::kInvalid, "map keys unsorted or repeated"};
      if (lath::is_bottom(entries[index].value)) return Error{Code::kInvalid, "map entry without content"};
    }
    MapLattice map;
    map.entries_ = std::move(entries);
    return map;
  }

  const std::vector<Entry>& entries() const { return entries_; }
  bool is_bottom() const { return entries_.empty(); }

  // Null where the key is at bottom. The pointer lives until the next change. Any type that compares with K will do.
  template <class Key>
  const V* find(const Key& key) const {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), key, before<Key>);
    return at != entries_.end() && !(key < at->key) ? &at->value : nullptr;
  }

  // The delta of a change at one key: key -> the value's own delta.
  static MapLattice of(K key, V value) {
    MapLattice map;
    if (!lath::is_bottom(value)) map.entries_.push_back({std::move(key), std::move(value)});
    return map;
  }

  bool merge(const K& key, const V& value) { return merged_entry(key, value).second; }

  // The entry that now holds the key, or null where both are bottom; and whether it grew.
  std::pair<const Entry*, bool> merged_entry(const K& key, const V& value) {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), key, before<K>);
    if (at != entries_.end() && !(key < at->key)) {
      const bool grew = at->value.merge(value);
      return {&*at, grew};
    }
    if (lath::is_bottom(value)) return {nullptr, false};
    return {&*entries_.insert(at, Entry{key, value}), true};
  }

  // Hands the key's value, a new one where it is at bottom, to `apply`, which may only grow it; returns what that returns. A value
  // still at bottom afterwards is not kept.
  template <class Key, class Change>
  auto change(const Key& key, Change&& apply) {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), key, before<Key>);
    if (at != entries_.end() && !(key < at->key)) return apply(at->value);
    V fresh{};
    auto answer = apply(fresh);
    if (!lath::is_bottom(fresh)) entries_.insert(at, Entry{K(key), std::move(fresh)});
    return answer;
  }

  bool merge(const MapLattice& other) {
    bool grew = false;
    std::vector<Entry> absent;
    auto at = entries_.begin();
    for (const Entry& entry : other.entries_) {
      at = std::lower_bound(at, entries_.end(), entry.key, before<K>);
      if (at != entries_.end() && !(entry.key < at->key)) {
        grew = at->value.merge(entry.value) || grew;
      } else {
        absent.push_back(entry);
      }
    }
    if (absent.empty()) return grew;
    const auto middle = static_cast<std::ptrdiff_t>(entries_.size());
    entries_.insert(entries_.end(), std::move_iterator(absent.begin()), std::move_iterator(absent.end()));
    std::inplace_merge(entries_.begin(), entries_.begin() + middle, entries_.end(),
                       [](const Entry& a, const Entry& b) { return a.key < b.key; });
    return true;
  }

  bool operator==(const MapLattice&) const = default;

 private:
  template <class Key>
  static bool before(const Entry& entry, const Key& key) {
    return entry.key < key;
  }

  std::vector<Entry> entries_;
};

}  // namespace lath
