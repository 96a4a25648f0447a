#include "store/field_map.hpp"

#include "store/cell_codec.hpp"
#include "store/cell_layout.hpp"

namespace lath {

namespace {

bool is_under(const Cell& field, Stamp floor) {
  return field.is_erased() && field.newest_stamp() < floor;
}

std::size_t encoded_bytes(const FieldMap::Entry& field) {
  return sizeof(std::uint16_t) + field.key.size() + kCountBytes + encoded_bytes(field.value);
}

}  // namespace

Result<FieldMap> FieldMap::from_parts(Stamp floor, std::vector<Entry> fields) {
  FieldMap map;
  map.floor_ = floor;
  for (std::size_t index = 0; index < fields.size(); ++index) {
    if (index > 0 && !(fields[index - 1].key < fields[index].key)) return Error{Code::kInvalid, "fields unsorted or repeated"};
    if (fields[index].value.is_bottom()) return Error{Code::kInvalid, "field without content"};
    if (fields[index].value.is_erased()) ++map.erased_;
  }
  map.fields_ = Entries::from_sorted(std::move(fields));
  return map;
}

FieldMap FieldMap::of(std::string field, Cell value, Stamp floor) {
  FieldMap map;
  if (value.is_bottom()) return map;
  map.floor_ = floor;
  map.erased_ = value.is_erased() ? 1 : 0;
  map.fields_ = Entries::of({std::move(field), std::move(value)});
  return map;
}

FieldMap FieldMap::with_floor(Stamp floor) {
  FieldMap map;
  map.floor_ = floor;
  return map;
}

FieldMap FieldMap::shown() const {
  std::vector<Entry> fields;
  for (const Entry& field : fields_) {
    if (!field.value.is_erased()) fields.push_back({field.key, field.value.shown()});
  }
  FieldMap map;
  map.fields_ = Entries::from_sorted(std::move(fields));
  return map;
}

bool FieldMap::shows_all() const {
  if (erased_ > 0 || floor_ != Stamp{}) return false;
  for (const Entry& field : fields_) {
    if (!field.value.shows_all()) return false;
  }
  return true;
}

template <class Merge>
bool FieldMap::merge_field(const Entry& theirs, Merge&& merge) {
  return change(theirs.key, [&](Cell& mine) { return merge(mine, theirs.value); });
}

bool FieldMap::merge(const FieldMap& other) {
  if (&other == this) return false;
  bool grew = other.floor_ > floor_;
  floor_ = std::max(floor_, other.floor_);
  for (const Entry& theirs : other.fields_)
    grew = merge_field(theirs, [](Cell& mine, const Cell& field) { return mine.merge(field); }) || grew;
  return grew;
}

FieldMap::Merged FieldMap::merge_replicas(const FieldMap& other) {
  Merged merged;
  if (&other == this) return merged;
  merged.grew = other.floor_ > floor_;
  if (merged.grew) merged.bytes_forgotten = forget(other.floor_);
  for (const Entry& theirs : other.fields_) {
    if (is_under(theirs.value, floor_)) continue;
    merged.grew |= merge_field(theirs, [&](Cell& mine, const Cell& field) { return mine.merge_field(field, floor_); });
  }
  return merged;
}

std::size_t FieldMap::forget(Stamp floor) {
  floor_ = std::max(floor_, floor);
  if (erased_ == 0) return 0;
  std::size_t bytes = 0;
  erased_ -= fields_.erase_if([&](const Entry& field) {
    const bool is_out = is_under(field.value, floor_);
    if (is_out) bytes += encoded_bytes(field);
    return is_out;
  });
  return bytes;
}

std::size_t FieldMap::forget_field(std::string_view name, Stamp floor) {
  const Entry* held = fields_.find(name);
  if (held == nullptr || !is_under(held->value, floor)) return 0;
  floor_ = std::max(floor_, floor);
  const std::size_t bytes = encoded_bytes(*held);
  fields_.erase(name);
  --erased_;
  return bytes;
}

bool FieldMap::has_erased_before(Stamp floor) const {
  if (erased_ == 0) return false;
  for (const Entry& field : fields_) {
    if (is_under(field.value, floor)) return true;
  }
  return false;
}

bool FieldMap::operator==(const FieldMap& other) const {
  return floor_ == other.floor_ && fields_ == other.fields_;
}

}  // namespace lath
