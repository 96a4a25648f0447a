// Sets. GSet grows only. OrSet adds and removes; where an add and a remove are concurrent the add wins, since a remove takes away
// only the adds that its replica had seen (Shapiro et al. 2011; in delta form Almeida, Shoker and Baquero 2018).
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "lath/lattice/dots.hpp"
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
    set.elements_ = std::move(elements);
    return set;
  }
  // The delta of an addition.
  static GSet of(T element) {
    GSet set;
    set.elements_.push_back(std::move(element));
    return set;
  }

  const std::vector<T>& elements() const { return elements_; }
  bool is_bottom() const { return elements_.empty(); }
  template <class Key>
  bool contains(const Key& element) const {
    const auto at = std::lower_bound(elements_.begin(), elements_.end(), element);
    return at != elements_.end() && !(element < *at);
  }

  bool add(T element) {
    const auto at = std::lower_bound(elements_.begin(), elements_.end(), element);
    if (at != elements_.end() && !(element < *at)) return false;
    elements_.insert(at, std::move(element));
    return true;
  }

  bool merge(const GSet& other) {
    if (other.elements_.size() == 1 && &other != this) return add(other.elements_.front());  // the usual delta
    std::vector<T> fresh;
    std::set_difference(other.elements_.begin(), other.elements_.end(), elements_.begin(), elements_.end(),
                        std::back_inserter(fresh));
    if (fresh.empty()) return false;
    const auto middle = static_cast<std::ptrdiff_t>(elements_.size());
    elements_.insert(elements_.end(), std::move_iterator(fresh.begin()), std::move_iterator(fresh.end()));
    std::inplace_merge(elements_.begin(), elements_.begin() + middle, elements_.end());
    return true;
  }

  bool operator==(const GSet&) const = default;

 private:
  std::vector<T> elements_;
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
    set.entries_ = std::move(entries);
    set.context_ = std::move(context);
    return set;
  }

  const std::vector<Entry>& entries() const { return entries_; }
  const DotContext& context() const { return context_; }
  // True only where nothing was ever added: an emptied set still knows what it removed.
  bool is_bottom() const { return entries_.empty() && context_.is_bottom(); }
  template <class Key>
  bool contains(const Key& element) const {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), element, before<Key>);
    return at != entries_.end() && !(element < at->element);
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
    auto at = std::lower_bound(entries_.begin(), entries_.end(), element, before<T>);
    if (at != entries_.end() && !(element < at->element)) {
      for (const Dot& superseded : at->dots) delta.context_.insert(superseded);
    } else {
      at = entries_.insert(at, Entry{std::move(element), {}});
    }
    at->dots.assign(1, dot);
    delta.context_.insert(dot);
    delta.entries_.push_back(*at);
    return delta;
  }

  // The delta: the dots taken away, as seen. Bottom where the element is not here.
  template <class Key>
  OrSet remove(const Key& element) {
    OrSet delta;
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), element, before<Key>);
    if (at == entries_.end() || element < at->element) return delta;
    for (const Dot& dot : at->dots) delta.context_.insert(dot);
    entries_.erase(at);
    return delta;
  }

  // A dot stays where both hold it, or where one holds it and the other has not seen it. Looks at every element here only
  // where the other has seen some event of this set, which a new element's delta has not, and moves none that stay.
  bool merge(const OrSet& other) {
    if (&other == this) return false;
    const bool removed = context_.meets(other.context_) && drop_removed_by(other);
    const bool added = take_unseen_of(other);
    return context_.merge(other.context_) || removed || added;
  }

  bool operator==(const OrSet&) const = default;

 private:
  template <class Key>
  static bool before(const Entry& entry, const Key& element) {
    return entry.element < element;
  }

  bool holds(const T& element, Dot dot) const {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), element, before<T>);
    return at != entries_.end() && !(element < at->element) && std::binary_search(at->dots.begin(), at->dots.end(), dot);
  }

  bool drop_removed_by(const OrSet& other) {
    bool dropped = false;
    std::erase_if(entries_, [&](Entry& entry) {
      const auto is_removed = [&](Dot dot) { return other.context_.contains(dot) && !other.holds(entry.element, dot); };
      dropped = std::erase_if(entry.dots, is_removed) > 0 || dropped;
      return entry.dots.empty();
    });
    return dropped;
  }

  bool take_unseen_of(const OrSet& other) {
    bool taken = false;
    std::vector<Entry> fresh;
    for (const Entry& theirs : other.entries_) {
      std::vector<Dot> unseen;
      std::ranges::copy_if(theirs.dots, std::back_inserter(unseen), [this](Dot dot) { return !context_.contains(dot); });
      if (unseen.empty()) continue;
      taken = true;
      const auto at = std::lower_bound(entries_.begin(), entries_.end(), theirs.element, before<T>);
      if (at == entries_.end() || theirs.element < at->element) {
        fresh.push_back(Entry{theirs.element, std::move(unseen)});
        continue;
      }
      const auto middle = static_cast<std::ptrdiff_t>(at->dots.size());
      at->dots.insert(at->dots.end(), unseen.begin(), unseen.end());
      std::inplace_merge(at->dots.begin(), at->dots.begin() + middle, at->dots.end());
    }
    const auto middle = static_cast<std::ptrdiff_t>(entries_.size());
    entries_.insert(entries_.end(), std::move_iterator(fresh.begin()), std::move_iterator(fresh.end()));
    std::inplace_merge(entries_.begin(), entries_.begin() + middle, entries_.end(),
                       [](const Entry& a, const Entry& b) { return a.element < b.element; });
    return taken;
  }

  std::vector<Entry> entries_;
  DotContext context_;
};

}  // namespace lath
