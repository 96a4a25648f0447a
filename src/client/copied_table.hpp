// Reads a shard's table by copies, where its memory can be fetched but not mapped: a state machine that says what to fetch next and
// looks at it once it is there. A read whose segment was met before under the same layout takes two steps: buckets, then slot
// and root again. One session's thread; no I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/frame_buffer.hpp"
#include "client/mapped_table.hpp"
#include "client/table_image.hpp"

namespace lath {

// What is known of a table between reads.
class CopiedTable {
 public:
  struct Pages {
    std::uint64_t layout = 1;  // odd: nothing is known
    std::uint32_t index = 0;   // in the directory
    std::uint32_t count = 0;
    std::array<std::uint64_t, kPagesReadMax> addresses{};
  };

  void open(std::uint64_t root) {
    root_ = root;
    layout_ = 1;
    pages_.assign(kSegmentsKept, {});
  }
  std::uint64_t root() const { return root_; }
  bool knows_directory() const { return !is_moving(layout_); }
  std::uint64_t layout() const { return layout_; }
  // False: it is moving, or damaged.
  bool note_root(const RootPage& root);
  void forget() { layout_ = 1; }  // what led out of the memory
  std::size_t index_of(std::uint64_t place) const { return directory_index(place, depth_); }
  std::uint64_t entry_address(std::size_t index) const { return directory_ + index * sizeof(std::uint64_t); }
  // The place of what is known of an entry; whether it still holds is for the caller to see.
  Pages& pages_at(std::size_t index) { return pages_[index & (pages_.size() - 1)]; }

 private:
  static constexpr std::size_t kSegmentsKept = 4096;  // half a MiB: 4.5 M keys of one shard

  std::uint64_t root_ = 0;
  std::uint64_t layout_ = 1;
  std::uint64_t directory_ = 0;
  std::uint64_t depth_ = 0;
  std::vector<Pages> pages_;
};

class CopiedRead {
 public:
  struct Fetch {
    std::uint64_t address = 0;
    std::span<std::byte> room;
  };

  // `table` outlives the read; the key's bytes are the caller's and stay until the end.
  void begin(CopiedTable& table, const SlotKey& slot_key, Bytes key);
  void begin_again() { begin(*table_, slot_key_, key_); }
  // What to fetch, in any order; then step().
  std::span<const Fetch> fetches() const { return std::span(fetches_).first(fetch_count_); }
  // All was fetched since. `now` is no later than the fetches' beginning. nullopt: fetch on.
  std::optional<ReadVerdict> step(const ReadTerms& terms, TimeNs now);
  const SlotImage& image() const { return image_; }

 private:
  enum class Step : std::uint8_t { kRoot, kEntry, kPages, kBuckets, kRecord, kConfirm, kDoubt };

  void fetch(Step step, std::uint64_t address, std::span<std::byte> room);
  std::optional<ReadVerdict> on_root();
  std::optional<ReadVerdict> on_entry();
  std::optional<ReadVerdict> on_pages();
  std::optional<ReadVerdict> on_buckets();
  std::optional<ReadVerdict> on_record();
  ReadVerdict on_confirm(const ReadTerms& terms, TimeNs now);
  std::optional<ReadVerdict> find_pages();
  std::optional<ReadVerdict> fetch_buckets();
  std::optional<ReadVerdict> found(const Slot& slot);
  std::optional<ReadVerdict> fetch_record();
  void fetch_confirmation();
  std::optional<ReadVerdict> doubt(ReadVerdict verdict);
  ReadVerdict on_doubt();

  CopiedTable* table_ = nullptr;
  SlotKey slot_key_;
  Bytes key_;
  Step step_ = Step::kRoot;
  std::uint64_t layout_ = 1;
  std::size_t index_ = 0;           // in the directory
  std::uint32_t buckets_ = 0;       // of the segment
  CopiedTable::Pages fetched_;      // what is being learned of it
  std::uint32_t bucket_index_ = 0;  // the first of those fetched
  std::uint32_t buckets_fetched_ = 0;
  std::uint32_t buckets_read_ = 0;  // before them
  std::uint64_t slots_address_ = 0;
  unsigned slot_index_ = 0;  // among their slots, where the search goes on if a record is another key's
  std::array<Fetch, 2> fetches_;
  std::size_t fetch_count_ = 0;
  SlotImage image_;
  RecordSite site_;
  ReadVerdict doubted_ = ReadVerdict::kMissing;

  // Rooms.
  RootPage root_{};
  std::uint64_t entry_ = 0;
  std::array<Bucket, kBucketsPerCopy> buckets_room_{};
  Slot slot_again_{};
  FrameBuffer record_;
};

}  // namespace lath
