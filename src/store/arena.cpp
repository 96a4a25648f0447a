#include "store/arena.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"

namespace lath {

unsigned Arena::class_of(std::size_t bytes) {
  if (bytes <= kFineBlockBytesMax) return static_cast<unsigned>((std::max<std::size_t>(bytes, 1) + 7) / 8 - 1);
  if (bytes > kClassBytesMax) return kRunClass;
  const auto doubling = static_cast<unsigned>(std::bit_width(bytes - 1)) - 1;  // 2^doubling < bytes <= 2^(doubling + 1)
  const auto step = static_cast<unsigned>((bytes - 1) >> (doubling - 3)) & 7U;
  return kFineBlockClasses + (doubling - 7) * 8 + step;
}

std::size_t Arena::block_bytes(std::size_t bytes) {
  const unsigned size_class = class_of(bytes);
  return size_class == kRunClass ? pages_of(bytes) * kPageBytes : block_bytes_of_class(size_class);
}

std::size_t Arena::block_bytes_of_class(unsigned size_class) {
  static const auto kBytes = [] {
    std::array<std::uint32_t, kClasses> bytes{};
    for (unsigned each = 0; each < kClasses; ++each) {
      const std::size_t block = class_bytes(each);
      bytes[each] = static_cast<std::uint32_t>(slab_pages(block) * kPageBytes / blocks_of_slab(block));
    }
    return bytes;
  }();
  return kBytes[size_class];
}

// The smallest slab that loses at most a sixteenth to its header and its end; where none of up to 64 KiB does, the one that loses least.
std::size_t Arena::slab_pages(std::size_t block_bytes) {
  std::size_t best = 1;
  std::size_t best_held = 0;  // bytes of blocks
  for (std::size_t pages = 1; pages <= 16; ++pages) {
    const std::size_t held = (pages * kPageBytes - sizeof(Slab)) / block_bytes * block_bytes;
    if (held * best > best_held * pages) {
      best = pages;
      best_held = held;
    }
    if (best_held * 16 >= best * kPageBytes * 15) break;
  }
  return best;
}

std::size_t Arena::blocks_of_slab(std::size_t block_bytes) {
  return (slab_pages(block_bytes) * kPageBytes - sizeof(Slab)) / block_bytes;
}

std::byte* Arena::take_pages(std::size_t pages) {
  // Early, so that the control thread maps the next one while there is still room.
  if (heap_.pages_free() <= heap_.pages_of_last_extent() / 4) {
    if (const auto extent = extents_.take(); !extent.empty()) heap_.adopt(extent);
  }
  std::byte* first = heap_.allocate(pages);
  while (first == nullptr) {
    const auto extent = extents_.take();
    if (extent.empty()) return nullptr;
    heap_.adopt(extent);
    first = heap_.allocate(pages);
  }
  return first;
}

std::byte* Arena::allocate_pages(std::size_t pages) {
  std::byte* first = take_pages(pages);
  if (first != nullptr) bytes_used_ += pages * kPageBytes;
  return first;
}

void Arena::release_pages(std::byte* first, std::size_t pages) {
  heap_.release(first, pages);
  bytes_used_ -= pages * kPageBytes;
}

void Arena::link(unsigned size_class, Slab* slab) {
  slab->previous = nullptr;
  slab->next = slabs_[size_class];
  if (slab->next != nullptr) slab->next->previous = slab;
  slabs_[size_class] = slab;
}

void Arena::unlink(unsigned size_class, Slab* slab) {
  if (slab->next != nullptr) slab->next->previous = slab->previous;
  if (slab->previous != nullptr)
    slab->previous->next = slab->next;
  else
    slabs_[size_class] = slab->next;
}

Arena::Slab* Arena::add_slab(unsigned size_class) {
  const std::size_t bytes = class_bytes(size_class);
  const std::size_t pages = slab_pages(bytes);
  std::byte* first = take_pages(pages);
  if (first == nullptr) return nullptr;
  for (std::size_t page = 0; page < pages; ++page)
    heap_.note(first + page * kPageBytes) = PageNote{0, static_cast<std::uint16_t>(page), false};
  const auto blocks = static_cast<std::uint32_t>(blocks_of_slab(bytes));
  auto* slab = new (first) Slab{nullptr, nullptr, nullptr, 0, 0, blocks, static_cast<std::uint32_t>(pages)};
  link(size_class, slab);
  return slab;
}

std::byte* Arena::allocate(std::size_t bytes) {
  const unsigned size_class = class_of(bytes);
  if (size_class == kRunClass) return allocate_pages(pages_of(bytes));
  Slab* slab = slabs_[size_class];
  if (slab == nullptr) slab = add_slab(size_class);
  if (slab == nullptr) return nullptr;
  std::byte* block = slab->free;
  if (block != nullptr) {
    slab->free = *reinterpret_cast<std::byte* const*>(block);
  } else {
    block = reinterpret_cast<std::byte*>(slab + 1) + slab->fresh * class_bytes(size_class);
    slab->fresh += 1;
  }
  if ((slab->used += 1) == slab->blocks) unlink(size_class, slab);
  bytes_used_ += block_bytes_of_class(size_class);
  return block;
}

void Arena::release(std::byte* block, std::size_t bytes) {
  release_class(block, class_of(bytes), bytes);
}

void Arena::shrink_run(std::byte* first, std::size_t bytes_before, std::size_t bytes_after) {
  const std::size_t before = pages_of(bytes_before);
  const std::size_t after = pages_of(bytes_after);
  if (after >= before) return;
  std::byte* rest = first + after * kPageBytes;
  heap_.note(rest) = heap_.note(rest - kPageBytes) = PageNote{};  // two runs meet here now
  release_pages(rest, before - after);
}

void Arena::release_class(std::byte* block, unsigned size_class, std::size_t bytes) {
  if (size_class == kRunClass) return release_pages(block, pages_of(bytes));
  const auto page = reinterpret_cast<std::uintptr_t>(block) / kPageBytes;
  const std::size_t offset = heap_.note(block).slab_offset;
  auto* slab = reinterpret_cast<Slab*>((page - offset) * kPageBytes);
  LATH_ASSERT(slab->used > 0);
  // A reader may still be at what was here.
  store_word(*reinterpret_cast<std::uint64_t*>(block), reinterpret_cast<std::uint64_t>(static_cast<std::byte*>(slab->free)));
  slab->free = block;
  bytes_used_ -= block_bytes_of_class(size_class);
  if (slab->used == slab->blocks) link(size_class, slab);
  slab->used -= 1;
  if (slab->used > 0) return;
  unlink(size_class, slab);
  heap_.release(reinterpret_cast<std::byte*>(slab), slab->pages);
}

}  // namespace lath
