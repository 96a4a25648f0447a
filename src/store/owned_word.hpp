// The owner's bookkeeping in memory that a one-sided reader may still be looking at for what was there before: read by the owner alone,
// written whole, so that the reader meets old words or new ones and no data race.
#pragma once

#include <atomic>

namespace lath {

template <class T>
class OwnedWord {
 public:
  OwnedWord(T value) { *this = value; }
  OwnedWord(const OwnedWord& other) { *this = other.value_; }
  ~OwnedWord() = default;
  OwnedWord& operator=(T value) {
    std::atomic_ref<T>(value_).store(value, std::memory_order_relaxed);
    return *this;
  }
  OwnedWord& operator=(const OwnedWord& other) { return *this = other.value_; }
  operator T() const { return value_; }
  T operator->() const { return value_; }
  OwnedWord& operator+=(T more) { return *this = static_cast<T>(value_ + more); }
  OwnedWord& operator-=(T less) { return *this = static_cast<T>(value_ - less); }

 private:
  T value_;
};

}  // namespace lath
