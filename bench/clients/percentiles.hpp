// Samples of one measurement and their percentiles, by the nearest rank: the smallest sample that at least that share does not exceed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace lath::bench {

class Samples {
 public:
  void reserve(std::size_t count) { values_.reserve(count); }
  void add(double value) {
    values_.push_back(static_cast<float>(value));
    sorted_ = false;
  }
  std::size_t count() const { return values_.size(); }

  // `percent` over 0 and at most 100; of at least one sample.
  double percentile(double percent) {
    sort();
    const double rank = std::ceil(percent / 100.0 * static_cast<double>(values_.size()));
    const std::size_t index = rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1;
    return static_cast<double>(values_[std::min(index, values_.size() - 1)]);
  }
  double median() { return percentile(50); }

 private:
  void sort() {
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
  }

  std::vector<float> values_;  // 24 bits of a nanosecond count are enough, and half the bytes disturb the caches less
  bool sorted_ = true;
};

}  // namespace lath::bench
