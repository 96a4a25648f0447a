// The C API of sets, siblings, distinct counts and arrays.
#include "lath/lath.h"
#include "launch/c_api/operations.hpp"
#include "launch/c_api/run.hpp"

using namespace lath;
using namespace lath::c_api;

lath_status lath_gset_add(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                          uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_bytes(Opcode::kGrowSetAdd, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_gset_contains(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                               int* contains, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns,
             c_api::contains(Opcode::kGrowSetContains, {key, key_size}, {element, element_size}, contains));
}

lath_status lath_gset_members(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity, size_t* size,
                              uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_room(Opcode::kGrowSetMembers, {key, key_size}, "list", {list, capacity, size}));
}

lath_status lath_set_add(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                         uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_bytes(Opcode::kSetAdd, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_set_remove(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                            uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_bytes(Opcode::kSetRemove, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_set_contains(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                              int* contains, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns,
             c_api::contains(Opcode::kSetContains, {key, key_size}, {element, element_size}, contains));
}

lath_status lath_set_members(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity, size_t* size,
                             uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_room(Opcode::kSetMembers, {key, key_size}, "list", {list, capacity, size}));
}

lath_status lath_hll_add(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                         uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, hll_add({key, key_size}, {element, element_size}));
}

lath_status lath_hll_count(lath_session* session, const void* key, size_t key_size, uint64_t* count, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_word(Opcode::kHllCount, {key, key_size}, count));
}

lath_status lath_array_merge(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                             const void* elements, size_t count, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, array_merge({key, key_size}, {how, dtype}, elements, count));
}

lath_status lath_array_get(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype, void* elements,
                           size_t capacity, size_t* count, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, array_get({key, key_size}, {how, dtype}, {elements, capacity, count}));
}

lath_status lath_mv_put(lath_session* session, const void* key, size_t key_size, const void* context, size_t context_size,
                        const void* value, size_t value_size, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, [=](CallBuilder& call) {
    return call.key(Opcode::kMvPut, key, key_size) && call.context(context, context_size) && call.bytes("value", value, value_size);
  });
}

lath_status lath_mv_get(lath_session* session, const void* key, size_t key_size, lath_siblings* siblings, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns,
             [=](CallBuilder& call) { return call.key(Opcode::kMvGet, key, key_size) && call.siblings_out(siblings); });
}
