// Place -> small number, for the streams of a session: open addressing, nothing is ever taken out. The session's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lath/ids.hpp"
#include "topology/hash.hpp"

namespace lath {

class PlaceIndex {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  PlaceIndex() : entries_(16) {}

  std::uint32_t find(Place place) const {
    for (std::size_t at = slot_of(place);; at = (at + 1) & (entries_.size() - 1)) {
      if (entries_[at].number == kNone || entries_[at].place == place) return entries_[at].number;
    }
  }
  // The place is not in yet.
  void add(Place place, std::uint32_t number) {
    if (2 * (count_ + 1) > entries_.size()) grow();
    put(place, number);
    ++count_;
  }

 private:
  struct Entry {
    Place place;
    std::uint32_t number = kNone;
  };

  std::size_t slot_of(Place place) const {
    return mix((std::uint64_t{place.node.value} << 32) | place.shard.value) & (entries_.size() - 1);
  }
  void put(Place place, std::uint32_t number) {
    std::size_t at = slot_of(place);
    while (entries_[at].number != kNone) at = (at + 1) & (entries_.size() - 1);
    entries_[at] = {place, number};
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.number != kNone) put(entry.place, entry.number);
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace lath
