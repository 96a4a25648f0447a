#include "launch/c_api/call.hpp"

#include "client/failure.hpp"
#include "topology/hash.hpp"
#include "wire/writer.hpp"

namespace lath::c_api {

static_assert(LATH_KEY_BYTES_MAX == kKeyBytesMax && LATH_VALUE_BYTES_MAX == kValueBytesMax &&
              LATH_LARGE_BYTES_MAX == kLargeBytesMax);

namespace {

Bytes bytes_at(const void* bytes, std::size_t size) {
  return {static_cast<const std::byte*>(bytes), size};
}

}  // namespace

bool CallBuilder::refuse(Code code, std::string_view what) {
  code_ = code;
  text_ = Subject(named_, operation_.key, field_).text(called_) + ": " + std::string(what);
  return false;
}

bool CallBuilder::refuse_key(std::size_t size) {
  if (size == 0) return refuse(Code::kInvalid, "key has 0 bytes; a key has 1 to 1024");
  return false;  // check_bytes() has said why
}

bool CallBuilder::refuse_bytes(const char* name, std::size_t size, std::size_t size_max) {
  if (size > size_max) {
    return refuse(Code::kTooLarge, std::string(name) + " has " + std::to_string(size) + " bytes; at most " +
                                       std::to_string(size_max) + " are taken");
  }
  const bool may_be_empty = std::string_view(name) != "key" && std::string_view(name) != "field";
  return refuse(Code::kInvalid, std::string(name) + " is NULL, with " + std::to_string(size) + " bytes; pass " +
                                    (may_be_empty ? "the bytes, or 0" : "its bytes"));
}

bool CallBuilder::refuse_room(const char* name, std::size_t capacity) {
  return refuse(Code::kInvalid, std::string(name) + " is NULL, with a capacity of " + std::to_string(capacity) +
                                    "; pass a buffer, or 0 to ask for the size");
}

bool CallBuilder::refuse_sizeless() {
  return refuse(Code::kInvalid, "the size (or count) out is NULL; pass where to store it");
}

bool CallBuilder::keyless(Opcode opcode) {
  operation_.opcode = named_ = opcode;
  return true;
}

void CallBuilder::begin_parts() {
  in_parts_ = true;
  scratch_.clear();
}

bool CallBuilder::field(Opcode inner, const void* field, std::size_t size) {
  if (size == 0) return refuse(Code::kInvalid, "field has 0 bytes; a field has 1 to 1024");
  if (!check_bytes("field", field, size, kKeyBytesMax)) return false;
  named_ = inner;
  field_ = bytes_at(field, size);
  if (inner == Opcode::kMapErase) {
    operation_.argument = field_;
    return true;
  }
  begin_parts();
  write(scratch_, static_cast<std::uint16_t>(size));
  scratch_.append(field_);
  write(scratch_, inner);
  return true;
}

bool CallBuilder::large_value(const char* name, const void* bytes, std::size_t size) {
  if (!check_bytes(name, bytes, size, kLargeBytesMax)) return false;
  large_.emplace();
  large_->memory = static_cast<const std::byte*>(bytes);
  large_->layout = StridedLayout::dense(size);
  return true;
}

bool CallBuilder::nodes(std::uint32_t nodes) {
  if (nodes > LATH_ACK_NODES_MAX) {
    return refuse(Code::kInvalid, "nodes is " + std::to_string(nodes) + "; it is 1 to 16, or 0 for every replica");
  }
  word_[0] = static_cast<std::byte>(nodes);
  add_argument(Bytes(word_).first(1));
  return true;
}

bool CallBuilder::context(const void* context, std::size_t size) {
  if (!check_bytes("context", context, size, kArgumentBytesMax - kValueBytesMax - sizeof(std::uint32_t))) return false;
  begin_parts();
  write(scratch_, static_cast<std::uint32_t>(size));
  scratch_.append(bytes_at(context, size));
  return true;
}

bool CallBuilder::element_hash(const void* element, std::size_t size) {
  if (element == nullptr && size > 0) return check_bytes("element", element, size, size);
  return word("element", key_hash(bytes_at(element, size)));
}

bool CallBuilder::array_kind(lath_how how, lath_dtype dtype) {
  const auto how_number = static_cast<unsigned>(how);
  const auto dtype_number = static_cast<unsigned>(dtype);
  if (how_number > LATH_SUM)
    return refuse(Code::kInvalid, "how is " + std::to_string(how_number) + "; it is LATH_MAX, LATH_MIN or LATH_SUM");
  if (dtype_number > LATH_I64) {
    return refuse(Code::kInvalid, "dtype is " + std::to_string(dtype_number) + "; it is LATH_F32, LATH_F64, LATH_I32 or LATH_I64");
  }
  begin_parts();
  write(scratch_, static_cast<std::uint8_t>(how_number));
  write(scratch_, static_cast<std::uint8_t>(dtype_number));
  return true;
}

bool CallBuilder::elements(lath_dtype dtype, const void* elements, std::size_t count) {
  if (count == 0) return refuse(Code::kInvalid, "count is 0; an array has at least one element");
  if (count > kValueBytesMax / bytes_of(dtype)) {
    return refuse(Code::kTooLarge, "count is " + std::to_string(count) + "; an array has at most 65536 bytes");
  }
  const Bytes all = bytes_at(elements, count * bytes_of(dtype));
  if (!check_bytes("elements", elements, all.size(), kValueBytesMax)) return false;
  if (dtype == LATH_F32 && !check_numbers<float>(all)) return false;
  if (dtype == LATH_F64 && !check_numbers<double>(all)) return false;
  add_argument(all);
  return true;
}

template <class T>
bool CallBuilder::check_numbers(Bytes elements) {
  for (std::size_t index = 0; index < elements.size() / sizeof(T); ++index) {
    T number;
    std::memcpy(&number, elements.data() + index * sizeof(T), sizeof(T));
    if (is_nan(number)) return refuse(Code::kInvalid, "element " + std::to_string(index) + " (from 0) is NaN; merge numbers alone");
  }
  return true;
}

bool CallBuilder::word_out(const char* name, void* value) {
  if (value == nullptr) return refuse(Code::kInvalid, std::string(name) + " is NULL; pass where to store it");
  return word_out_if_any(value);
}

bool CallBuilder::word_out_if_any(void* value) {
  target_ = AnswerTarget::word(value);
  return true;
}

bool CallBuilder::flag_out(const char* name, int* flag) {
  if (flag == nullptr) return refuse(Code::kInvalid, std::string(name) + " is NULL; pass where to store it");
  target_ = AnswerTarget::flag(flag);
  return true;
}

bool CallBuilder::siblings_out(lath_siblings* siblings) {
  if (siblings == nullptr) return refuse(Code::kInvalid, "siblings is NULL; pass a lath_siblings with its two buffers");
  if (!check_room("siblings->context", siblings->context, siblings->context_capacity)) return false;
  if (!check_room("siblings->list", siblings->list, siblings->list_capacity)) return false;
  target_ = AnswerTarget::siblings({siblings->list, siblings->list_capacity, &siblings->list_size},
                                   {siblings->context, siblings->context_capacity, &siblings->context_size});
  return true;
}

}  // namespace lath::c_api
