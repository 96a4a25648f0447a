#include "store/extent_queue.hpp"

#include <algorithm>
#include <cstring>

#include "store/layout.hpp"

namespace lath {

std::size_t ExtentQueue::next_extent_bytes() const {
  const std::size_t bytes = std::min(next_bytes_, bytes_limit_ - bytes_mapped_) / kPageBytes * kPageBytes;
  return bytes < std::min(kExtentBytesLeast, next_bytes_) ? 0 : bytes;
}

bool ExtentQueue::wants_more() const {
  return !prepared_.empty() || (spares() < 1 && next_extent_bytes() > 0);
}

Result<void> ExtentQueue::refill(RegionProvider& provider, std::size_t bytes_at_most) {
  if (prepared_.empty()) {
    if (next_extent_bytes() == 0 || spares() == kSparesMax) return {};
    if (auto mapped = map_next(provider); !mapped) return mapped;
  }
  const std::span<std::byte> part = prepared_.subspan(zeroed_, std::min(bytes_at_most, prepared_.size() - zeroed_));
  std::memset(part.data(), 0, part.size());
  zeroed_ += part.size();
  if (zeroed_ == prepared_.size()) put_prepared();
  return {};
}

Result<void> ExtentQueue::map_next(RegionProvider& provider) {
  const std::size_t bytes = next_extent_bytes();
  auto region = provider.allocate(bytes);
  if (!region) {
    may_grow_.store(false, std::memory_order_release);
    return region.error();
  }
  may_grow_.store(true, std::memory_order_release);
  prepared_ = (*region)->bytes().first(bytes);
  zeroed_ = 0;
  regions_.push_back(std::move(*region));
  bytes_mapped_ += bytes;
  next_bytes_ = std::min(next_bytes_ * 2, last_bytes_);
  return {};
}

void ExtentQueue::put_prepared() {
  const std::size_t put = put_.load(std::memory_order_relaxed);
  spares_[put % kSparesMax] = {prepared_, regions_.back()->exported()};
  prepared_ = {};
  zeroed_ = 0;
  starving_.store(false, std::memory_order_relaxed);
  // The extent first: a shard that is told that no other comes has this one.
  put_.store(put + 1, std::memory_order_release);
  may_grow_.store(next_extent_bytes() > 0, std::memory_order_release);
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
  if (put_.load(std::memory_order_acquire) == taken) {
    if (!is_starving() && may_grow()) starving_.store(true, std::memory_order_relaxed);
    return {};
  }
  const Spare extent = spares_[taken % kSparesMax];
  taken_.store(taken + 1, std::memory_order_release);
  exports_taken_.push_back(extent.exported);
  extents_taken_.push_back(extent.bytes);
  return extent.bytes;
}

}  // namespace lath
