#include "store/page_heap.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"

namespace lath {

std::size_t PageHeap::bin_of(std::size_t pages) {
  if (pages <= kExactBins) return pages - 1;
  return kExactBins + static_cast<std::size_t>(std::bit_width(pages)) - static_cast<std::size_t>(std::bit_width(kExactBins));
}

void PageHeap::adopt(std::span<std::byte> extent) {
  const std::size_t pages = extent.size() / (kPageBytes + sizeof(PageNote));
  if (pages == 0) return;
  auto* notes = reinterpret_cast<PageNote*>(extent.data() + pages * kPageBytes);
  const Extent added{extent.data(), pages, notes};
  const auto by_address = [](const Extent& a, const Extent& b) { return a.first < b.first; };
  const auto position = extents_.insert(std::upper_bound(extents_.begin(), extents_.end(), added, by_address), added);
  pages_of_last_extent_ = pages;
  bytes_adopted_ += extent.size();
  pages_free_ += pages;
  link(*position, extent.data(), pages);
}

PageHeap::Extent& PageHeap::extent_of(const std::byte* address) {
  if (extent_hit_ < extents_.size() && extents_[extent_hit_].holds(address)) return extents_[extent_hit_];
  const auto before = [](const std::byte* wanted, const Extent& extent) { return wanted < extent.first; };
  const auto after = std::upper_bound(extents_.begin(), extents_.end(), address, before);
  LATH_ASSERT(after != extents_.begin() && std::prev(after)->holds(address));
  extent_hit_ = static_cast<std::size_t>(after - extents_.begin()) - 1;
  return extents_[extent_hit_];
}

PageNote& PageHeap::note(const std::byte* address) {
  const Extent& extent = extent_of(address);
  return extent.notes[static_cast<std::size_t>(address - extent.first) / kPageBytes];
}

void PageHeap::link(Extent& extent, std::byte* first, std::size_t pages) {
  const std::size_t bin = bin_of(pages);
  auto* run = new (first) FreeRun{bins_[bin], nullptr, pages};
  if (run->next != nullptr) run->next->previous = run;
  bins_[bin] = run;
  bins_filled_[bin / 64] |= std::uint64_t{1} << bin % 64;
  const std::size_t index = static_cast<std::size_t>(first - extent.first) / kPageBytes;
  const PageNote note{static_cast<std::uint32_t>(pages), 0, true};
  extent.notes[index] = note;
  extent.notes[index + pages - 1] = note;
}

void PageHeap::unlink(FreeRun* run) {
  const std::size_t bin = bin_of(run->pages);
  if (run->next != nullptr) run->next->previous = run->previous;
  if (run->previous != nullptr) {
    run->previous->next = run->next;
    return;
  }
  bins_[bin] = run->next;
  if (run->next == nullptr) bins_filled_[bin / 64] &= ~(std::uint64_t{1} << bin % 64);
}

std::size_t PageHeap::first_bin_from(std::size_t bin) const {
  for (std::size_t word = bin / 64; word < bins_filled_.size(); ++word) {
    const std::uint64_t above = word == bin / 64 ? ~std::uint64_t{0} << bin % 64 : ~std::uint64_t{0};
    if (const std::uint64_t filled = bins_filled_[word] & above; filled != 0)
      return word * 64 + static_cast<std::size_t>(std::countr_zero(filled));
  }
  return kBins;
}

PageHeap::FreeRun* PageHeap::find(std::size_t pages) const {
  std::size_t bin = bin_of(pages);
  if (bin >= kExactBins) {  // runs of several lengths share it
    int tries = kTriesInBin;
    for (FreeRun* run = bins_[bin]; run != nullptr && tries > 0; run = run->next, --tries)
      if (run->pages >= pages) return run;
    ++bin;
  }
  bin = first_bin_from(bin);
  return bin < kBins ? bins_[bin] : nullptr;
}

std::byte* PageHeap::allocate(std::size_t pages) {
  FreeRun* run = find(pages);
  if (run == nullptr) return nullptr;
  const std::size_t found = run->pages;
  unlink(run);
  auto* first = reinterpret_cast<std::byte*>(run);
  Extent& extent = extent_of(first);
  if (found > pages) link(extent, first + pages * kPageBytes, found - pages);
  const std::size_t index = static_cast<std::size_t>(first - extent.first) / kPageBytes;
  extent.notes[index] = extent.notes[index + pages - 1] = PageNote{};
  pages_free_ -= pages;
  return first;
}

void PageHeap::release(std::byte* first, std::size_t pages) {
  Extent& extent = extent_of(first);
  pages_free_ += pages;
  std::size_t index = static_cast<std::size_t>(first - extent.first) / kPageBytes;
  LATH_ASSERT(index + pages <= extent.pages && !extent.notes[index].free);
  if (index + pages < extent.pages && extent.notes[index + pages].free) {
    auto* behind = reinterpret_cast<FreeRun*>(first + pages * kPageBytes);
    unlink(behind);
    pages += behind->pages;
  }
  if (index > 0 && extent.notes[index - 1].free) {
    const std::size_t before = extent.notes[index - 1].pages;
    index -= before;
    unlink(reinterpret_cast<FreeRun*>(extent.first + index * kPageBytes));
    pages += before;
  }
  link(extent, extent.first + index * kPageBytes, pages);
}

}  // namespace lath
