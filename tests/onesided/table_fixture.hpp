// A store, and one-sided readers of its memory in the same process: by loads, and by copies whose fetches the test makes itself.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client/cell_view.hpp"
#include "client/copied_table.hpp"
#include "client/mapped_table.hpp"
#include "tests/store/store_fixture.hpp"

namespace lath {

struct TableFixture : StoreFixture {
  static constexpr std::uint64_t kEpoch = 0xe1;

  explicit TableFixture(std::size_t memory_bytes = 64UL << 20, std::size_t extent_first = 64UL << 10)
      : StoreFixture(memory_bytes, extent_first) {
    terms = {.incarnation = kSelf.incarnation, .epoch = kEpoch, .shard_ns = time.now_ns(), .asked_ns = time.now_ns()};
  }

  // A turn of the shard, and what a session would do to keep up with its memory.
  void turn() {
    store.publish_turn(time.now_ns(), kEpoch);
    map.clear();
    for (const auto& region : extents.queue().regions()) {
      const auto bytes = region->bytes();
      map.add({.id = {}, .base = reinterpret_cast<std::uint64_t>(bytes.data()), .bytes = bytes.size(), .mapping = bytes.data()});
    }
    const auto root = reinterpret_cast<std::uint64_t>(store.root());
    if (root == 0) return;
    if (!mapped.is_open()) {
      EXPECT_TRUE(mapped.open(map, root));
    }
    if (copied.root() == 0) copied.open(root);
  }

  static SlotKey slot_key(const Key& key) { return {key.bytes, key.hash}; }

  ReadVerdict read_mapped(const Key& key, SlotImage& image) {
    TimeNs now = 0;
    return mapped.read(slot_key(key), key.bytes, terms, time, now, image);
  }
  // `between` runs before each step's fetches.
  ReadVerdict read_copied(const Key& key, SlotImage& image, const std::function<void()>& between = {}) {
    copied_read.begin(copied, slot_key(key), key.bytes);
    for (;;) {
      const TimeNs now = time.now_ns();
      for (const CopiedRead::Fetch& wanted : copied_read.fetches()) {
        if (between) between();
        const std::byte* from = map.at(wanted.address, wanted.room.size());
        if (from == nullptr) {
          copied.forget();
          return ReadVerdict::kOutside;
        }
        std::memcpy(wanted.room.data(), from, wanted.room.size());
      }
      if (const auto verdict = copied_read.step(terms, now)) {
        image = copied_read.image();
        return *verdict;
      }
    }
  }
  std::optional<std::string> value_by(ReadVerdict verdict, const SlotImage& image) {
    if (verdict != ReadVerdict::kFound) return std::nullopt;
    const auto answer = answer_from(image, {Opcode::kGet, {}, {}}, scratch);
    if (!answer || answer->status != Code::kOk) return std::nullopt;
    return std::string(as_text(answer->payload));
  }

  // The slot that holds the key, for tests that write into it behind the store's back.
  Slot* slot_of(const Key& key) {
    const RootPage& root = *store.root();
    const SlotKey wanted = slot_key(key);
    const auto* directory = reinterpret_cast<const std::uint64_t*>(root.directory);
    const Segment* segment = segment_at(directory[directory_index(wanted.place, root.depth)]);
    for (std::uint32_t index = 0; index < segment->buckets(); ++index) {
      for (Slot& slot : segment->bucket(index).slots) {
        if (may_hold(slot, wanted)) return &slot;
      }
    }
    return nullptr;
  }
  RootPage& root() { return *const_cast<RootPage*>(store.root()); }

  ManualClock time;
  ReadTerms terms;
  ShardMemoryMap map;
  MappedTable mapped;
  CopiedTable copied;
  CopiedRead copied_read;
  FrameBuffer scratch;
};

}  // namespace lath
