#include "client/answer.hpp"

#include <cstring>

#include "client/tensor_shape.hpp"
#include "wire/reader.hpp"

namespace lath {

namespace {

bool fits(const Room& room, std::size_t units) {
  if (room.size != nullptr) *room.size = units;
  return units <= room.capacity;
}

void copy(const Room& room, Bytes bytes) {
  copy_short(static_cast<std::byte*>(room.bytes), bytes);
}

Code deliver_siblings(const AnswerTarget& target, Bytes payload) {
  Reader reader(payload);
  std::uint32_t size = 0;
  Bytes context;
  reader.read(size);
  if (!reader.read_bytes(size, context)) return Code::kInternal;
  const bool context_fits = fits(target.context, context.size());
  if (!fits(target.room, reader.left()) || !context_fits) return Code::kTooSmall;
  copy(target.context, context);
  copy(target.room, reader.rest());
  return Code::kOk;
}

}  // namespace

Code deliver_any(const AnswerTarget& target, Bytes payload) {
  switch (target.kind) {
    case AnswerKind::kNothing: return Code::kOk;
    case AnswerKind::kBytes:
      if (payload.size() % target.unit != 0) return Code::kInternal;
      if (!fits(target.room, payload.size() / target.unit)) return Code::kTooSmall;
      copy(target.room, payload);
      return Code::kOk;
    case AnswerKind::kWord:
      if (payload.size() != sizeof(std::uint64_t)) return Code::kInternal;
      if (target.room.bytes != nullptr) copy(target.room, payload);
      return Code::kOk;
    case AnswerKind::kFlag: {
      if (payload.size() != 1) return Code::kInternal;
      const int flag = payload[0] != std::byte{0} ? 1 : 0;
      std::memcpy(target.room.bytes, &flag, sizeof flag);
      return Code::kOk;
    }
    case AnswerKind::kTensor: {
      auto* room = static_cast<TensorRoom*>(target.room.bytes);
      const Code code = room->open(payload, payload.size());
      if (code == Code::kOk) room->scatter(0, payload.subspan(kTensorHeaderBytes));
      return code;
    }
    case AnswerKind::kSiblings: return deliver_siblings(target, payload);
  }
  return Code::kInternal;
}

}  // namespace lath
