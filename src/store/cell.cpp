#include "store/cell.hpp"

#include "base/assert.hpp"
#include "lath/lattice/lattice.hpp"
#include "store/cell_codec.hpp"

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

bool Cell::merge(const Cell& other) {
  if (&other == this) return false;
  bool grew = value_.merge(other.value_);
  if (generation_ < other.generation_) {
    generation_ = other.generation_;
    settled_ = other.settled_;
    components_ = other.components_;
    grew = true;
  } else if (generation_ == other.generation_) {
    grew = merge_components(other) || grew || (other.settled_ && !settled_);
    settled_ |= other.settled_;
  }
  if (components_.empty()) {
    tighten();
  } else {
    bytes_bound_ += other.bytes_bound_;  // no lattice's join encodes to more than both sides together
  }
  return grew;
}

bool Cell::merge_settled(const Cell& other) {
  if (other.settled_ && generation_ == Generation{}) {
    generation_ = other.generation_;
    settled_ = true;
    merge(other);
    return true;
  }
  if (!settled_ || other.generation_ != Generation{}) return merge(other);
  const bool wrote = value_.merge(other.value_);
  const bool grew = merge_components(other) || wrote;
  if (components_.empty()) {
    tighten();
  } else {
    bytes_bound_ += other.bytes_bound_;
  }
  return grew;
}

bool Cell::merge_components(const Cell& other) {
  bool grew = false;
  auto at = components_.begin();
  for (const Component& theirs : other.components_) {
    while (at != components_.end() && at->tag() < theirs.tag()) ++at;
    if (at == components_.end() || at->tag() != theirs.tag()) {
      at = components_.insert(at, theirs);
      grew = true;
      continue;
    }
    grew =
        std::visit([&](auto& mine) { return mine.merge(std::get<std::decay_t<decltype(mine)>>(theirs.state)); }, at->state) || grew;
  }
  return grew;
}

bool Cell::operator==(const Cell& other) const {
  return value_ == other.value_ && generation_ == other.generation_ && settled_ == other.settled_ &&
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

bool Cell::write(const Value& value) {
  return value_.merge(value);
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
