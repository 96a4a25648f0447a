// Where a shard gets large pieces of registered memory without waiting. The control thread maps and touches them ahead of need; the
// shard takes them. One producer, one consumer, no lock, no atomic read-modify-write; what was mapped stays until the queue goes.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/region.hpp"
#include "lath/limits.hpp"

namespace lath {

class ExtentQueue {
 public:
  static constexpr std::size_t kExtentBytesFirst = 4UL << 20;   // an idle shard costs little, and a test too
  static constexpr std::size_t kExtentBytesLast = 64UL << 20;   // mapping one takes tens of milliseconds; few rkeys for many bytes
  static constexpr std::size_t kExtentBytesLeast = 64UL << 10;  // below this a last piece is not worth its registration

  explicit ExtentQueue(std::size_t bytes_limit, std::size_t extent_bytes_first = kExtentBytesFirst,
                       std::size_t extent_bytes_last = kExtentBytesLast)
      : bytes_limit_(bytes_limit), next_bytes_(extent_bytes_first), last_bytes_(extent_bytes_last) {
    may_grow_.store(next_extent_bytes() > 0, std::memory_order_relaxed);
  }
  ExtentQueue(const ExtentQueue&) = delete;
  ExtentQueue& operator=(const ExtentQueue&) = delete;

  // The control thread's side. An extent is being prepared, or should be: there is no spare one, and the limit is not reached.
  bool wants_more() const;
  // Maps one extent and zeroes, by which its pages come, at most `bytes_at_most` of it; the shard can take it once all of it is zeroed,
  // until when wants_more() is true and each call goes on. Does nothing where the limit is reached or spares abound.
  Result<void> refill(RegionProvider& provider, std::size_t bytes_at_most = SIZE_MAX);
  std::size_t bytes_untouched() const { return prepared_.size() - zeroed_; }  // of the extent that is being prepared; 0: none is
  // The shard asked for an extent, and has got none since.
  bool is_starving() const { return starving_.load(std::memory_order_relaxed); }
  // Everything mapped so far, for whoever must publish it to readers.
  const std::vector<std::unique_ptr<Region>>& regions() const { return regions_; }
  std::size_t bytes_mapped() const { return bytes_mapped_; }
  std::size_t bytes_limit() const { return bytes_limit_; }

  // The shard's side. An empty span when there is none yet.
  std::span<std::byte> take();
  // What was taken so far, as readers attach it; empty exports where they cannot.
  const std::vector<Bytes>& exports_taken() const { return exports_taken_; }
  Bytes export_of(const std::byte* address) const;  // of the extent that holds it; it must have been taken
  // Whether another extent can be expected: the limit is not reached, and the system did not refuse the last one.
  bool may_grow() const { return may_grow_.load(std::memory_order_acquire); }

 private:
  static constexpr std::size_t kSparesMax = 4;

  Result<void> map_next(RegionProvider& provider);
  void put_prepared();
  std::size_t next_extent_bytes() const;
  std::size_t spares() const { return put_.load(std::memory_order_relaxed) - taken_.load(std::memory_order_acquire); }

  std::size_t bytes_limit_;
  std::size_t next_bytes_;
  std::size_t last_bytes_;
  std::size_t bytes_mapped_ = 0;
  std::vector<std::unique_ptr<Region>> regions_;
  std::span<std::byte> prepared_;  // the extent that is being zeroed, the last of the regions; empty when none is
  std::size_t zeroed_ = 0;         // bytes of it
  struct Spare {
    std::span<std::byte> bytes;
    Bytes exported;  // the region's own
  };
  std::array<Spare, kSparesMax> spares_{};
  std::vector<Bytes> exports_taken_;  // the shard's
  std::vector<std::span<std::byte>> extents_taken_;
  std::atomic<std::size_t> put_{0};  // by the control thread, as is the next
  std::atomic<bool> may_grow_{true};
  alignas(kCacheLineBytes) std::atomic<std::size_t> taken_{0};  // by the shard
  std::atomic<bool> starving_{false};                           // set by the shard, reset by the control thread
};

}  // namespace lath
