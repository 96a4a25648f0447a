// Values sorted by their keys and unique, in chunks of bounded size: an insertion or an erasure moves what lies in one chunk, not
// everything. The first chunk lies in the object, so what fits it costs what a vector costs. Invariant: only the first chunk may be
// empty, and only where nothing is held. What lies in which chunk follows from the history; equality and order do not show it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace lath {

// KeyOf()(value) is the key. Any type that compares with a key by < both ways will do to search for it.
template <class Value, class KeyOf = std::identity>
class SortedChunks {
  using Chunk = std::vector<Value>;

 public:
  // Large enough that the chunks are few, small enough that moving half of one takes no longer than finding the place.
  static constexpr std::size_t kChunkValues = 64;

  // Valid until the next insertion or erasure.
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value*;
    using reference = const Value&;

    Iterator() = default;
    reference operator*() const { return *at_; }
    pointer operator->() const { return at_; }
    Iterator& operator++() {
      if (++at_ == end_) *this = Iterator(*held_, chunk_ + 1, 0);
      return *this;
    }
    Iterator operator++(int) { return std::exchange(*this, std::next(*this)); }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    friend SortedChunks;
    Iterator(const SortedChunks& held, std::size_t chunk, std::size_t at) : held_(&held), chunk_(chunk) {
      if (chunk == held.chunks() || at == held.chunk(chunk).size()) return;  // the end
      const Chunk& values = held.chunk(chunk);
      at_ = values.data() + at;
      end_ = values.data() + values.size();
    }

