// Max<T> and Min<T>: the greatest, or least, number ever merged. Bottom is apart from every number and from NaN, so the first
// merge always grows. The order, with NaN and signed zeros, is in number_order.hpp; a NaN is held in its canonical form.
#pragma once

#include <optional>

#include "lath/lattice/number_order.hpp"

namespace lath {

template <Number T, class Order>
class Extreme {
 public:
  Extreme() = default;
  explicit Extreme(T number) : present_(true), number_(canonical(number)) {}

  // Nothing at bottom. NaN says that NaN alone was merged.
  std::optional<T> value() const { return present_ ? std::optional<T>(number_) : std::nullopt; }
  bool is_bottom() const { return !present_; }

  // Merges one number. The delta of a change is Extreme(number).
  bool merge(T number) { return merge(Extreme(number)); }
  bool merge(const Extreme& other) {
    if (!other.present_ || (present_ && !Order::wins(other.number_, number_))) return false;
    *this = other;
    return true;
  }

  bool operator==(const Extreme& other) const { return present_ == other.present_ && same_bits(number_, other.number_); }

 private:
  bool present_ = false;
  T number_ = 0;  // 0 at bottom
};

template <Number T>
using Max = Extreme<T, Greatest>;
template <Number T>
using Min = Extreme<T, Least>;

}  // namespace lath
