// What a map's cell holds: its fields, by name. Owned by one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lath/ids.hpp"
#include "lath/lattice/map.hpp"
#include "lath/result.hpp"
#include "store/cell.hpp"

namespace lath {

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

}  // namespace lath
