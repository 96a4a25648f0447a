// How the table grows and shrinks: pages join and leave segments, segments split and join, the directory doubles and halves.
// Every step takes the memory it needs before it changes anything; without memory the table stays as it is.
#include <algorithm>
#include <cstring>

#include "base/assert.hpp"
#include "store/table.hpp"

namespace lath {

namespace {
constexpr std::size_t kSlotsPerPageWanted = 100;         // of a segment that is laid anew: 78 %
constexpr std::size_t kSlotsJoined = kSlotsPerPage / 2;  // two segments with fewer become one
// A directory is at most so many times longer than there are segments, whatever keys were chosen to break it.
constexpr std::size_t kDirectorySlack = 32;
}  // namespace

std::uint16_t Table::pages_for(std::size_t used) {
  return static_cast<std::uint16_t>(std::max<std::size_t>(1, (used + kSlotsPerPageWanted - 1) / kSlotsPerPageWanted));
}

bool Table::open() {
  if (root_ == nullptr) {
    std::byte* page = arena_->allocate_pages(1);
    if (page == nullptr) return false;
    std::memset(page, 0, kPageBytes);
    root_ = new (page) RootPage{};
  }
  std::byte* directory = arena_->allocate(sizeof(std::uint64_t));
  Segment* segment = make_segment(kSegmentPagesMax, 0, 0);
  std::byte* page = arena_->allocate_pages(1);
  if (directory == nullptr || segment == nullptr || page == nullptr) {
    if (directory != nullptr) arena_->release(directory, sizeof(std::uint64_t));
    if (segment != nullptr) free_segment(segment);
    if (page != nullptr) arena_->release_pages(page, 1);
    return false;
  }
  const LayoutChange change(*root_);
  directory_ = reinterpret_cast<std::uint64_t*>(directory);
  pages_.push_back(reinterpret_cast<Bucket*>(page));
  give_pages(*segment, 1);
  point_directory_at(segment);
  segments_ = segments_at_depth_ = 1;
  publish_directory();
  return true;
}

// Makes room in a segment that has reached its limit. Without memory it is filled to its last slot.
void Table::relieve(Segment* segment) {
  if (segment->pages >= kSegmentPagesMax && split(segment)) return;
  if (segment->pages < kSegmentPagesHardMax) add_pages(segment, static_cast<std::uint16_t>(1 + segment->pages / kSegmentPagesMax));
}

bool Table::add_pages(Segment* segment, std::uint16_t count) {
  const auto pages = static_cast<std::uint16_t>(segment->pages + count);
  Segment* grown = segment;
  if (pages > segment->capacity) {
    grown = make_segment(static_cast<std::uint16_t>(pages * 2), segment->depth, segment->prefix);
    if (grown == nullptr) return false;
  }
  if (!gather_pages(*segment, pages)) {
    if (grown != segment) free_segment(grown);
    return false;
  }
  const LayoutChange change(*root_);
  lift(*segment);
  give_pages(*grown, pages);
  lay(*grown, lifted_.data(), lifted_.data() + lifted_.size());
  lifted_.clear();
  point_directory_at(grown);
  if (grown != segment) free_segment(segment);
  return true;
}

bool Table::split(Segment* segment) {
  if (segment->depth >= kDepthMax) return false;
  if (segment->depth == depth_ && !double_directory()) return false;
  lift(*segment);
  const unsigned bit = 63 - segment->depth;
  const auto middle =
      std::partition(lifted_.begin(), lifted_.end(), [bit](const Slot& slot) { return (place_of_slot(slot) >> bit & 1U) == 0; });
  const auto low_slots = static_cast<std::size_t>(middle - lifted_.begin());
  const std::uint16_t low_pages = pages_for(low_slots);
  const std::uint16_t high_pages = pages_for(lifted_.size() - low_slots);
  const std::uint32_t depth = segment->depth + 1;
  Segment* low = make_segment(std::max(low_pages, kSegmentPagesMax), depth, segment->prefix);
  Segment* high = make_segment(std::max(high_pages, kSegmentPagesMax), depth, segment->prefix | 1U << (32 - depth));
  if (low == nullptr || high == nullptr || !gather_pages(*segment, std::size_t{low_pages} + high_pages)) {
    if (low != nullptr) free_segment(low);
    if (high != nullptr) free_segment(high);
    lifted_.clear();
    return false;
  }
  const LayoutChange change(*root_);
  give_pages(*low, low_pages);
  give_pages(*high, high_pages);
  drop_pages();
  lay(*low, lifted_.data(), lifted_.data() + low_slots);
  lay(*high, lifted_.data() + low_slots, lifted_.data() + lifted_.size());
  lifted_.clear();
  point_directory_at(low);
  point_directory_at(high);
  free_segment(segment);
  ++segments_;
  if (depth == depth_) segments_at_depth_ += 2;
  return true;
}

bool Table::double_directory() {
  const std::size_t entries = std::size_t{1} << depth_;
  if (entries * 2 > kDirectorySlack * (segments_ + 1)) return false;
  std::byte* block = arena_->allocate(entries * 2 * sizeof(std::uint64_t));
  if (block == nullptr) return false;
  const LayoutChange change(*root_);
  auto* doubled = reinterpret_cast<std::uint64_t*>(block);
  for (std::size_t entry = 0; entry < entries; ++entry) {
    store_word(doubled[2 * entry], directory_[entry]);
    store_word(doubled[2 * entry + 1], directory_[entry]);
  }
  arena_->release(reinterpret_cast<std::byte*>(directory_), entries * sizeof(std::uint64_t));
  directory_ = doubled;
  ++depth_;
  segments_at_depth_ = 0;
  publish_directory();
  return true;
}

void Table::halve_directory() {
  const std::size_t entries = std::size_t{1} << depth_;
  std::byte* block = arena_->allocate(entries / 2 * sizeof(std::uint64_t));
  if (block == nullptr) return;
  const LayoutChange change(*root_);
  auto* halved = reinterpret_cast<std::uint64_t*>(block);
  for (std::size_t entry = 0; entry < entries / 2; ++entry) {
    store_word(halved[entry], directory_[2 * entry]);
    if (segment_at(halved[entry])->depth == depth_ - 1) ++segments_at_depth_;
  }
  arena_->release(reinterpret_cast<std::byte*>(directory_), entries * sizeof(std::uint64_t));
  directory_ = halved;
  --depth_;
  publish_directory();
}

void Table::shrink(Segment* segment) {
  if (segment->pages > 1) {
    const std::uint16_t pages = pages_for(segment->used);
    if (segment->used * 2 >= segment->pages * kSlotsPerPage || pages >= segment->pages) return;
    LATH_ASSERT(gather_pages(*segment, pages));
    const LayoutChange change(*root_);
    lift(*segment);
    give_pages(*segment, pages);
    drop_pages();
    lay(*segment, lifted_.data(), lifted_.data() + lifted_.size());
    lifted_.clear();
    point_directory_at(segment);
    return;
  }
  while (segment->used < kSlotsJoined && join_with_buddy(segment)) {
    if (segments_at_depth_ == 0 && depth_ > 0) halve_directory();
  }
}

bool Table::join_with_buddy(Segment* segment) {
  if (segment->depth == 0) return false;
  const std::uint32_t bit = 1U << (32 - segment->depth);
  Segment* buddy = segment_of(std::uint64_t{segment->prefix ^ bit} << 32);
  if (buddy->depth != segment->depth || buddy->pages > 1 || buddy->used + segment->used > kSlotsJoined) return false;
  const LayoutChange change(*root_);
  lift(*segment);
  lift(*buddy);
  LATH_ASSERT(gather_pages(*segment, 1));
  give_pages(*segment, 1);
  lay(*segment, lifted_.data(), lifted_.data() + lifted_.size());
  lifted_.clear();
  arena_->release_pages(reinterpret_cast<std::byte*>(buddy->page(0)), 1);
  free_segment(buddy);
  if (segment->depth == depth_) segments_at_depth_ -= 2;
  segment->depth -= 1;
  segment->prefix = segment->prefix & ~bit;
  --segments_;
  point_directory_at(segment);
  return true;
}

Segment* Table::make_segment(std::uint16_t capacity, std::uint32_t depth, std::uint32_t prefix) {
  std::byte* block = arena_->allocate(segment_bytes(capacity));
  return block == nullptr ? nullptr : new (block) Segment{0, 0, capacity, depth, prefix};
}

void Table::free_segment(Segment* segment) {
  arena_->release(reinterpret_cast<std::byte*>(segment), segment_bytes(segment->capacity));
}

bool Table::gather_pages(const Segment& segment, std::size_t count) {
  for (std::size_t page = 0; page < segment.pages; ++page) pages_.push_back(segment.page(page));
  while (pages_.size() < count) {
    std::byte* page = arena_->allocate_pages(1);
    if (page == nullptr) {
      while (pages_.size() > segment.pages) {
        arena_->release_pages(reinterpret_cast<std::byte*>(pages_.back()), 1);
        pages_.pop_back();
      }
      pages_.clear();
      return false;
    }
    pages_.push_back(reinterpret_cast<Bucket*>(page));
  }
  return true;
}

void Table::give_pages(Segment& segment, std::size_t count) {
  for (std::size_t page = 0; page < count; ++page) {
    // What is empty is told by the control words alone.
    for (unsigned bucket = 0; bucket < kBucketsPerPage; ++bucket)
      for (Slot& slot : pages_.back()[bucket].slots) store_word(slot.control, 0);
    segment.set_page(page, pages_.back());
    pages_.pop_back();
  }
  segment.pages = static_cast<std::uint16_t>(count);
}

void Table::drop_pages() {
  for (Bucket* page : pages_) arena_->release_pages(reinterpret_cast<std::byte*>(page), 1);
  pages_.clear();
}

void Table::point_directory_at(Segment* segment) {
  const std::size_t first = index_of(std::uint64_t{segment->prefix} << 32);
  const std::size_t count = std::size_t{1} << (depth_ - segment->depth);
  for (std::size_t entry = first; entry < first + count; ++entry) store_word(directory_[entry], directory_entry(segment));
}

void Table::publish_directory() {
  store_word(root_->directory, reinterpret_cast<std::uint64_t>(directory_));
  store_word(root_->depth, depth_);
}

void Table::lift(const Segment& segment) {
  for (std::uint32_t index = 0; index < segment.buckets(); ++index)
    for (const Slot& slot : segment.bucket(index).slots)
      if (!is_empty(slot)) lifted_.push_back(slot);
}

void Table::lay(Segment& segment, const Slot* first, const Slot* end) {
  segment.used = static_cast<std::uint32_t>(end - first);
  for (; first != end; ++first) {
    Slot* slot = free_slot(segment, place_of_slot(*first));
    LATH_ASSERT(slot != nullptr);
    copy_slot(*slot, *first);
  }
}

}  // namespace lath
