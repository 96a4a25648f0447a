// Memory for the store's tests: a queue that is filled by hand, or as the control thread would.
#pragma once

#include <gtest/gtest.h>

#include "store/extent_queue.hpp"

namespace lath {

inline constexpr std::size_t kMiB = 1024 * 1024;

class Extents {
 public:
  explicit Extents(std::size_t bytes_limit, std::size_t first = ExtentQueue::kExtentBytesFirst,
                   std::size_t last = ExtentQueue::kExtentBytesLast)
      : queue_(bytes_limit, first, last) {}

  ExtentQueue& queue() { return queue_; }
  void refill() {
    if (!queue_.wants_more()) return;
    EXPECT_TRUE(queue_.refill(provider_).has_value());
  }

 private:
  HeapRegionProvider provider_;
  ExtentQueue queue_;
};

}  // namespace lath
