// Which element holds a dot. A removal names dots alone, so whoever merges one into a large set would have to look at every element.
// Made from the set when it is first asked for and kept up from then on: sets that meet no removals from elsewhere do without. It
// says nothing that the set does not, so copies begin without one.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "lath/lattice/dots.hpp"
#include "lath/lattice/sorted_chunks.hpp"

namespace lath {

template <class T>
class DotIndex {
 public:
  // One dot may be held by two elements, where a writer broke its promise.
  struct Holding {
    Dot dot;
    T element;
    bool operator<(const Holding& other) const { return dot < other.dot || (dot == other.dot && element < other.element); }
    bool operator<(const Dot& other) const { return dot < other; }
  };

  DotIndex() = default;
  DotIndex(const DotIndex&) {}
  DotIndex(DotIndex&&) noexcept = default;
  DotIndex& operator=(const DotIndex&) {
    holdings_.reset();
    return *this;
  }
  DotIndex& operator=(DotIndex&&) noexcept = default;
  ~DotIndex() = default;

  bool is_made() const { return holdings_ != nullptr; }
  // Of entries that have an element and its dots.
  template <class Entries>
  void make(const Entries& entries) {
    std::vector<std::pair<Dot, const T*>> places;  // sorted without moving elements about
    for (const auto& entry : entries) {
      for (const Dot& dot : entry.dots) places.emplace_back(dot, &entry.element);
    }
    std::sort(places.begin(), places.end(),
              [](const auto& a, const auto& b) { return a.first < b.first || (a.first == b.first && *a.second < *b.second); });
    std::vector<Holding> holdings;
    holdings.reserve(places.size());
    for (const auto& [dot, element] : places) holdings.push_back({dot, *element});
    holdings_ = std::make_unique<SortedChunks<Holding>>(SortedChunks<Holding>::from_sorted(std::move(holdings)));
  }
  void forget() { holdings_.reset(); }

  void add(const Dot& dot, const T& element) {
    if (!holdings_) return;
    Holding holding{dot, element};
    holdings_->find_or_insert(holding, [&] { return holding; });
  }
  void drop(const Dot& dot, const T& element) {
    if (holdings_) holdings_->erase(Holding{dot, element});
  }

  // All holdings whose dots the context contains. As many steps as there are such holdings, and dots in the context.
  std::vector<Holding> seen_by(const DotContext& context) const {
    std::vector<Holding> seen;
    for (const auto& entry : context.versions().entries()) append({entry.key, 1}, {entry.key, entry.value.value}, seen);
    for (const Dot& dot : context.cloud()) append(dot, dot, seen);
    return seen;
  }

 private:
  void append(const Dot& first, const Dot& last, std::vector<Holding>& seen) const {
    for (auto at = holdings_->lower_bound(first); at != holdings_->end() && !(last < at->dot); ++at) seen.push_back(*at);
  }

  std::unique_ptr<SortedChunks<Holding>> holdings_;  // null until made
};

}  // namespace lath
