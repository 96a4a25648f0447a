// The C API of maps.
#include "lath/lath.h"
#include "launch/c_api/operations.hpp"
#include "launch/c_api/run.hpp"

using namespace lath;
using namespace lath::c_api;

lath_status lath_map_put(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                         const void* value, size_t value_size, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_bytes(Opcode::kPut, {key, key_size}, {field, field_size}, {value, value_size}));
}

lath_status lath_map_get(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size, void* value,
                         size_t capacity, size_t* size, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns,
             field_into_room(Opcode::kGet, {key, key_size}, {field, field_size}, {value, capacity, size}));
}

lath_status lath_map_erase(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                           uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_erase({key, key_size}, {field, field_size}));
}

lath_status lath_map_fields(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity, size_t* size,
                            uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_room(Opcode::kMapFields, {key, key_size}, "list", {list, capacity, size}));
}

lath_status lath_map_counter_add(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                 int64_t by, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_word(Opcode::kCounterAdd, {key, key_size}, {field, field_size}, by));
}

lath_status lath_map_counter_get(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                 int64_t* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_into_word(Opcode::kCounterGet, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_max_i64_merge(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                   int64_t value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_word(Opcode::kMaxI64Merge, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_max_i64_get(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                 int64_t* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_into_word(Opcode::kMaxI64Get, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_min_i64_merge(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                   int64_t value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_word(Opcode::kMinI64Merge, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_min_i64_get(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                 int64_t* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_into_word(Opcode::kMinI64Get, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_max_f64_merge(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                   double value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_word(Opcode::kMaxF64Merge, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_max_f64_get(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                 double* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_into_word(Opcode::kMaxF64Get, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_min_f64_merge(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                   double value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_word(Opcode::kMinF64Merge, {key, key_size}, {field, field_size}, value));
}

lath_status lath_map_min_f64_get(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                 double* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, field_into_word(Opcode::kMinF64Get, {key, key_size}, {field, field_size}, value));
}
