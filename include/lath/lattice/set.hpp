// Sets. GSet grows only. OrSet adds and removes; where an add and a remove are concurrent the add wins, since a remove takes away
// only the adds that its replica had seen (Shapiro et al. 2011; in delta form Almeida, Shoker and Baquero 2018).
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "lath/lattice/dot_index.hpp"
#include "lath/lattice/dots.hpp"
#include "lath/lattice/sorted_chunks.hpp"
#include "lath/result.hpp"

namespace lath {

// Elements are sorted and unique.
template <class T>
class GSet {
 public:
  static Result<GSet> from_elements(std::vector<T> elements) {
    for (std::size_t index = 1; index < elements.size(); ++index) {
      if (!(elements[index - 1] < elements[index])) return Error{Code::kInvalid, "set elements unsorted or repeated"};
    }
    GSet set;
    set.elements_ = SortedChunks<T>::from_sorted(std::move(elements));
    return set;
  }
  // The delta of an addition.
  static GSet of(T element) {
    GSet set;
    set.elements_ = SortedChunks<T>::of(std::move(element));
    return set;
  }

  const SortedChunks<T>& elements() const { return elements_; }
  bool is_bottom() const { return elements_.empty(); }
  template <class Key>
  bool contains(const Key& element) const {
    return elements_.find(element) != nullptr;
  }

  bool add(T element) {
    return elements_.find_or_insert(element, [&] { return std::move(element); }).second;
  }

  bool merge(const GSet& other) {
    if (&other == this) return false;
    bool grew = false;
    for (const T& element : other.elements_) {
      grew = elements_.find_or_insert(element, [&] { return element; }).second || grew;
    }
    return grew;
  }

  bool operator==(const GSet&) const = default;

 private:
  SortedChunks<T> elements_;
};

// Element -> the dots of its adds that no remove has seen; and the context of every dot seen. A dot in the context that no element
// holds was removed or superseded: that is the whole tombstone. Invariant: elements sorted and unique, each with at least one
// dot; dots sorted, unique and in the context.
template <class T>
class OrSet {
 public:
  struct Entry {
    T element{};
    std::vector<Dot> dots;
    bool operator==(const Entry&) const = default;
  };
  struct ElementOf {
    const T& operator()(const Entry& entry) const { return entry.element; }
  };
  using Entries = SortedChunks<Entry, ElementOf>;

  static Result<OrSet> from_parts(std::vector<Entry> entries, DotContext context) {
    for (std::size_t index = 0; index < entries.size(); ++index) {
      const Entry& entry = entries[index];
      if (index > 0 && !(entries[index - 1].element < entry.element))
        return Error{Code::kInvalid, "set elements unsorted or repeated"};
      if (entry.dots.empty()) return Error{Code::kInvalid, "set element without a dot"};
      for (std::size_t at = 0; at < entry.dots.size(); ++at) {
        if (at > 0 && !(entry.dots[at - 1] < entry.dots[at])) return Error{Code::kInvalid, "dots unsorted or repeated"};
        if (!context.contains(entry.dots[at])) return Error{Code::kInvalid, "set element's dot outside its context"};
      }
    }
    OrSet set;
    set.entries_ = Entries::from_sorted(std::move(entries));
    set.context_ = std::move(context);
    return set;
  }

  const Entries& entries() const { return entries_; }
  const DotContext& context() const { return context_; }
  // True only where nothing was ever added: an emptied set still knows what it removed.
  bool is_bottom() const { return entries_.empty() && context_.is_bottom(); }
  bool is_indexed() const { return index_.is_made(); }  // no part of the value: it takes memory
  template <class Key>
  bool contains(const Key& element) const {
    return entries_.find(element) != nullptr;
  }
  std::vector<T> elements() const {
    std::vector<T> result;
    result.reserve(entries_.size());
    for (const Entry& entry : entries_) result.push_back(entry.element);
    return result;
  }

