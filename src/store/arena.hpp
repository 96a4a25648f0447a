// Blocks of a shard's registered memory. Up to 16 KiB they come from slabs by size class (at most an eighth is lost to rounding
// above 128 bytes), larger ones are runs of pages. Takes extents from the queue before it runs dry. The owning shard's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "store/extent_queue.hpp"
#include "store/owned_word.hpp"
#include "store/page_heap.hpp"

namespace lath {

class Arena {
 public:
  static constexpr std::size_t kClassBytesMax = lath::kClassBytesMax;
  static constexpr unsigned kRunClass = lath::kRunClass;  // the class of what is larger: its size is a multiple of pages

  explicit Arena(ExtentQueue& extents) : extents_(extents) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Not initialised, aligned to 8 bytes; nullptr where there is no memory (yet). A block is released with the bytes it was asked
  // with, or any count of the same class.
  std::byte* allocate(std::size_t bytes);
  void release(std::byte* block, std::size_t bytes);
  std::byte* allocate_pages(std::size_t pages);
  void release_pages(std::byte* first, std::size_t pages);
  // For who keeps a block's class. `bytes` matters only for kRunClass.
  void release_class(std::byte* block, unsigned size_class, std::size_t bytes);
  void shrink_run(std::byte* first, std::size_t bytes_before, std::size_t bytes_after);

  static unsigned class_of(std::size_t bytes);
  static std::size_t class_bytes(unsigned size_class) { return lath::class_bytes(size_class); }
  static std::size_t pages_of(std::size_t bytes) { return (bytes + kPageBytes - 1) / kPageBytes; }
  // What a block takes: of so many bytes, or of a class. With its part of the slab's header and end, so that the memory is used up where
  // the blocks say so.
  static std::size_t block_bytes(std::size_t bytes);
  static std::size_t block_bytes_of_class(unsigned size_class);

  std::size_t bytes_used() const { return bytes_used_; }  // of the blocks and runs given out
  bool may_grow() const { return extents_.may_grow(); }   // what found no memory may find some later
  std::size_t bytes_reserved() const { return heap_.bytes_adopted(); }

 private:
  static constexpr unsigned kClasses = kBlockClasses;

  // At the start of a slab; slabs with room are in their class's list.
  struct Slab {
    OwnedWord<Slab*> next;
    OwnedWord<Slab*> previous;
    OwnedWord<std::byte*> free;      // blocks given back, each holding the address of the next
    OwnedWord<std::uint32_t> fresh;  // blocks never given out begin here
    OwnedWord<std::uint32_t> used;
    OwnedWord<std::uint32_t> blocks;
    OwnedWord<std::uint32_t> pages;
  };

  static std::size_t slab_pages(std::size_t block_bytes);
  static std::size_t blocks_of_slab(std::size_t block_bytes);
  std::byte* take_pages(std::size_t pages);
  Slab* add_slab(unsigned size_class);
  void link(unsigned size_class, Slab* slab);
  void unlink(unsigned size_class, Slab* slab);

  ExtentQueue& extents_;
  PageHeap heap_;
  std::array<Slab*, kClasses> slabs_{};
  std::size_t bytes_used_ = 0;
};

}  // namespace lath
