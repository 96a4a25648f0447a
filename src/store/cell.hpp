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
#include <string_view>
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
#include "store/large_id.hpp"
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
  static Cell of_large(const LargeId& id, std::uint64_t bytes);
  // For decoders, which know the encoded size. Nothing where the components break the invariant.
  static std::optional<Cell> from_parts(Value value, Generation generation, std::vector<Component> components,
                                        std::size_t encoded_bytes);
  void mark_large();  // of one whose value is a size

  Cell without_value() const;
  // What its readers see: neither tombstones nor generations, which replicas forget each at a time of its own, nor a map's floor.
  Cell shown() const;
  bool shows_all() const;  // it is what its readers see already

  bool merge(const Cell& other);
  // merge() between replicas: where one side's generation is settled, the first one is another name of it, since whoever writes in
  // the first has forgotten the other. What has not been settled at all replicas never meets it: src/replication/tombstones.hpp.
  bool merge_settled(const Cell& other);
  // The same for a field of a map: where both generations are under the map's floor, they are names of one.
  bool merge_field(const Cell& other, Stamp floor);
  bool operator==(const Cell& other) const;

  bool is_bottom() const;
  bool is_erased() const;           // holds nothing but tombstones
  bool is_mixed() const;            // holds more than one type
  std::optional<Tag> type() const;  // the lowest tag that is present; nothing where the cell is bottom or erased
  Stamp erase_stamp() const;        // the newest of its tombstones
  Stamp newest_stamp() const;       // what a clock must be past for a write here to win (a map's fields have their own)
  const Value& value() const { return value_; }
  // The value is a large one, whose bytes the store keeps by this name; value() holds its size (store/large_id.hpp).
  bool is_large() const { return large_; }
  LargeId large_id() const { return {value_.stamp, value_.writer}; }
  std::uint64_t large_bytes() const;
  const Generation& generation() const { return generation_; }
  bool is_settled() const { return settled_; }  // all replicas know the generation, and nothing from before it is under way
  void settle();                                // of a generation that is not the first; grows within it, as a lattice does
  const std::vector<Component>& components() const { return components_; }
  template <class L>
  const L* find() const;

  // An upper bound of its encoded size that is kept up as it changes; tighten() makes it exact in linear time.
  std::size_t bytes_bound() const { return bytes_bound_; }
  void add_to_bound(std::size_t bytes) { bytes_bound_ += bytes; }
  void take_from_bound(std::size_t bytes) { bytes_bound_ -= bytes; }
  void tighten();

  // How updates write. The caller reports growth through add_to_bound().
  bool write(const Value& value, bool large = false);
  bool raise_generation(const Generation& generation);  // drops every component; false where it is not greater
  template <class L, class Change>
  auto change(Change&& apply);  // hands over the L, a new one where there is none; it is dropped again if it ends at bottom
  template <class L>
  Cell delta_of(L part) const;  // a cell of this generation that holds the part alone

 private:
  // What a map is joined by: as a lattice, or as replicas do, which forget what is under its floor.
  enum class Join : bool { kPlain, kReplicas };
  bool join(const Cell& other, Join how);
  bool join_components(const Cell& other, Join how);
  void joined_bound(const Cell& other);

  Value value_;
  Generation generation_;
  bool settled_ = false;
  bool large_ = false;
  std::vector<Component> components_;
  std::size_t bytes_bound_ = 1;
};

// The fields of a map, each a cell without a map inside, and its floor: whatever was stamped before that, all replicas have, and nothing
// from before they had it is under way. So fields that were erased before it need not be known as such any more; and a generation of a
// field that began before it is another name of the first, since whoever writes in the first has forgotten that one. The floor joins as
// a maximum, and stays for as long as the map does: 8 bytes for all that was forgotten. src/replication/tombstones.hpp raises it.
class FieldMap {
 public:
  using Entry = MapLattice<std::string, Cell>::Entry;
  using Entries = MapLattice<std::string, Cell>::Entries;

  static Result<FieldMap> from_parts(Stamp floor, std::vector<Entry> fields);  // for decoders
  static FieldMap of(std::string field, Cell value, Stamp floor = {});         // the delta of a change at one field
  static FieldMap with_floor(Stamp floor);                                     // the delta of raising it

  const Entries& entries() const { return fields_; }
  Stamp floor() const { return floor_; }
  std::size_t erased() const { return erased_; }  // fields that hold nothing but tombstones
  bool is_bottom() const { return fields_.empty() && floor_ == Stamp{}; }
  template <class Name>
  const Cell* find(const Name& name) const {
    const Entry* held = fields_.find(name);
    return held == nullptr ? nullptr : &held->value;
  }
  FieldMap shown() const;  // of Cell::shown
  bool shows_all() const;

  // As MapLattice::change.
  template <class Change>
  auto change(std::string_view name, Change&& apply);

  bool merge(const FieldMap& other);  // the lattice's
  struct Merged {
    bool grew = false;
    std::size_t bytes_forgotten = 0;  // encoded
  };
  Merged merge_replicas(const FieldMap& other);  // between replicas: forgets what is under the higher floor
  // Raises the floor and forgets what was erased under it, all of it or one field alone; how many encoded bytes less that makes.
  std::size_t forget(Stamp floor);
  std::size_t forget_field(std::string_view name, Stamp floor);
  bool has_erased_before(Stamp floor) const;
  bool operator==(const FieldMap& other) const;

 private:
  template <class Merge>
  bool merge_field(const Entry& theirs, Merge&& merge);

  Stamp floor_;
  std::size_t erased_ = 0;
  Entries fields_;
};

template <class Change>
auto FieldMap::change(std::string_view name, Change&& apply) {
  if (Entry* held = fields_.find(name)) {
    const bool was_erased = held->value.is_erased();
    auto answer = apply(held->value);
    if (held->value.is_erased()) ++erased_;
    if (was_erased) --erased_;
    return answer;
  }
  Cell fresh;
  auto answer = apply(fresh);
  if (fresh.is_bottom()) return answer;
  if (fresh.is_erased()) ++erased_;
  fields_.find_or_insert(name, [&] { return Entry{std::string(name), std::move(fresh)}; });
  return answer;
}

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
