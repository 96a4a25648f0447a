// Every count is checked against the bytes that are left before anything is reserved for it, and every form but the canonical one
// is refused: by the readers here where the order or the choice of a form is the encoding's, by the lattices where it is theirs.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "lath/limits.hpp"
#include "store/cell_codec.hpp"
#include "store/cell_layout.hpp"
#include "store/component.hpp"
#include "store/mv_context.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

bool read_count(Reader& reader, std::size_t entry_bytes_min, std::size_t& out) {
  std::uint32_t count = 0;
  if (!reader.read(count) || count > reader.left() / entry_bytes_min) return false;
  out = count;
  return true;
}

bool read_writer(Reader& reader, WriterId& out) {
  reader.read(out.node.value);
  reader.read(out.shard.value);
  return reader.read(out.incarnation);
}

bool read_generation(Reader& reader, Cell::Generation& out) {
  reader.read(out.stamp.value);
  return read_writer(reader, out.writer);
}

bool read_text(Reader& reader, std::string& out) {
  std::uint32_t size = 0;
  Bytes bytes;
  if (!reader.read(size) || size > kValueBytesMax || !reader.read_bytes(size, bytes)) return false;
  out.assign(as_text(bytes));
  return true;
}

// A NaN in any but its canonical form would compare unequal to itself on another replica.
template <class T>
bool read_numbers(Reader& reader, std::vector<T>& out) {
  std::size_t count = 0;
  Bytes bytes;
  if (!read_count(reader, sizeof(T), count) || count * sizeof(T) > kValueBytesMax) return false;
  if (!reader.read_bytes(count * sizeof(T), bytes)) return false;
  out.resize(count);
  if (count > 0) std::memcpy(out.data(), bytes.data(), bytes.size());
  for (const T number : out) {
    if (!same_bits(number, canonical(number))) return false;
  }
  return true;
}

// Moves a checked result out; a refusal by the lattice is a refusal here.
template <class L>
bool take(Result<L> made, L& out) {
  if (!made) return false;
  out = std::move(*made);
  return true;
}

bool read_context(Reader& reader, DotContext& out, std::vector<WriterId>& writers) {
  std::size_t count = 0;
  if (!read_count(reader, kContextWriterBytes, count)) return false;
  writers.resize(count);
  std::vector<VersionVector::Entry> versions;
  versions.reserve(count);
  std::vector<Dot> cloud;
  for (std::size_t index = 0; index < count; ++index) {
    std::uint64_t seen = 0;
    std::size_t beyond = 0;
    if (!read_writer(reader, writers[index]) || !reader.read(seen) || !read_count(reader, 8, beyond)) return false;
    if (index > 0 && !(writers[index - 1] < writers[index])) return false;
    if (seen == 0 && beyond == 0) return false;
    if (seen > 0) versions.push_back({writers[index], Count{seen}});
    for (; beyond > 0; --beyond) {
      Dot dot{writers[index], 0};
      if (!reader.read(dot.counter)) return false;
      cloud.push_back(dot);
    }
  }
  auto vector = VersionVector::from_entries(std::move(versions));
  return vector && take(DotContext::from_parts(std::move(*vector), std::move(cloud)), out);
}

bool read_dot(Reader& reader, const std::vector<WriterId>& writers, Dot& out) {
  std::uint32_t index = 0;
  if (!reader.read(index) || !reader.read(out.counter) || index >= writers.size()) return false;
  out.writer = writers[index];
  return true;
}

enum class Depth { kCell, kField };
bool read_cell_parts(Reader& reader, Depth depth, Cell& out);

bool read_part(Reader& reader, GCounter& out) {
  std::size_t count = 0;
  if (!read_count(reader, kCounterSlotBytes, count)) return false;
  std::vector<GCounter::Slot> slots(count);
  for (auto& slot : slots) {
    if (!read_writer(reader, slot.key) || !reader.read(slot.value.value)) return false;
  }
  return take(GCounter::from_slots(std::move(slots)), out);
}

bool read_part(Reader& reader, PnCounter& out) {
  std::size_t count = 0;
  if (!read_count(reader, kUpDownSlotBytes, count)) return false;
  std::vector<PnCounter::Slot> slots(count);
  for (auto& slot : slots) {
    if (!read_writer(reader, slot.key) || !reader.read(slot.value.up) || !reader.read(slot.value.down)) return false;
  }
  return take(PnCounter::from_slots(std::move(slots)), out);
}

template <class T, class Order>
bool read_part(Reader& reader, Extreme<T, Order>& out) {
  T number{};
  if (!reader.read(number) || !same_bits(number, canonical(number))) return false;
  out = Extreme<T, Order>(number);
  return true;
}

bool read_part(Reader& reader, ByteSet& out) {
  std::size_t count = 0;
  if (!read_count(reader, kElementBytesMin, count)) return false;
  std::vector<std::string> elements(count);
  for (std::string& element : elements) {
    if (!read_text(reader, element)) return false;
  }
  return take(ByteSet::from_elements(std::move(elements)), out);
}

