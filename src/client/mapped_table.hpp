// Reads a shard's table by loads, where its memory is mapped: some tens of nanoseconds, without the shard's doing. One session's
// thread.
#pragma once

#include <cstdint>

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
  // The map outlives this. False: the root is not mapped.
  bool open(const ShardMemoryMap& memory, std::uint64_t root);
  void close() { root_ = nullptr; }
  bool is_open() const { return root_ != nullptr; }

  // One try. `key` is the whole key. The clock is read once the memory has been asked for, and `now` says what it said.
  ReadVerdict read(const SlotKey& slot_key, Bytes key, const ReadTerms& terms, const Clock& clock, TimeNs& now, SlotImage& image);
  // Asks the memory for what a read will touch.
  void prefetch(const SlotKey& slot_key);

 private:
  struct Pages {
    const std::uint64_t* addresses = nullptr;  // of the segment's pages, in the owner's address space
    std::uint32_t buckets = 0;
  };

  bool follow_layout(std::uint64_t layout);
  ReadVerdict find_pages(std::uint64_t place, Pages& pages) const;
  const Bucket* bucket_of(const Pages& pages, std::uint32_t index) const;
  ReadVerdict read_slot(const Slot& slot, Bytes key, SlotImage& image);
  ReadVerdict read_record(const Slot& copy, Bytes key, SlotImage& image);
  ReadVerdict confirm(std::uint64_t layout, const Slot& slot, const Slot& copy, const ReadTerms& terms, TimeNs now) const;

  const ShardMemoryMap* memory_ = nullptr;
  const RootPage* root_ = nullptr;
  std::uint64_t layout_ = 1;  // by which the directory was found; odd: none
  const std::uint64_t* directory_ = nullptr;
  std::uint64_t depth_ = 0;
  FrameBuffer record_;
};

}  // namespace lath
