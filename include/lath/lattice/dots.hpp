// Which events a replica has seen. A dot names one event: the counter-th (from 1) of its writer. A version vector says "the first n
// of each writer"; a dot context adds the events that came out of order, and folds them in as the gaps close.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "lath/ids.hpp"
#include "lath/lattice/counter.hpp"
#include "lath/lattice/map.hpp"

namespace lath {

struct Dot {
  WriterId writer;
  std::uint64_t counter = 0;  // from 1; 0 names no event
  auto operator<=>(const Dot&) const = default;
};

class VersionVector {
 public:
  using Entry = MapLattice<WriterId, Count>::Entry;  // key is the writer, value.value how many of its events

  static Result<VersionVector> from_entries(std::vector<Entry> entries) {
    auto map = MapLattice<WriterId, Count>::from_entries(std::move(entries));
    if (!map) return map.error();
    VersionVector vector;
    vector.counts_ = std::move(*map);
    return vector;
  }

  const MapLattice<WriterId, Count>::Entries& entries() const { return counts_.entries(); }
  bool is_bottom() const { return counts_.is_bottom(); }
  std::uint64_t count(WriterId writer) const {
    const Count* held = counts_.find(writer);
    return held == nullptr ? 0 : held->value;
  }
  bool contains(Dot dot) const { return dot.counter != 0 && dot.counter <= count(dot.writer); }

  // Sees all events of the dot's writer up to the dot.
  bool raise(Dot dot) { return counts_.merge(dot.writer, Count{dot.counter}); }
  bool merge(const VersionVector& other) { return counts_.merge(other.counts_); }
  bool operator==(const VersionVector&) const = default;

 private:
  MapLattice<WriterId, Count> counts_;
};

// Invariant: the cloud is sorted and unique, and holds no dot that the vector covers or could be extended by; so a set of
// events has one form.
class DotContext {
 public:
  // For decoders: refuses every form but the one that the invariant allows.
  static Result<DotContext> from_parts(VersionVector versions, std::vector<Dot> cloud) {
    for (std::size_t index = 0; index < cloud.size(); ++index) {
      if (index > 0 && !(cloud[index - 1] < cloud[index])) return Error{Code::kInvalid, "dots unsorted or repeated"};
      const std::uint64_t seen = versions.count(cloud[index].writer);
      if (cloud[index].counter <= seen || cloud[index].counter - seen == 1) return Error{Code::kInvalid, "dots not compacted"};
    }
    DotContext context;
    context.versions_ = std::move(versions);
    context.cloud_ = std::move(cloud);
    return context;
  }

  const VersionVector& versions() const { return versions_; }
  const std::vector<Dot>& cloud() const { return cloud_; }
  bool is_bottom() const { return versions_.is_bottom() && cloud_.empty(); }
  bool contains(Dot dot) const { return versions_.contains(dot) || std::binary_search(cloud_.begin(), cloud_.end(), dot); }

  // Whether both have seen some event. Linear in the other alone, but for logarithms.
  bool meets(const DotContext& other) const {
    for (const auto& entry : other.versions_.entries()) {
      if (versions_.count(entry.key) > 0) return true;
      const auto beyond = std::lower_bound(cloud_.begin(), cloud_.end(), Dot{entry.key, 0});
      if (beyond != cloud_.end() && beyond->writer == entry.key && beyond->counter <= entry.value.value) return true;
    }
    return std::any_of(other.cloud_.begin(), other.cloud_.end(), [this](Dot dot) { return contains(dot); });
  }

  // The dot of the writer's next event; nothing once its counter is used up (a peer may have claimed so).
  std::optional<Dot> next(WriterId writer) const {
    std::uint64_t seen = versions_.count(writer);
    const auto above = std::upper_bound(cloud_.begin(), cloud_.end(), Dot{writer, std::numeric_limits<std::uint64_t>::max()});
    if (above != cloud_.begin() && std::prev(above)->writer == writer) seen = std::prev(above)->counter;
    if (seen == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
    return Dot{writer, seen + 1};
  }

  // Whether the dot is new. A counter of 0 is no event and changes nothing.
  bool insert(Dot dot) {
    if (dot.counter == 0 || contains(dot)) return false;
    if (dot.counter - versions_.count(dot.writer) == 1) {
      versions_.raise(dot);
      compact(dot.writer);
    } else {
      cloud_.insert(std::lower_bound(cloud_.begin(), cloud_.end(), dot), dot);
    }
    return true;
  }

  // Linear in the other alone, but for logarithms, where its cloud comes after all of this one's, as news does.
  bool merge(const DotContext& other) {
    const bool raised = versions_.merge(other.versions_);
    std::vector<Dot> fresh;
    for (const Dot& dot : other.cloud_) {
      if (!contains(dot)) fresh.push_back(dot);
    }
    const auto middle = static_cast<std::ptrdiff_t>(cloud_.size());
    cloud_.insert(cloud_.end(), fresh.begin(), fresh.end());
    if (middle > 0 && !fresh.empty() && fresh.front() < cloud_[static_cast<std::size_t>(middle) - 1]) {
      std::inplace_merge(cloud_.begin(), cloud_.begin() + middle, cloud_.end());
    }
    if (cloud_.empty()) return raised;
    if (raised) {
      for (const auto& entry : other.versions_.entries()) compact(entry.key);
    }
    for (std::size_t index = 0; index < fresh.size(); ++index) {
      if (index == 0 || fresh[index].writer != fresh[index - 1].writer) compact(fresh[index].writer);
    }
    return raised || !fresh.empty();
  }

  bool operator==(const DotContext&) const = default;

 private:
  // Folds the writer's dots into the vector, as far as no gap keeps them out.
  void compact(const WriterId& writer) {
    if (cloud_.empty()) return;
    const std::uint64_t seen = versions_.count(writer);
    std::uint64_t reached = seen;
    const auto first = std::lower_bound(cloud_.begin(), cloud_.end(), Dot{writer, 0});
    auto last = first;
    for (; last != cloud_.end() && last->writer == writer; ++last) {
      if (last->counter > reached && last->counter - reached > 1) break;
      reached = std::max(reached, last->counter);
    }
    if (reached > seen) versions_.raise({writer, reached});
    cloud_.erase(first, last);
  }

  VersionVector versions_;
  std::vector<Dot> cloud_;
};

}  // namespace lath
