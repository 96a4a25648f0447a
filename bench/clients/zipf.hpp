// Ranks 0 .. items - 1, rank r drawn with a probability proportional to 1 / (r + 1)^exponent, by the two ways that the literature's
// figures were made with. A rank is made into a key by the caller: the popular keys of a real load do not lie side by side.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/random.hpp"

namespace lath::bench {

inline double unit(Random& random) {  // uniform over (0, 1]
  return (static_cast<double>(random.next() >> 11) + 1.0) * 0x1p-53;
}

// Gray et al., "Quickly generating billion-record synthetic databases" (1994), as YCSB uses it; exponents under 1.
class GrayZipf {
 public:
  GrayZipf(std::uint64_t items, double exponent)
      : items_(static_cast<double>(items)),
        exponent_(exponent),
        zeta_(zeta(items, exponent)),
        alpha_(1.0 / (1.0 - exponent)),
        eta_((1.0 - std::pow(2.0 / items_, 1.0 - exponent)) / (1.0 - zeta(2, exponent) / zeta_)) {}

  std::uint64_t draw(Random& random) const {
    const double chosen = unit(random);
    const double scaled = chosen * zeta_;
    if (scaled < 1.0) return 0;
    if (scaled < 1.0 + std::pow(0.5, exponent_)) return 1;
    const double rank = items_ * std::pow(eta_ * chosen - eta_ + 1.0, alpha_);
    return rank < items_ ? static_cast<std::uint64_t>(rank) : static_cast<std::uint64_t>(items_) - 1;
  }

  static double zeta(std::uint64_t items, double exponent) {
    double sum = 0;
    for (std::uint64_t i = 1; i <= items; ++i) sum += 1.0 / std::pow(static_cast<double>(i), exponent);
    return sum;
  }

 private:
  double items_, exponent_, zeta_, alpha_, eta_;
};

// Hormann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions" (1996); exponents over 0
// other than 1. Exact, without tables.
class RejectionInversionZipf {
 public:
  RejectionInversionZipf(std::uint64_t items, double exponent)
      : items_(static_cast<double>(items)),
        exponent_(exponent),
        first_(integral(1.5) - 1.0),
        last_(integral(items_ + 0.5)),
        shortcut_(2.0 - inverse(integral(2.5) - weight(2.0))) {}

  std::uint64_t draw(Random& random) const {
    for (;;) {
      const double at = last_ + unit(random) * (first_ - last_);
      const double x = inverse(at);
      const double rank = std::fmin(std::fmax(std::floor(x + 0.5), 1.0), items_);
      if (rank - x <= shortcut_ || at >= integral(rank + 0.5) - weight(rank)) return static_cast<std::uint64_t>(rank) - 1;
    }
  }

 private:
  double weight(double x) const { return std::pow(x, -exponent_); }
  double integral(double x) const { return (std::pow(x, 1.0 - exponent_) - 1.0) / (1.0 - exponent_); }
  double inverse(double area) const { return std::pow(1.0 + area * (1.0 - exponent_), 1.0 / (1.0 - exponent_)); }

  double items_, exponent_, first_, last_, shortcut_;
};

}  // namespace lath::bench
