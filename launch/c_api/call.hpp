// Checks the arguments of one call of the C API, and makes the operation of them. The first that is wrong ends it, with a text that
// names it and the remedy. Lives on the stack of the call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/frame_buffer.hpp"
#include "client/answer.hpp"
#include "client/large_transfers.hpp"
#include "lath/lath.h"
#include "lath/lattice/number_order.hpp"
#include "lath/limits.hpp"
#include "lath/result.hpp"
#include "wire/request.hpp"

namespace lath::c_api {

inline std::uint8_t bytes_of(lath_dtype dtype) {
  return dtype == LATH_F64 || dtype == LATH_I64 ? 8 : 4;
}

class CallBuilder {
 public:
  // `scratch` holds arguments of several parts until the operation has been copied. `called`: what texts call it; empty: as they call
  // the operation.
  explicit CallBuilder(FrameBuffer& scratch, std::string_view called = {}) : scratch_(scratch), called_(called) {}

  // Each says whether all is well so far, so that a call is one chain of &&.
  bool key(Opcode opcode, const void* key, std::size_t size) {
    operation_.opcode = named_ = opcode;
    if (size == 0 || !check_bytes("key", key, size, kKeyBytesMax)) [[unlikely]]
      return refuse_key(size);
    operation_.key = {static_cast<const std::byte*>(key), size};
    return true;
  }
  bool keyless(Opcode opcode);
  // What follows concerns one field of a map.
  bool field(Opcode inner, const void* field, std::size_t size);
  bool bytes(const char* name, const void* bytes, std::size_t size) {
    if (!check_bytes(name, bytes, size, kValueBytesMax)) [[unlikely]]
      return false;
    add_argument({static_cast<const std::byte*>(bytes), size});
    return true;
  }
  // A value of any size: a large one is pulled from where it is.
  bool value(const char* name, const void* bytes, std::size_t size) {
    if (size <= kValueBytesMax) [[likely]]
      return this->bytes(name, bytes, size);
    return large_value(name, bytes, size);
  }
  // What a caller of this has checked by itself.
  void take_large(const LargeValue& value) { large_ = value; }
  void take_target(const AnswerTarget& target) { target_ = target; }
  FrameBuffer& take_parts() {
    begin_parts();
    return scratch_;
  }
  bool nodes(std::uint32_t nodes);
  bool context(const void* context, std::size_t size);
  bool element_hash(const void* element, std::size_t size);
  bool array_kind(lath_how how, lath_dtype dtype);
  bool elements(lath_dtype dtype, const void* elements, std::size_t count);
  template <class T>
  bool word(const char* name, T value) {
    static_assert(sizeof(T) == 8);
    if constexpr (std::is_floating_point_v<T>) {
      if (is_nan(value)) return refuse(Code::kInvalid, std::string(name) + " is NaN; merge numbers alone");
    }
    std::memcpy(word_.data(), &value, sizeof value);
    add_argument(word_);
    return true;
  }

  // Out parameters.
  bool room(const char* name, void* bytes, std::size_t capacity, std::size_t* size, std::uint8_t unit = 1) {
    if (!check_room(name, bytes, capacity)) [[unlikely]]
      return false;
    if (size == nullptr) [[unlikely]]
      return refuse_sizeless();
    target_ = AnswerTarget::bytes({bytes, capacity, size}, unit);
    return true;
  }
  bool word_out(const char* name, void* value);
  bool word_out_if_any(void* value);
  bool flag_out(const char* name, int* flag);
  bool siblings_out(lath_siblings* siblings);

  // Valid while the call is. Not to be copied without need: what has just been written in parts is waited for when it is read as a whole.
  const Operation& operation() {
    if (in_parts_) operation_.argument = scratch_.bytes();
    return operation_;
  }
  const AnswerTarget& target() const { return target_; }
  const LargeValue* large() const { return large_ ? &*large_ : nullptr; }
  Code code() const { return code_; }
  const std::string& text() const { return text_; }

  bool refuse(Code code, std::string_view what);

 private:
  void begin_parts();
  void add_argument(Bytes bytes) {
    if (in_parts_) {
      scratch_.append(bytes);
    } else {
      operation_.argument = bytes;
    }
  }
  // What is as it should be is seen in the caller; what is not is put into words out of its way.
  bool check_bytes(const char* name, const void* bytes, std::size_t size, std::size_t size_max) {
    if (size <= size_max && (bytes != nullptr || size == 0)) [[likely]]
      return true;
    return refuse_bytes(name, size, size_max);
  }
  bool check_room(const char* name, const void* bytes, std::size_t capacity) {
    if (bytes != nullptr || capacity == 0) [[likely]]
      return true;
    return refuse_room(name, capacity);
  }
  bool large_value(const char* name, const void* bytes, std::size_t size);
  bool refuse_key(std::size_t size);
  bool refuse_bytes(const char* name, std::size_t size, std::size_t size_max);
  bool refuse_room(const char* name, std::size_t capacity);
  bool refuse_sizeless();
  template <class T>
  bool check_numbers(Bytes elements);

  FrameBuffer& scratch_;
  std::string_view called_;
  Operation operation_;
  Opcode named_ = Opcode::kGet;  // in texts: the operation in the field, where there is one
  bool in_parts_ = false;
  Code code_ = Code::kOk;
  Bytes field_;
  std::array<std::byte, 8> word_{};
  AnswerTarget target_;
  std::optional<LargeValue> large_;  // which is much to clear for every call
  std::string text_;
};

}  // namespace lath::c_api
