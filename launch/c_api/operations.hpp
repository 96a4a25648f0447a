// Every operation of the C API, once: what it checks and what it is made of. The blocking, _nb and batch calls share these.
#pragma once

#include "launch/c_api/call.hpp"

namespace lath::c_api {

struct KeyArgument {
  const void* bytes;
  std::size_t size;
};
struct BytesArgument {
  const void* bytes;
  std::size_t size;
};
struct RoomArgument {
  void* bytes;
  std::size_t capacity;
  std::size_t* size;
};

// An update without argument, or a read whose answer is a status.
inline auto plain(Opcode opcode, KeyArgument key) {
  return [=](CallBuilder& call) { return call.key(opcode, key.bytes, key.size); };
}
// An update with bytes: a value or an element.
inline auto with_bytes(Opcode opcode, KeyArgument key, const char* name, BytesArgument bytes) {
  return [=](CallBuilder& call) { return call.key(opcode, key.bytes, key.size) && call.bytes(name, bytes.bytes, bytes.size); };
}
// An update with a number of 8 bytes.
template <class T>
auto with_word(Opcode opcode, KeyArgument key, T value) {
  return [=](CallBuilder& call) { return call.key(opcode, key.bytes, key.size) && call.word(value); };
}
// A read of bytes or of a packed list.
inline auto into_room(Opcode opcode, KeyArgument key, const char* name, RoomArgument room) {
  return [=](CallBuilder& call) {
    return call.key(opcode, key.bytes, key.size) && call.room(name, room.bytes, room.capacity, room.size);
  };
}
// A read of a number of 8 bytes.
inline auto into_word(Opcode opcode, KeyArgument key, void* value) {
  return [=](CallBuilder& call) { return call.key(opcode, key.bytes, key.size) && call.word_out("value", value); };
}
inline auto contains(Opcode opcode, KeyArgument key, BytesArgument element, int* flag) {
  return [=](CallBuilder& call) {
    return call.key(opcode, key.bytes, key.size) && call.bytes("element", element.bytes, element.size) &&
           call.flag_out("contains", flag);
  };
}
inline auto hll_add(KeyArgument key, BytesArgument element) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kHllAdd, key.bytes, key.size) && call.element_hash(element.bytes, element.size);
  };
}

// The same within a field of a map.
inline auto field_bytes(Opcode inner, KeyArgument key, BytesArgument field, BytesArgument value) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kMapUpdate, key.bytes, key.size) && call.field(inner, field.bytes, field.size) &&
           call.bytes("value", value.bytes, value.size);
  };
}
template <class T>
auto field_word(Opcode inner, KeyArgument key, BytesArgument field, T value) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kMapUpdate, key.bytes, key.size) && call.field(inner, field.bytes, field.size) && call.word(value);
  };
}
inline auto field_into_room(Opcode inner, KeyArgument key, BytesArgument field, RoomArgument room) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kMapRead, key.bytes, key.size) && call.field(inner, field.bytes, field.size) &&
           call.room("value", room.bytes, room.capacity, room.size);
  };
}
inline auto field_into_word(Opcode inner, KeyArgument key, BytesArgument field, void* value) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kMapRead, key.bytes, key.size) && call.field(inner, field.bytes, field.size) &&
           call.word_out("value", value);
  };
}
inline auto field_erase(KeyArgument key, BytesArgument field) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kMapErase, key.bytes, key.size) && call.field(Opcode::kMapErase, field.bytes, field.size);
  };
}

struct ArrayArgument {
  lath_how how;
  lath_dtype dtype;
};
inline auto array_merge(KeyArgument key, ArrayArgument array, const void* elements, std::size_t count) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kArrayMerge, key.bytes, key.size) && call.array_kind(array.how, array.dtype) &&
           call.elements(array.dtype, elements, count);
  };
}
inline auto array_get(KeyArgument key, ArrayArgument array, RoomArgument room) {
  return [=](CallBuilder& call) {
    const std::uint8_t unit = array.dtype == LATH_F64 || array.dtype == LATH_I64 ? 8 : 4;
    return call.key(Opcode::kArrayGet, key.bytes, key.size) && call.array_kind(array.how, array.dtype) &&
           call.room("elements", room.bytes, room.capacity, room.size, unit);
  };
}
inline auto wait(KeyArgument key, std::uint64_t since, std::uint64_t* version) {
  return [=](CallBuilder& call) {
    return call.key(Opcode::kWait, key.bytes, key.size) && call.word(since) && call.word_out_if_any(version);
  };
}

}  // namespace lath::c_api
