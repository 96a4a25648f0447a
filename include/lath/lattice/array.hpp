// Arrays merged element by element: greatest, least, or summed by writer. Arrays may differ in length: a missing element is at
// bottom, so the join is as long as the longer. NaN and signed zeros are ordered as in number_order.hpp.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "lath/ids.hpp"
#include "lath/lattice/map.hpp"
#include "lath/lattice/number_order.hpp"

namespace lath {

// Elements are held in canonical form. The delta of a merge is the array that was merged.
template <Number T, class Order>
class ArrayExtreme {
 public:
  ArrayExtreme() = default;
  explicit ArrayExtreme(std::vector<T> values) : values_(std::move(values)) {
    for (T& value : values_) value = canonical(value);
  }

  const std::vector<T>& values() const { return values_; }
  bool is_bottom() const { return values_.empty(); }

  bool merge(const ArrayExtreme& other) { return merge(std::span<const T>(other.values_)); }
  bool merge(std::span<const T> offered) {
    const std::size_t common = std::min(values_.size(), offered.size());
    bool grew = offered.size() > common;
    for (std::size_t index = 0; index < common; ++index) {
      const bool wins = Order::wins(offered[index], values_[index]);
      values_[index] = wins ? offered[index] : values_[index];
      grew = grew || wins;
    }
    values_.reserve(std::max(values_.size(), offered.size()));
    for (const T value : offered.subspan(common)) values_.push_back(canonical(value));
    return grew;
  }

  bool operator==(const ArrayExtreme& other) const { return std::ranges::equal(values_, other.values_, same_bits<T>); }

 private:
  std::vector<T> values_;
};

template <Number T>
using ArrayMax = ArrayExtreme<T, Greatest>;
template <Number T>
using ArrayMin = ArrayExtreme<T, Least>;

// Sums as everything here does them: integers modulo 2^32 or 2^64 (two's complement), floating point rounded to nearest, a NaN
// in its canonical form.
template <Number T>
T wrapped_sum(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return canonical(a + b);
  } else {
    using Bits = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<Bits>(a) + static_cast<Bits>(b));
  }
}

template <Number T>
void add_elements(std::vector<T>& sums, std::span<const T> values) {
  const std::size_t common = std::min(sums.size(), values.size());
  for (std::size_t index = 0; index < common; ++index) sums[index] = wrapped_sum(sums[index], values[index]);
  sums.reserve(std::max(sums.size(), values.size()));
  for (const T value : values.subspan(common)) sums.push_back(canonical(value));
}

// What one writer has added so far. `version` counts its additions, so the higher is the newer; the elements' bits are compared
// too, so that replicas agree even where a writer broke that promise.
template <Number T>
struct Contribution {
  std::uint64_t version = 0;
  std::vector<T> elements;

  bool is_bottom() const { return version == 0 && elements.empty(); }
  bool merge(const Contribution& other) {
    if (compare(*this, other) >= 0) return false;
    *this = other;
    return true;
  }
  bool operator==(const Contribution& other) const { return compare(*this, other) == 0; }

 private:
  static std::strong_ordering compare(const Contribution& a, const Contribution& b) {
    if (const auto order = a.version <=> b.version; order != 0) return order;
    const auto by_bits = [](T x, T y) { return std::bit_cast<BitsOf<T>>(x) <=> std::bit_cast<BitsOf<T>>(y); };
    return std::lexicographical_compare_three_way(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
                                                  by_bits);
  }
};

// The sum over writers of what each has added. Floating-point addition is not associative, so nothing is added in a merge: each
// writer's part is made by that writer alone, and total() adds the parts in the writers' order, to the same bits on every replica.
template <Number T>
class ArraySum {
 public:
  using Slot = typename MapLattice<WriterId, Contribution<T>>::Entry;  // key is the writer

  static Result<ArraySum> from_slots(std::vector<Slot> slots) {
    auto map = MapLattice<WriterId, Contribution<T>>::from_entries(std::move(slots));
    if (!map) return map.error();
    ArraySum made;
    made.slots_ = std::move(*map);
    return made;
  }
  static ArraySum of(const Slot& slot) {
    ArraySum made;
    made.merge(slot);
    return made;
  }

  const typename MapLattice<WriterId, Contribution<T>>::Entries& slots() const { return slots_.entries(); }
  const Contribution<T>* find(WriterId writer) const { return slots_.find(writer); }  // null where the writer has no part
  bool is_bottom() const { return slots_.is_bottom(); }

  // Adds to the writer's part. Returns its slot: the delta, valid until the next change. Null, and nothing changed, where the
  // version is used up (a peer may have claimed so).
  const Slot* add(WriterId writer, std::span<const T> values) {
    const Contribution<T>* held = slots_.find(writer);
    Contribution<T> part = held == nullptr ? Contribution<T>{} : *held;
    if (part.version == std::numeric_limits<std::uint64_t>::max()) return nullptr;
    ++part.version;
    add_elements(part.elements, values);
    return slots_.merged_entry(writer, part).first;
  }

  std::vector<T> total() const {
    std::vector<T> sums;
    for (const Slot& slot : slots()) add_elements(sums, std::span<const T>(slot.value.elements));
    return sums;
  }

  bool merge(const Slot& slot) { return slots_.merge(slot.key, slot.value); }
  bool merge(const ArraySum& other) { return slots_.merge(other.slots_); }
  bool operator==(const ArraySum&) const = default;

 private:
  MapLattice<WriterId, Contribution<T>> slots_;
};

}  // namespace lath
