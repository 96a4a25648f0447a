// What each operation of the C API checks and is made of, once for all its ways and for keys and fields alike.
#pragma once

#include "launch/c_api/call.hpp"

namespace lath::c_api {

struct BytesArgument {
  const void* bytes;
  std::size_t size;
};
struct RoomArgument {
  void* bytes;
  std::size_t capacity;
  std::size_t* size;
};
struct ArrayArgument {
  lath_how how;
  lath_dtype dtype;
};

// Where an operation applies: to a key, to one field of a key's map, or to whatever the session has written.
struct KeyArgument {
  const void* bytes;
  std::size_t size;

  bool begin(CallBuilder& call, Opcode opcode) const { return call.key(opcode, bytes, size); }
};
struct EveryShard {};
struct FieldArgument {
  KeyArgument key;
  BytesArgument field;

  bool begin(CallBuilder& call, Opcode opcode) const {
    const Opcode outer = opcode == Opcode::kMapErase ? opcode : is_update(opcode) ? Opcode::kMapUpdate : Opcode::kMapRead;
    return key.begin(call, outer) && call.field(opcode, field.bytes, field.size);
  }
};

// An update without argument.
template <class Where>
auto plain(Opcode opcode, Where at) {
  return [=](CallBuilder& call) { return at.begin(call, opcode); };
}
// An update with bytes: a value or an element.
template <class Where>
auto with_bytes(Opcode opcode, Where at, const char* name, BytesArgument bytes) {
  return [=](CallBuilder& call) { return at.begin(call, opcode) && call.bytes(name, bytes.bytes, bytes.size); };
}
// A put. What a map holds is never large.
inline auto with_value(KeyArgument at, BytesArgument value) {
  return [=](CallBuilder& call) { return at.begin(call, Opcode::kPut) && call.value("value", value.bytes, value.size); };
}
inline auto with_value(FieldArgument at, BytesArgument value) {
  return with_bytes(Opcode::kPut, at, "value", value);
}
// An update with a number of 8 bytes.
template <class Where, class T>
auto with_word(Opcode opcode, Where at, const char* name, T value) {
  return [=](CallBuilder& call) { return at.begin(call, opcode) && call.word(name, value); };
}
// A read of bytes or of a packed list.
template <class Where>
auto into_room(Opcode opcode, Where at, const char* name, RoomArgument room) {
  return [=](CallBuilder& call) { return at.begin(call, opcode) && call.room(name, room.bytes, room.capacity, room.size); };
}
// A read of a number of 8 bytes.
template <class Where>
auto into_word(Opcode opcode, Where at, const char* name, void* value) {
  return [=](CallBuilder& call) { return at.begin(call, opcode) && call.word_out(name, value); };
}
template <class Where>
auto contains_element(Opcode opcode, Where at, BytesArgument element, int* contains) {
  return [=](CallBuilder& call) {
    return at.begin(call, opcode) && call.bytes("element", element.bytes, element.size) && call.flag_out("contains", contains);
  };
}

inline auto replace_siblings(KeyArgument at, BytesArgument context, BytesArgument value) {
  return [=](CallBuilder& call) {
    return at.begin(call, Opcode::kMvPut) && call.context(context.bytes, context.size) &&
           call.bytes("value", value.bytes, value.size);
  };
}
inline auto into_siblings(KeyArgument at, lath_siblings* siblings) {
  return [=](CallBuilder& call) { return at.begin(call, Opcode::kMvGet) && call.siblings_out(siblings); };
}
inline auto add_hash_of(KeyArgument at, BytesArgument element) {
  return [=](CallBuilder& call) { return at.begin(call, Opcode::kHllAdd) && call.element_hash(element.bytes, element.size); };
}
inline auto merge_elements(KeyArgument at, ArrayArgument array, const void* elements, std::size_t count) {
  return [=](CallBuilder& call) {
    return at.begin(call, Opcode::kArrayMerge) && call.array_kind(array.how, array.dtype) &&
           call.elements(array.dtype, elements, count);
  };
}
inline auto into_elements(KeyArgument at, ArrayArgument array, RoomArgument room) {
  return [=](CallBuilder& call) {
    return at.begin(call, Opcode::kArrayGet) && call.array_kind(array.how, array.dtype) &&
           call.room("elements", room.bytes, room.capacity, room.size, bytes_of(array.dtype));
  };
}
inline auto until_past(KeyArgument at, std::uint64_t since, std::uint64_t* version) {
  return [=](CallBuilder& call) {
    return at.begin(call, Opcode::kWait) && call.word("since", since) && call.word_out_if_any(version);
  };
}
inline auto held_by(EveryShard, std::uint32_t nodes) {
  return [=](CallBuilder& call) { return call.keyless(Opcode::kFlush) && call.nodes(nodes); };
}

}  // namespace lath::c_api
