// Records: what does not fit a slot, in a block of the arena that the slot refers to. Readable one-sidedly like the slot.
#pragma once

#include <cstring>

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
// The parts may lie in this very record.
inline void write_record(std::byte* record, Bytes key, Bytes value) {
  std::byte* content = record + sizeof(RecordHeader);
  if (!key.empty()) std::memmove(content, key.data(), key.size());
  if (!value.empty()) std::memmove(content + key.size(), value.data(), value.size());
  const RecordHeader header{static_cast<std::uint32_t>(value.size()), record_check({content, key.size() + value.size()})};
  std::memcpy(record, &header, sizeof header);
}

}  // namespace lath
