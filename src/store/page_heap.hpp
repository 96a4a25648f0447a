// Runs of pages out of large extents; free neighbours join again. Every operation takes a bounded number of steps. Notes on the
// pages lie at the end of each extent, the lists of free runs in the free pages themselves, so that nothing here allocates but
// the short list of extents. The owning shard's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "store/layout.hpp"
#include "store/owned_word.hpp"

namespace lath {

// What is known of a page.
struct PageNote {
  std::uint32_t pages;        // of the free run that begins or ends here
  std::uint16_t slab_offset;  // in a slab: pages back to its first
  bool free;
};
static_assert(sizeof(PageNote) == 8);

class PageHeap {
 public:
  PageHeap() = default;
  PageHeap(const PageHeap&) = delete;
  PageHeap& operator=(const PageHeap&) = delete;

  // The extent becomes free pages: all of it but the notes, from its first byte on.
  void adopt(std::span<std::byte> extent);
  std::byte* allocate(std::size_t pages);  // nullptr where no run is long enough
  void release(std::byte* first, std::size_t pages);

  PageNote& note(const std::byte* address);
  std::size_t pages_free() const { return pages_free_; }
  std::size_t pages_of_last_extent() const { return pages_of_last_extent_; }
  std::size_t bytes_adopted() const { return bytes_adopted_; }

 private:
  static constexpr std::size_t kExactBins = 64;
  static constexpr std::size_t kBins = 128;
  static constexpr int kTriesInBin = 16;  // in a bin of mixed lengths, before a longer run is split

  struct FreeRun {
    OwnedWord<FreeRun*> next;
    OwnedWord<FreeRun*> previous;
    OwnedWord<std::size_t> pages;
  };
  struct Extent {
    std::byte* first;
    std::size_t pages;
    PageNote* notes;
    bool holds(const std::byte* address) const { return address >= first && address < first + pages * kPageBytes; }
  };

  static std::size_t bin_of(std::size_t pages);
  Extent& extent_of(const std::byte* address);
  void link(Extent& extent, std::byte* first, std::size_t pages);
  void unlink(FreeRun* run);
  FreeRun* find(std::size_t pages) const;
  std::size_t first_bin_from(std::size_t bin) const;

  std::vector<Extent> extents_;  // by address
  std::size_t extent_hit_ = 0;   // where the last search ended
  std::array<FreeRun*, kBins> bins_{};
  std::array<std::uint64_t, kBins / 64> bins_filled_{};
  std::size_t pages_free_ = 0;
  std::size_t pages_of_last_extent_ = 0;
  std::size_t bytes_adopted_ = 0;
};

}  // namespace lath
