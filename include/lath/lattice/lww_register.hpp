// LwwRegister: the last writer wins. The greater (stamp, writer, value) is kept. A writer is one thread of one incarnation of one
// node, so it never reuses a stamp; the value is compared too, so that replicas agree even where that promise was broken.
#pragma once

#include <compare>
#include <concepts>

#include "lath/ids.hpp"

namespace lath {

// Values compare by std::strong_order: floating point by IEEE 754's totalOrder, a std::optional with nullopt first. Before all of
// them comes T{}, whatever T, since a register without a write must be the least.
template <class T>
requires std::regular<T> && requires(const T& a) {
  std::compare_strong_order_fallback(a, a);
}
struct LwwRegister {
  Stamp stamp{};
  WriterId writer{};
  T value{};

  bool is_bottom() const { return *this == LwwRegister{}; }

  // The delta of a write is the register that holds it.
  bool merge(const LwwRegister& other) {
    if (compare(*this, other) >= 0) return false;
    *this = other;
    return true;
  }

  bool operator==(const LwwRegister& other) const { return compare(*this, other) == 0; }

 private:
  static std::strong_ordering compare(const LwwRegister& a, const LwwRegister& b) {
    if (const auto order = a.stamp <=> b.stamp; order != 0) return order;
    if (const auto order = a.writer <=> b.writer; order != 0) return order;
    const auto order = std::compare_strong_order_fallback(a.value, b.value);
    if (order == 0) return order;
    const T none{};
    if (std::compare_strong_order_fallback(a.value, none) == 0) return std::strong_ordering::less;
    if (std::compare_strong_order_fallback(b.value, none) == 0) return std::strong_ordering::greater;
    return order;
  }
};

}  // namespace lath
