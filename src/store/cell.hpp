// A cell: what one key holds. A product of lattices, at most one of a type, so that merge never refuses: replicas that took
// different first writes end up with both, and the lowest tag is the cell's type. The bytes of put and get (LWW) erase by a write
// of "nothing"; all other types live in a generation that an erase raises: the greater generation wins whole, equal ones merge.
// Invariant: components are sorted by tag, unique, and none is at bottom. Owned by one thread.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "lath/ids.hpp"
#include "lath/lattice/array.hpp"
#include "lath/lattice/causal.hpp"
#include "lath/lattice/counter.hpp"
#include "lath/lattice/hyperloglog.hpp"
#include "lath/lattice/lww_register.hpp"
#include "lath/lattice/map.hpp"
#include "lath/lattice/max.hpp"
#include "lath/lattice/set.hpp"
#include "wire/cell_tag.hpp"

namespace lath {

struct Component;

class Cell {
 public:
  using Value = LwwRegister<std::optional<std::string>>;
  // When the components began anew, and who said so. {} is the first, before any erase.
  struct Generation {
    Stamp stamp;
    WriterId writer;
    auto operator<=>(const Generation&) const = default;
  };

  Cell();
  Cell(const Cell&);
  Cell(Cell&&) noexcept;
  Cell& operator=(const Cell&);
  Cell& operator=(Cell&&) noexcept;
  ~Cell();
  explicit Cell(Value value, Generation generation = {});
  // For decoders, which know the encoded size. Nothing where the components break the invariant.
  static std::optional<Cell> from_parts(Value value, Generation generation, std::vector<Component> components,
                                        std::size_t encoded_bytes);

  bool merge(const Cell& other);
  // merge() between replicas: where one side's generation is settled, the first one is another name of it, since whoever writes in
  // the first has forgotten the other. What has not been settled at all replicas never meets it: src/replication/tombstones.hpp.
  bool merge_settled(const Cell& other);
  bool operator==(const Cell& other) const;

  bool is_bottom() const;
  bool is_erased() const;           // holds nothing but tombstones
  bool is_mixed() const;            // holds more than one type
  std::optional<Tag> type() const;  // the lowest tag that is present; nothing where the cell is bottom or erased
  Stamp erase_stamp() const;        // the newest of its tombstones
  Stamp newest_stamp() const;       // what a clock must be past for a write here to win (a map's fields have their own)
  const Value& value() const { return value_; }
  const Generation& generation() const { return generation_; }
  bool is_settled() const { return settled_; }  // all replicas know the generation, and nothing from before it is under way
  void settle();                                // of a generation that is not the first; grows within it, as a lattice does
  const std::vector<Component>& components() const { return components_; }
  template <class L>
  const L* find() const;

  // An upper bound of its encoded size that is kept up as it changes; tighten() makes it exact in linear time.
  std::size_t bytes_bound() const { return bytes_bound_; }
  void add_to_bound(std::size_t bytes) { bytes_bound_ += bytes; }
  void tighten();

  // How updates write. The caller reports growth through add_to_bound().
  bool write(const Value& value);
  bool raise_generation(const Generation& generation);  // drops every component; false where it is not greater
  template <class L, class Change>
  auto change(Change&& apply);  // hands over the L, a new one where there is none; it is dropped again if it ends at bottom
  template <class L>
  Cell delta_of(L part) const;  // a cell of this generation that holds the part alone

 private:
  bool merge_components(const Cell& other);

  Value value_;
  Generation generation_;
  bool settled_ = false;
  std::vector<Component> components_;
  std::size_t bytes_bound_ = 1;
};

using FieldMap = MapLattice<std::string, Cell>;  // a field is a cell without a map inside
using ByteSet = GSet<std::string>;
using ByteOrSet = OrSet<std::string>;
using ByteMv = MvRegister<std::string>;

// In the order of their tags.
using ComponentState =
    std::variant<GCounter, PnCounter, Max<std::int64_t>, Min<std::int64_t>, Max<double>, Min<double>, ByteSet, ByteOrSet, ByteMv,
                 HyperLogLog, FieldMap, ArrayMax<float>, ArrayMax<double>, ArrayMax<std::int32_t>, ArrayMax<std::int64_t>,
                 ArrayMin<float>, ArrayMin<double>, ArrayMin<std::int32_t>, ArrayMin<std::int64_t>, ArraySum<float>,
                 ArraySum<double>, ArraySum<std::int32_t>, ArraySum<std::int64_t>>;

inline constexpr std::size_t kComponentTypes = std::variant_size_v<ComponentState>;
inline constexpr std::size_t kPlainComponentTypes = 11;  // the rest are arrays

constexpr Tag tag_at(std::size_t index) {
  const std::size_t first = index < kPlainComponentTypes ? static_cast<std::size_t>(Tag::kGrowCounter)
                                                         : static_cast<std::size_t>(Tag::kArrayFirst) - kPlainComponentTypes;
  return static_cast<Tag>(first + index);
}
static_assert(tag_at(kPlainComponentTypes - 1) == Tag::kMap && tag_at(kComponentTypes - 1) == Tag::kArrayLast);

template <class L, std::size_t Index = 0>
constexpr Tag tag_of() {
  if constexpr (std::is_same_v<std::variant_alternative_t<Index, ComponentState>, L>) {
    return tag_at(Index);
  } else {
    return tag_of<L, Index + 1>();
  }
}

struct Component {
  ComponentState state;

  Tag tag() const { return tag_at(state.index()); }
  bool operator==(const Component&) const = default;
};

template <class L>
const L* Cell::find() const {
  for (const Component& component : components_) {
    if (const L* part = std::get_if<L>(&component.state)) return part;
  }
  return nullptr;
}

template <class L, class Change>
auto Cell::change(Change&& apply) {
  auto at = std::find_if(components_.begin(), components_.end(), [](const Component& part) { return part.tag() >= tag_of<L>(); });
  if (at == components_.end() || at->tag() != tag_of<L>()) at = components_.insert(at, Component{L{}});
  L& part = std::get<L>(at->state);
  auto answer = apply(part);
  if (lath::is_bottom(part)) components_.erase(at);
  return answer;
}

template <class L>
Cell Cell::delta_of(L part) const {
  Cell delta;
  if (lath::is_bottom(part)) return delta;
  delta.generation_ = generation_;
  delta.settled_ = settled_;
  delta.components_.push_back(Component{std::move(part)});
  delta.tighten();
  return delta;
}

}  // namespace lath