bool read_part(Reader& reader, ByteOrSet& out) {
  DotContext context;
  std::vector<WriterId> writers;
  std::size_t count = 0;
  if (!read_context(reader, context, writers) || !read_count(reader, kTaggedBytesMin, count)) return false;
  std::vector<ByteOrSet::Entry> entries(count);
  for (auto& entry : entries) {
    std::size_t dots = 0;
    if (!read_text(reader, entry.element) || !read_count(reader, kDotBytes, dots)) return false;
    entry.dots.resize(dots);
    for (Dot& dot : entry.dots) {
      if (!read_dot(reader, writers, dot)) return false;
    }
  }
  return take(ByteOrSet::from_parts(std::move(entries), std::move(context)), out);
}

bool read_part(Reader& reader, ByteMv& out) {
  DotContext context;
  std::vector<WriterId> writers;
  std::size_t count = 0;
  if (!read_context(reader, context, writers) || !read_count(reader, kSiblingBytesMin, count)) return false;
  std::vector<ByteMv::Sibling> siblings(count);
  for (auto& sibling : siblings) {
    if (!read_dot(reader, writers, sibling.dot) || !read_text(reader, sibling.value)) return false;
  }
  return take(ByteMv::from_parts(std::move(siblings), std::move(context)), out);
}

bool read_sparse(Reader& reader, HyperLogLog& out) {
  std::uint16_t count = 0;
  if (!reader.read(count) || count > kHllSparseMax || count > reader.left() / kHllRegisterBytes) return false;
  int before = -1;
  for (; count > 0; --count) {
    HyperLogLog::Register raised;
    if (!reader.read(raised.index) || !reader.read(raised.rank) || raised.index <= before || !out.raise(raised)) return false;
    before = raised.index;
  }
  return true;
}

bool read_part(Reader& reader, HyperLogLog& out) {
  std::uint8_t form = 0;
  if (!reader.read(form)) return false;
  if (form == kHllSparse) return read_sparse(reader, out);
  Bytes bytes;
  if (form != kHllDense || !reader.read_bytes(HyperLogLog::kRegisters, bytes)) return false;
  std::vector<std::uint8_t> registers(HyperLogLog::kRegisters);
  std::memcpy(registers.data(), bytes.data(), bytes.size());
  if (HyperLogLog::kRegisters - static_cast<std::size_t>(std::ranges::count(registers, std::uint8_t{0})) <= kHllSparseMax)
    return false;
  return take(HyperLogLog::from_registers(std::move(registers)), out);
}

bool read_part(Reader& reader, FieldMap& out) {
  Stamp floor;
  std::size_t count = 0;
  if (!reader.read(floor.value) || !read_count(reader, kFieldBytesMin, count)) return false;
  std::vector<FieldMap::Entry> fields(count);
  for (auto& field : fields) {
    std::uint16_t name_size = 0;
    std::uint32_t cell_size = 0;
    Bytes name;
    Bytes cell;
    if (!reader.read(name_size) || name_size < 1 || name_size > kKeyBytesMax || !reader.read_bytes(name_size, name)) return false;
    if (!reader.read(cell_size) || !reader.read_bytes(cell_size, cell)) return false;
    field.key.assign(as_text(name));
    Reader inner(cell);
    if (!read_cell_parts(inner, Depth::kField, field.value) || !inner.at_end()) return false;
  }
  return take(FieldMap::from_parts(floor, std::move(fields)), out);
}

template <class T, class Order>
bool read_part(Reader& reader, ArrayExtreme<T, Order>& out) {
  std::vector<T> numbers;
  if (!read_numbers(reader, numbers)) return false;
  out = ArrayExtreme<T, Order>(std::move(numbers));
  return true;
}

template <class T>
bool read_part(Reader& reader, ArraySum<T>& out) {
  std::size_t count = 0;
  if (!read_count(reader, kContributionBytesMin, count)) return false;
  std::vector<typename ArraySum<T>::Slot> slots(count);
  for (auto& slot : slots) {
    if (!read_writer(reader, slot.key) || !reader.read(slot.value.version)) return false;
    if (!read_numbers(reader, slot.value.elements)) return false;
  }
  return take(ArraySum<T>::from_slots(std::move(slots)), out);
}

template <std::size_t Index>
bool read_alternative(Reader& reader, Component& out) {
  return read_part(reader, out.state.emplace<Index>());
}

using ComponentReader = bool (*)(Reader&, Component&);
template <std::size_t... Index>
constexpr std::array<ComponentReader, sizeof...(Index)> component_readers(std::index_sequence<Index...>) {
  return {&read_alternative<Index>...};
}
constexpr auto kComponentReaders = component_readers(std::make_index_sequence<kComponentTypes>{});

bool read_component(Reader& reader, Depth depth, Component& out) {
  Tag tag{};
  if (!reader.read(tag)) return false;
  if (depth == Depth::kField && !may_be_in_field(tag)) return false;
  for (std::size_t index = 0; index < kComponentTypes; ++index) {
    if (tag_at(index) == tag) return kComponentReaders[index](reader, out);
  }
  return false;
}

