#include "store/cell.hpp"

#include <cstring>

#include "base/assert.hpp"
#include "lath/lattice/lattice.hpp"
#include "store/cell_codec.hpp"
#include "store/cell_layout.hpp"
#include "store/component.hpp"

namespace lath {

static_assert(Lattice<Cell>);

Cell::Cell() = default;
Cell::Cell(const Cell&) = default;
Cell::Cell(Cell&&) noexcept = default;
Cell& Cell::operator=(const Cell&) = default;
Cell& Cell::operator=(Cell&&) noexcept = default;
Cell::~Cell() = default;

Cell::Cell(Value value, Generation generation) : value_(std::move(value)), generation_(generation) {
  tighten();
}

std::optional<Cell> Cell::from_parts(Value value, Generation generation, std::vector<Component> components,
                                     std::size_t encoded_bytes) {
  for (std::size_t index = 0; index < components.size(); ++index) {
    if (index > 0 && !(components[index - 1].tag() < components[index].tag())) return std::nullopt;
    if (std::visit([](const auto& part) { return lath::is_bottom(part); }, components[index].state)) return std::nullopt;
  }
  Cell cell;
  cell.value_ = std::move(value);
  cell.generation_ = generation;
  cell.components_ = std::move(components);
  cell.bytes_bound_ = encoded_bytes;
  return cell;
}

Cell Cell::of_large(const LargeId& id, std::uint64_t bytes) {
  Cell cell;
  cell.value_ = {id.stamp, id.writer, std::string(reinterpret_cast<const char*>(&bytes), sizeof bytes)};
  cell.mark_large();
  cell.tighten();
  return cell;
}

void Cell::mark_large() {
  LATH_ASSERT(value_.value && value_.value->size() == kLargeSizeBytes);
  large_ = true;
}

std::uint64_t Cell::large_bytes() const {
  std::uint64_t bytes = 0;
  if (large_) std::memcpy(&bytes, value_.value->data(), sizeof bytes);
  return bytes;
}

Cell Cell::without_value() const {
  Cell rest = *this;
  rest.value_ = {};
  rest.large_ = false;
  rest.tighten();
  return rest;
}

Cell Cell::shown() const {
  Cell shown = *this;
  shown.generation_ = {};
  shown.settled_ = false;
  if (!value_.value) shown.value_ = {};
  if (find<FieldMap>() != nullptr) shown.change<FieldMap>([](FieldMap& fields) { return fields = fields.shown(), true; });
  return shown;
}

bool Cell::shows_all() const {
  const FieldMap* map = find<FieldMap>();
  return generation_ == Generation{} && (value_.value || value_.is_bottom()) && (map == nullptr || map->shows_all());
}

bool Cell::merge(const Cell& other) {
  return join(other, Join::kPlain);
}

bool Cell::join(const Cell& other, Join how) {
  if (&other == this) return false;
  bool grew = write(other.value_, other.large_);
  if (generation_ < other.generation_) {
    generation_ = other.generation_;
    settled_ = other.settled_;
    components_ = other.components_;
    grew = true;
  } else if (generation_ == other.generation_) {
    grew = join_components(other, how) || grew || (other.settled_ && !settled_);
    settled_ |= other.settled_;
  }
  joined_bound(other);
  return grew;
}

void Cell::joined_bound(const Cell& other) {
  if (components_.empty()) {
    tighten();
  } else {
    bytes_bound_ += other.bytes_bound_;  // no lattice's join encodes to more than both sides together
  }
}

bool Cell::merge_settled(const Cell& other) {
  if (other.settled_ && generation_ == Generation{}) {
    generation_ = other.generation_;
    settled_ = true;
    join(other, Join::kReplicas);
    return true;
  }
  if (!settled_ || other.generation_ != Generation{}) return join(other, Join::kReplicas);
  const bool wrote = write(other.value_, other.large_);
  const bool grew = join_components(other, Join::kReplicas) || wrote;
  joined_bound(other);
  return grew;
}

bool Cell::merge_field(const Cell& other, Stamp floor) {
  const auto is_first = [&](const Generation& generation) { return generation == Generation{} || generation.stamp < floor; };
  if (generation_ == other.generation_ || !is_first(generation_) || !is_first(other.generation_)) return merge(other);
  const bool renamed = generation_ < other.generation_;
  generation_ = std::max(generation_, other.generation_);
  const bool wrote = value_.merge(other.value_);
  const bool grew = join_components(other, Join::kPlain) || wrote || renamed;
  joined_bound(other);
  return grew;
}

bool Cell::join_components(const Cell& other, Join how) {
  bool grew = false;
  auto at = components_.begin();
  for (const Component& theirs : other.components_) {
    while (at != components_.end() && at->tag() < theirs.tag()) ++at;
    if (at == components_.end() || at->tag() != theirs.tag()) {
      at = components_.insert(at, theirs);
      grew = true;
      continue;
    }
    const auto join_part = [&]<class L>(L& mine) {
      const L& part = std::get<L>(theirs.state);
      if constexpr (std::is_same_v<L, FieldMap>) {
        if (how == Join::kReplicas) {
          const FieldMap::Merged merged = mine.merge_replicas(part);
          bytes_bound_ -= merged.bytes_forgotten;
          return merged.grew;
        }
      }
      return mine.merge(part);
    };
    grew = std::visit(join_part, at->state) || grew;
  }
  return grew;
}

bool Cell::operator==(const Cell& other) const {
  return value_ == other.value_ && large_ == other.large_ && generation_ == other.generation_ && settled_ == other.settled_ &&
         components_ == other.components_;
}

bool Cell::is_bottom() const {
  return components_.empty() && generation_ == Generation{} && value_.is_bottom();
}

bool Cell::is_erased() const {
  return !type() && !is_bottom();
}

bool Cell::is_mixed() const {
  return components_.size() + (value_.value ? 1 : 0) > 1;
}

std::optional<Tag> Cell::type() const {
  if (value_.value) return Tag::kLww;
  if (!components_.empty()) return components_.front().tag();
  return std::nullopt;
}

Stamp Cell::erase_stamp() const {
  return value_.value ? generation_.stamp : std::max(value_.stamp, generation_.stamp);
}

Stamp Cell::newest_stamp() const {
  return std::max(value_.stamp, generation_.stamp);
}

void Cell::settle() {
  LATH_ASSERT(generation_ != Generation{});
  settled_ = true;
}

void Cell::tighten() {
  bytes_bound_ = encoded_bytes(*this);
}

// Of two writes that are otherwise equal, which there are not, the large one is the greater.
bool Cell::write(const Value& value, bool large) {
  const bool wrote = value_.merge(value) || (large && !large_ && value_ == value);
  if (wrote) large_ = large;
  return wrote;
}

bool Cell::raise_generation(const Generation& generation) {
  if (generation <= generation_) return false;
  generation_ = generation;
  settled_ = false;
  components_.clear();
  tighten();
  return true;
}

}  // namespace lath
