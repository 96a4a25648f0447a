// Where an answer goes: straight from the reply's frame into the caller's memory, with nothing allocated between. The caller keeps
// that memory until the request has ended.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/message.hpp"
#include "lath/result.hpp"
#include "wire/writer.hpp"

namespace lath {

struct TensorRoom;  // client/tensor_shape.hpp

// Caller memory: at most `capacity` units are written to `bytes`; `*size` (may be null) says how many there are.
struct Room {
  void* bytes = nullptr;
  std::size_t capacity = 0;
  std::size_t* size = nullptr;
};

enum class AnswerKind : std::uint8_t {
  kNothing,   // the status says it all
  kBytes,     // a value, an array or a packed list
  kWord,      // 8 bytes: a count, a number or a version; no room means that the caller does not care
  kFlag,      // one byte, given as an int
  kSiblings,  // a causal context for the second room, then a packed list for the first
  kTensor,    // into a TensorRoom
};

struct AnswerTarget {
  AnswerKind kind = AnswerKind::kNothing;
  std::uint8_t unit = 1;  // bytes of one element, for kBytes
  Room room;
  Room context;

  static AnswerTarget nothing() { return {}; }
  static AnswerTarget bytes(Room room, std::uint8_t unit = 1) { return {AnswerKind::kBytes, unit, room, {}}; }
  static AnswerTarget word(void* value) { return {AnswerKind::kWord, 1, {value, 1, nullptr}, {}}; }
  static AnswerTarget flag(int* value) { return {AnswerKind::kFlag, 1, {value, 1, nullptr}, {}}; }
  static AnswerTarget tensor(TensorRoom* room) { return {AnswerKind::kTensor, 1, {room, 0, nullptr}, {}}; }
  static AnswerTarget siblings(Room list, Room context) { return {AnswerKind::kSiblings, 1, list, context}; }
};

// Copies the payload of an answer that came with kOk. kTooSmall: only the sizes were set. kInternal: the payload is not what the
// operation's answer looks like, so the shard is not one of ours.
Code deliver_any(const AnswerTarget& target, Bytes payload);
// The usual case: nothing, or bytes that fit. false: nothing was done.
inline bool deliver_plainly(AnswerKind kind, std::uint8_t unit, const Room& room, Bytes payload) {
  if (kind == AnswerKind::kNothing) return true;
  if (kind != AnswerKind::kBytes || unit != 1 || payload.size() > room.capacity || room.size == nullptr) return false;
  *room.size = payload.size();
  copy_short(static_cast<std::byte*>(room.bytes), payload);
  return true;
}
inline Code deliver(const AnswerTarget& target, Bytes payload) {
  return deliver_plainly(target.kind, target.unit, target.room, payload) ? Code::kOk : deliver_any(target, payload);
}

}  // namespace lath
