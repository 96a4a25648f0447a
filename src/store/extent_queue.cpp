#include "store/extent_queue.hpp"

#include <algorithm>

#include "store/layout.hpp"

namespace lath {

std::size_t ExtentQueue::next_extent_bytes() const {
  const std::size_t bytes = std::min(next_bytes_, bytes_limit_ - bytes_mapped_) / kPageBytes * kPageBytes;
  return bytes < std::min(kExtentBytesLeast, next_bytes_) ? 0 : bytes;
}

bool ExtentQueue::wants_more() const {
  return spares() < 1 && next_extent_bytes() > 0;
}

Result<void> ExtentQueue::refill(RegionProvider& provider) {
  const std::size_t bytes = next_extent_bytes();
  if (bytes == 0 || spares() == kSparesMax) return {};
  auto region = provider.allocate(bytes);
  if (!region) {
    may_grow_.store(false, std::memory_order_release);
    return region.error();
  }
  const std::size_t put = put_.load(std::memory_order_relaxed);
  spares_[put % kSparesMax] = {(*region)->bytes().first(bytes), (*region)->exported()};
  regions_.push_back(std::move(*region));
  bytes_mapped_ += bytes;
  next_bytes_ = std::min(next_bytes_ * 2, last_bytes_);
  // The extent first: a shard that is told that no other comes has this one.
  put_.store(put + 1, std::memory_order_release);
  may_grow_.store(next_extent_bytes() > 0, std::memory_order_release);
  return {};
}

Bytes ExtentQueue::export_of(const std::byte* address) const {
  for (std::size_t at = extents_taken_.size(); at > 0; --at) {  // the last ones are the largest
    const std::span<std::byte> extent = extents_taken_[at - 1];
    if (address >= extent.data() && address < extent.data() + extent.size()) return exports_taken_[at - 1];
  }
  return {};
}

std::span<std::byte> ExtentQueue::take() {
  const std::size_t taken = taken_.load(std::memory_order_relaxed);
  if (put_.load(std::memory_order_acquire) == taken) return {};
  const Spare extent = spares_[taken % kSparesMax];
  taken_.store(taken + 1, std::memory_order_release);
  exports_taken_.push_back(extent.exported);
  extents_taken_.push_back(extent.bytes);
  return extent.bytes;
}

}  // namespace lath
