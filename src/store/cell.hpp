// A cell: what one key holds. A product of lattices, at most one of a type, so that merge never refuses: replicas that took
// different first writes end up with both, and the lowest tag is the cell's type. The bytes of put and get (LWW) erase by a write
// of "nothing"; all other types live in a generation that an erase raises: the greater generation wins whole, equal ones merge.
// Invariant: components are sorted by tag, unique, and none is at bottom. Owned by one thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lath/ids.hpp"
#include "lath/lattice/lww_register.hpp"
#include "store/large_id.hpp"
#include "wire/cell_tag.hpp"

namespace lath {

struct Component;  // store/component.hpp: one of many lattices, which few that hold cells need to know

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
  const L* find() const;  // this one and what else is a template: store/component.hpp

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

}  // namespace lath