    const SortedChunks* held_ = nullptr;
    std::size_t chunk_ = 0;
    const Value* at_ = nullptr;
    const Value* end_ = nullptr;
  };

  SortedChunks() = default;
  SortedChunks(const SortedChunks& other)
      : first_(other.first_), rest_(other.rest_ ? std::make_unique<Rest>(*other.rest_) : nullptr) {}
  SortedChunks(SortedChunks&&) noexcept = default;
  SortedChunks& operator=(const SortedChunks& other) { return *this = SortedChunks(other); }
  SortedChunks& operator=(SortedChunks&&) noexcept = default;
  ~SortedChunks() = default;

  static SortedChunks of(Value value) {
    SortedChunks made;
    made.first_.push_back(std::move(value));
    return made;
  }
  // The caller has seen to it that they are sorted and unique.
  static SortedChunks from_sorted(std::vector<Value> values) {
    SortedChunks made;
    if (values.size() <= kChunkValues) {
      made.first_ = std::move(values);
      return made;
    }
    made.rest_ = std::make_unique<Rest>();
    for (std::size_t begun = 0; begun < values.size(); begun += kChunkValues) {
      const auto from = std::make_move_iterator(values.begin() + static_cast<std::ptrdiff_t>(begun));
      const std::size_t count = std::min(kChunkValues, values.size() - begun);
      Chunk chunk(from, from + static_cast<std::ptrdiff_t>(count));
      if (begun == 0) {
        made.first_ = std::move(chunk);
      } else {
        made.rest_->chunks.push_back(std::move(chunk));
        made.rest_->values += count;
      }
    }
    return made;
  }

  Iterator begin() const { return Iterator(*this, 0, 0); }
  Iterator end() const { return Iterator(*this, chunks(), 0); }
  std::size_t size() const { return first_.size() + (rest_ ? rest_->values : 0); }
  bool empty() const { return first_.empty(); }
  bool operator==(const SortedChunks& other) const { return size() == other.size() && std::equal(begin(), end(), other.begin()); }

  // visit(bytes) for each block of memory that the values lie in: what they hold elsewhere is theirs.
  template <class Visit>
  void each_block(Visit&& visit) const {
    visit(first_.capacity() * sizeof(Value));
    if (!rest_) return;
    visit(sizeof(Rest));
    visit(rest_->chunks.capacity() * sizeof(Chunk));
    for (const Chunk& held : rest_->chunks) visit(held.capacity() * sizeof(Value));
  }

  // The first value whose key is not less.
  template <class Key>
  Iterator lower_bound(const Key& key) const {
    const Place place = place_of(key);
    return Iterator(*this, place.chunk, place.at);
  }

  // Null where no value has the key. Valid until the next insertion or erasure. A change must leave the key as it is.
  template <class Key>
  const Value* find(const Key& key) const {
    const Place place = place_of(key);
    return is_at(place, key) ? &chunk(place.chunk)[place.at] : nullptr;
  }
  template <class Key>
  Value* find(const Key& key) {
    return const_cast<Value*>(std::as_const(*this).find(key));
  }

  // The value that has the key, which `make()` gives where there is none yet; and whether it did.
  template <class Key, class Make>
  std::pair<Value*, bool> find_or_insert(const Key& key, Make&& make) {
    const Place place = place_of(key);
    if (is_at(place, key)) return {&chunk(place.chunk)[place.at], false};
    return {&insert(place, make()), true};
  }

  // Whether a value had the key; it is shown to `last_look` before it goes.
  template <class Key, class Look>
  bool erase(const Key& key, Look&& last_look) {
    const Place place = place_of(key);
    if (!is_at(place, key)) return false;
    Chunk& held = chunk(place.chunk);
    last_look(std::as_const(held[place.at]));
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(place.at));
    if (place.chunk > 0) --rest_->values;
    if (place.chunk + 1 < chunks()) join(place.chunk);
    if (place.chunk > 0 && place.chunk < chunks()) join(place.chunk - 1);
    return true;
  }
  template <class Key>
  bool erase(const Key& key) {
    return erase(key, [](const Value&) {});
  }

  // Asks about each value once, in order, and may change it. Linear.
  template <class Predicate>
  std::size_t erase_if(Predicate&& is_out) {
    const std::size_t before = size();
    std::erase_if(first_, is_out);
    std::size_t left = first_.size();
    if (!rest_) return before - left;
    for (Chunk& held : rest_->chunks) {
      std::erase_if(held, is_out);
      left += held.size();
    }
    if (left == before) return 0;
    Chunk all = std::move(first_);
    for (Chunk& held : rest_->chunks)
      all.insert(all.end(), std::make_move_iterator(held.begin()), std::make_move_iterator(held.end()));
    *this = from_sorted(std::move(all));
    return before - left;
  }

 private:
  struct Rest {
    std::vector<Chunk> chunks;
    std::size_t values = 0;  // in them
  };
  struct Place {
    std::size_t chunk;
    std::size_t at;
  };

  std::size_t chunks() const { return 1 + (rest_ ? rest_->chunks.size() : 0); }
  const Chunk& chunk(std::size_t index) const { return index == 0 ? first_ : rest_->chunks[index - 1]; }
  Chunk& chunk(std::size_t index) { return index == 0 ? first_ : rest_->chunks[index - 1]; }

  // Of the first value whose key is not less; at the last chunk's end where there is none.
  template <class Key>
  Place place_of(const Key& key) const {
    const auto is_less = [&](const Value& value) { return KeyOf()(value) < key; };
    std::size_t index = 0;
    if (rest_) {
      const auto& all = rest_->chunks;
      const auto beyond = std::partition_point(all.begin(), all.end(), [&](const Chunk& held) { return is_less(held.front()); });
      index = static_cast<std::size_t>(beyond - all.begin());
    }
    const Chunk& held = chunk(index);
    const auto at = std::partition_point(held.begin(), held.end(), is_less);
    if (at == held.end() && index + 1 < chunks()) return {index + 1, 0};
    return {index, static_cast<std::size_t>(at - held.begin())};
  }

  template <class Key>
  bool is_at(const Place& place, const Key& key) const {
    const Chunk& held = chunk(place.chunk);
    return place.at < held.size() && !(key < KeyOf()(held[place.at]));
  }

  Value& insert(Place place, Value&& value) {
    if (chunk(place.chunk).size() == kChunkValues) place = split(place);
    Chunk& held = chunk(place.chunk);
    if (place.chunk > 0) ++rest_->values;
    return *held.insert(held.begin() + static_cast<std::ptrdiff_t>(place.at), std::move(value));
  }

  // In halves; at the very end only a new chunk is begun, so that values in rising order fill theirs. The caller inserts there.
  Place split(Place place) {
    if (!rest_) rest_ = std::make_unique<Rest>();
    Chunk& lower = chunk(place.chunk);
    const std::size_t stay = place.at == kChunkValues ? kChunkValues : kChunkValues / 2;
    const auto middle = lower.begin() + static_cast<std::ptrdiff_t>(stay);
    Chunk upper;
    upper.reserve(kChunkValues);
    upper.assign(std::make_move_iterator(middle), std::make_move_iterator(lower.end()));
    lower.erase(middle, lower.end());
    if (place.chunk == 0) rest_->values += upper.size();
    rest_->chunks.insert(rest_->chunks.begin() + static_cast<std::ptrdiff_t>(place.chunk), std::move(upper));
    return place.at < stay || (place.at == stay && stay < kChunkValues) ? place : Place{place.chunk + 1, place.at - stay};
  }

  // With the chunk after it, where one is empty or both together are no more than a split leaves.
  void join(std::size_t index) {
    Chunk& lower = chunk(index);
    Chunk& upper = chunk(index + 1);
    if (!lower.empty() && !upper.empty() && lower.size() + upper.size() > kChunkValues / 2) return;
    if (index == 0) rest_->values -= upper.size();
    lower.insert(lower.end(), std::make_move_iterator(upper.begin()), std::make_move_iterator(upper.end()));
    rest_->chunks.erase(rest_->chunks.begin() + static_cast<std::ptrdiff_t>(index));
    if (rest_->chunks.empty()) rest_.reset();
  }

  Chunk first_;
  std::unique_ptr<Rest> rest_;  // null where the first chunk holds everything
};

}  // namespace lath
