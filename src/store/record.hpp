// Records: what does not fit a slot, in a block of the arena that the slot refers to. Readable one-sidedly like the slot.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "base/message.hpp"
#include "store/layout.hpp"

namespace lath {

inline std::byte* record_of(const Slot& slot) {
  return reinterpret_cast<std::byte*>(slot.value & kAddressMask);
}
// Of a key that does not fit the slot's word; 0 of others.
inline std::size_t long_key_bytes(const Slot& slot) {
  return slot.value >> kAddressBits;
}
inline std::uint64_t record_reference(const std::byte* record, std::size_t key_bytes_in_record) {
  return reinterpret_cast<std::uint64_t>(record) | std::uint64_t{key_bytes_in_record} << kAddressBits;
}

inline Bytes long_key_of(const Slot& slot) {
  return {record_of(slot) + sizeof(RecordHeader), long_key_bytes(slot)};
}
inline std::size_t value_bytes_of_record(const Slot& slot) {
  RecordHeader header;
  std::memcpy(&header, record_of(slot), sizeof header);
  return header.value_bytes;
}
inline Bytes value_of_record(const Slot& slot) {
  return {record_of(slot) + sizeof(RecordHeader) + long_key_bytes(slot), value_bytes_of_record(slot)};
}

inline std::size_t record_bytes(std::size_t key_bytes, std::size_t value_bytes) {
  return sizeof(RecordHeader) + key_bytes + value_bytes;
}
// The parts must not lie in this very record, unless they are where they will be. By words: a reader that was here before the slot
// was opened for writing may still be at them.
inline void write_record(std::byte* record, Bytes key, Bytes value) {
  std::byte* content = record + sizeof(RecordHeader);
  const std::size_t aligned = key.size() / sizeof(std::uint64_t) * sizeof(std::uint64_t);
  store_bytes(content, key.first(aligned));
  std::size_t from = 0;  // of the value, what is written with the key's last bytes
  if (const std::size_t rest = key.size() - aligned; rest > 0) {
    std::array<std::byte, sizeof(std::uint64_t)> mixed{};
    from = std::min(value.size(), mixed.size() - rest);
    std::memcpy(mixed.data(), key.data() + aligned, rest);
    if (from > 0) std::memcpy(mixed.data() + rest, value.data(), from);
    store_bytes(content + aligned, mixed);
  }
  const std::size_t next = key.size() == aligned ? aligned : aligned + sizeof(std::uint64_t);
  store_bytes(content + next, value.subspan(from));
  const RecordHeader header{static_cast<std::uint32_t>(value.size()), record_check({content, key.size() + value.size()})};
  store_bytes(record, std::as_bytes(std::span(&header, 1)));
}

}  // namespace lath