  // The delta: the element with its new dot, which supersedes the dots that it had here. `dot` is fresh, as context().next(writer)
  // gives it; for one already seen nothing changes and the delta is bottom.
  OrSet add(T element, Dot dot) {
    OrSet delta;
    if (!context_.insert(dot)) return delta;
    Entry& entry = *entries_.find_or_insert(element, [&] { return Entry{std::move(element), {}}; }).first;
    for (const Dot& superseded : entry.dots) {
      delta.context_.insert(superseded);
      index_.drop(superseded, entry.element);
    }
    index_.add(dot, entry.element);
    entry.dots.assign(1, dot);
    delta.context_.insert(dot);
    delta.entries_ = Entries::of(entry);
    return delta;
  }

  // The delta: the dots taken away, as seen. Bottom where the element is not here.
  template <class Key>
  OrSet remove(const Key& element) {
    OrSet delta;
    entries_.erase(element, [&](const Entry& entry) {
      for (const Dot& dot : entry.dots) {
        delta.context_.insert(dot);
        index_.drop(dot, entry.element);
      }
    });
    return delta;
  }

  // A dot stays where both hold it, or where one holds it and the other has not seen it. What the other has seen is looked for
  // only where it has seen some event of this set, which a new element's delta has not.
  bool merge(const OrSet& other) {
    if (&other == this) return false;
    const bool may_remove = context_.meets(other.context_);
    const bool added = take_unseen_of(other);  // first, so that an element whose dot is superseded stays in its place
    const bool removed = may_remove && drop_removed_by(other);
    return context_.merge(other.context_) || removed || added;
  }

  bool operator==(const OrSet& other) const { return entries_ == other.entries_ && context_ == other.context_; }

 private:
  Entry& entry_of(const T& element) {
    return *entries_.find_or_insert(element, [&] { return Entry{element, {}}; }).first;
  }

  bool holds(const T& element, const Dot& dot) const {
    const Entry* entry = entries_.find(element);
    return entry != nullptr && std::binary_search(entry->dots.begin(), entry->dots.end(), dot);
  }

  // By the index where the set is large beside what may have removed from it; else it costs more than it saves.
  bool drop_removed_by(const OrSet& other) {
    const std::size_t large = Entries::kChunkValues + 8 * (other.entries_.size() + other.context_.cloud().size());
    return entries_.size() > large ? drop_found(other) : drop_each(other);
  }

  bool drop_each(const OrSet& other) {
    bool dropped = false;
    entries_.erase_if([&](Entry& entry) {
      const auto is_removed = [&](const Dot& dot) { return other.context_.contains(dot) && !other.holds(entry.element, dot); };
      dropped = std::erase_if(entry.dots, is_removed) > 0 || dropped;
      return entry.dots.empty();
    });
    if (dropped) index_.forget();
    return dropped;
  }

  bool drop_found(const OrSet& other) {
    if (!index_.is_made()) index_.make(entries_);
    bool dropped = false;
    for (const auto& [dot, element] : index_.seen_by(other.context_)) {
      if (other.holds(element, dot)) continue;
      Entry* entry = entries_.find(element);
      std::erase(entry->dots, dot);
      if (entry->dots.empty()) entries_.erase(element);
      index_.drop(dot, element);
      dropped = true;
    }
    return dropped;
  }

  bool take_unseen_of(const OrSet& other) {
    bool taken = false;
    for (const Entry& theirs : other.entries_) {
      std::vector<Dot> unseen;
      std::ranges::copy_if(theirs.dots, std::back_inserter(unseen), [this](const Dot& dot) { return !context_.contains(dot); });
      if (unseen.empty()) continue;
      taken = true;
      for (const Dot& dot : unseen) index_.add(dot, theirs.element);
      std::vector<Dot>& dots = entry_of(theirs.element).dots;
      const auto middle = static_cast<std::ptrdiff_t>(dots.size());
      dots.insert(dots.end(), unseen.begin(), unseen.end());
      std::inplace_merge(dots.begin(), dots.begin() + middle, dots.end());
    }
    return taken;
  }

  Entries entries_;
  DotContext context_;
  DotIndex<T> index_;
};

}  // namespace lath
