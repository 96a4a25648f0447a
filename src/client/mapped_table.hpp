// Reads a shard's table by loads, where its memory is mapped: some tens of nanoseconds, without the shard's doing. One session's
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.hpp"
#include "base/frame_buffer.hpp"
#include "client/shard_memory_map.hpp"
#include "client/table_image.hpp"

namespace lath {

// What was read of a key: its slot, and the value where a record holds it (else in the slot).
struct SlotImage {
  Slot slot{};
  Bytes value;  // valid until the next read
};

class MappedTable {
 public:
  // The map outlives this, and gets no other pieces but more of them until it is opened again. False: the root is not mapped.
  bool open(const ShardMemoryMap& memory, std::uint64_t root);
  void close() { root_ = nullptr; }
  bool is_open() const { return root_ != nullptr; }

  // One try. `key` is the whole key. The clock is read once the memory has been asked for, and `now` says what it said.
  ReadVerdict read(const SlotKey& slot_key, Bytes key, const ReadTerms& terms, const Clock& clock, TimeNs& now, SlotImage& image);
  // Asks the memory for what a read will touch.
  void prefetch(const SlotKey& slot_key);

 private:
  // Where a segment's pages are in our address space, by its entry in the directory: a cache line, so that a read touches little else
  // before its bucket. Holds while the layout is the one it was found by.
  struct alignas(64) Known {
    std::uint64_t layout = 1;  // odd: nothing is known
    std::uint32_t index = 0;
    std::uint32_t buckets = 0;
    std::array<std::uint32_t, kPagesReadMax> pages{};  // piece of the map above kPageNumberBits, page in it below
  };
  static constexpr unsigned kPageNumberBits = 20;  // pieces of 4 GiB, 4096 of them
  static constexpr std::size_t kPageNumberMask = (std::size_t{1} << kPageNumberBits) - 1;
  static constexpr std::size_t kKnownMax = std::size_t{1} << 14;  // 1 MiB: some 15 M keys of one shard

  bool follow_layout(std::uint64_t layout);
  ReadVerdict learn(std::uint64_t layout, std::size_t index, Known& known);
  // What is known of a place's segment, learned where it is not.
  ReadVerdict know(std::uint64_t layout, std::uint64_t place, const Known*& known) {
    const std::size_t index = directory_index(place, depth_);
    Known& kept = known_[index & (known_.size() - 1)];
    known = &kept;
    if (kept.layout == layout && kept.index == index) [[likely]]
      return ReadVerdict::kFound;
    return learn(layout, index, kept);
  }
  const Bucket* bucket_of(const Known& known, std::uint32_t index) const {
    const std::uint32_t number = known.pages[index / kBucketsPerPage];
    const std::byte* page = pieces_[number >> kPageNumberBits] + (number & kPageNumberMask) * kPageBytes;
    return reinterpret_cast<const Bucket*>(page) + index % kBucketsPerPage;
  }
  ReadVerdict read_slot(const Slot& copy, Bytes key, SlotImage& image);
  ReadVerdict read_record(const Slot& copy, Bytes key, SlotImage& image);
  ReadVerdict confirm(std::uint64_t layout, const Slot& slot, const Slot& copy, const ReadTerms& terms, TimeNs now) const;

  const ShardMemoryMap* memory_ = nullptr;
  const RootPage* root_ = nullptr;
  std::uint64_t layout_ = 1;  // by which the directory was found; odd: none
  const std::uint64_t* directory_ = nullptr;
  std::uint64_t depth_ = 0;
  std::vector<const std::byte*> pieces_;  // where the map's are: it only grows
  std::vector<Known> known_;
  FrameBuffer record_;
};

}  // namespace lath