bool read_write(Reader& reader, std::uint8_t form, Cell::Value& out) {
  reader.read(out.stamp.value);
  if (!read_writer(reader, out.writer)) return false;
  if ((form & kFormErased) != 0) return !out.is_bottom();
  const std::size_t size_max = (form & kFormLarge) != 0 ? kLargeSizeBytes : kValueBytesMax;
  if (reader.left() > size_max) return false;
  Bytes value;
  if (!reader.read_bytes(reader.left(), value)) return false;
  out.value.emplace(as_text(value));
  return true;
}

bool is_large_size(const Cell::Value& value) {
  std::uint64_t bytes = 0;
  if (!value.value || value.value->size() != kLargeSizeBytes) return false;
  std::memcpy(&bytes, value.value->data(), sizeof bytes);
  return bytes > kValueBytesMax && bytes <= kLargeBytesMax;
}

bool read_cell_parts(Reader& reader, Depth depth, Cell& out) {
  const std::size_t left = reader.left();
  std::uint8_t form = 0;
  if (!reader.read(form) || (form & ~kFormBits) != 0) return false;
  if ((form & kFormErased) != 0 && (form & kFormWrite) == 0) return false;
  const bool settled = (form & kFormSettled) != 0;
  if (settled && ((form & kFormGeneration) == 0 || depth == Depth::kField)) return false;  // a map's floor does it for its fields
  Cell::Generation generation;
  if ((form & kFormGeneration) != 0 && (!read_generation(reader, generation) || generation == Cell::Generation{})) return false;
  std::vector<Component> components;
  if ((form & kFormComponents) != 0) {
    std::uint8_t count = 0;
    if (!reader.read(count) || count == 0 || count > kComponentTypes) return false;
    for (; count > 0; --count) {
      if (!read_component(reader, depth, components.emplace_back())) return false;
    }
  }
  Cell::Value value;
  if ((form & kFormWrite) != 0 && !read_write(reader, form, value)) return false;
  const bool large = (form & kFormLarge) != 0;
  if (large && (depth == Depth::kField || (form & kFormErased) != 0 || !is_large_size(value))) return false;
  auto cell = Cell::from_parts(std::move(value), generation, std::move(components), left - reader.left());
  if (!cell) return false;
  if (large) cell->mark_large();
  if (settled) cell->settle();
  out = std::move(*cell);
  return true;
}

}  // namespace

Result<Cell> decode_cell(Bytes encoded) {
  Reader reader(encoded);
  Cell cell;
  if (!read_cell_parts(reader, Depth::kCell, cell) || !reader.at_end()) return Error{Code::kInvalid, "the bytes are no cell"};
  return cell;
}

bool may_hold_map(Bytes encoded) {
  Reader reader(encoded);
  std::uint8_t form = 0;
  std::uint8_t count = 0;
  Tag first{};
  reader.read(form);
  if ((form & kFormComponents) == 0) return false;
  if ((form & kFormGeneration) != 0) reader.skip(kGenerationBytes);
  reader.read(count);
  reader.read(first);
  return first == Tag::kMap || count > 1;
}

bool surely_shows_all(Bytes encoded) {
  const auto form = std::to_integer<std::uint8_t>(encoded.front());
  return (form & (kFormGeneration | kFormErased)) == 0 && !may_hold_map(encoded);
}

std::optional<PlainValue> plain_value_of(Bytes encoded) {
  Reader reader(encoded);
  std::uint8_t form = 0;
  PlainValue plain;
  if (!reader.read(form) || (form & ~kFormErased) != kFormWrite || !reader.read(plain.stamp.value)) return std::nullopt;
  if (!read_writer(reader, plain.writer)) return std::nullopt;
  plain.erased = (form & kFormErased) != 0;
  plain.value = reader.rest();
  if (plain.value.size() > (plain.erased ? 0 : kValueBytesMax)) return std::nullopt;
  if (plain.erased && plain.stamp == Stamp{} && plain.writer == WriterId{}) return std::nullopt;
  return plain;
}

// The write ends the cell.
std::optional<LargeMark> large_mark_of(Bytes encoded) {
  constexpr std::size_t kWriteBytes = kPlainValueBytes + kLargeSizeBytes;
  if (encoded.size() <= kWriteBytes || (std::to_integer<std::uint8_t>(encoded[0]) & kFormLarge) == 0) return std::nullopt;
  Reader reader(encoded.last(kWriteBytes));
  LargeMark mark;
  reader.read(mark.id.stamp.value);
  read_writer(reader, mark.id.writer);
  reader.read(mark.bytes);
  return mark;
}

std::optional<MvContext> decode_mv_context(Bytes encoded) {
  MvContext context;
  if (encoded.empty()) return context;
  Reader reader(encoded);
  std::vector<WriterId> writers;
  if (!read_generation(reader, context.generation) || !read_context(reader, context.seen, writers)) return std::nullopt;
  if (!reader.at_end()) return std::nullopt;
  return context;
}

}  // namespace lath
