// The C API of operations that are begun and not waited for.
#include "lath/lath.h"
#include "launch/c_api/operations.hpp"
#include "launch/c_api/run.hpp"

using namespace lath;
using namespace lath::c_api;

lath_status lath_put_nb(lath_session* session, const void* key, size_t key_size, const void* value, size_t value_size,
                        uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request, with_bytes(Opcode::kPut, {key, key_size}, "value", {value, value_size}));
}

lath_status lath_get_nb(lath_session* session, const void* key, size_t key_size, void* value, size_t capacity, size_t* size,
                        uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request, into_room(Opcode::kGet, {key, key_size}, "value", {value, capacity, size}));
}

lath_status lath_erase_nb(lath_session* session, const void* key, size_t key_size, uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request, plain(Opcode::kErase, {key, key_size}));
}

lath_status lath_counter_add_nb(lath_session* session, const void* key, size_t key_size, int64_t by, uint64_t timeout_ns,
                                lath_request* request) {
  return start(session, __func__, timeout_ns, request, with_word(Opcode::kCounterAdd, {key, key_size}, by));
}

lath_status lath_counter_get_nb(lath_session* session, const void* key, size_t key_size, int64_t* value, uint64_t timeout_ns,
                                lath_request* request) {
  return start(session, __func__, timeout_ns, request, into_word(Opcode::kCounterGet, {key, key_size}, value));
}

lath_status lath_max_i64_merge_nb(lath_session* session, const void* key, size_t key_size, int64_t value, uint64_t timeout_ns,
                                  lath_request* request) {
  return start(session, __func__, timeout_ns, request, with_word(Opcode::kMaxI64Merge, {key, key_size}, value));
}

lath_status lath_min_i64_merge_nb(lath_session* session, const void* key, size_t key_size, int64_t value, uint64_t timeout_ns,
                                  lath_request* request) {
  return start(session, __func__, timeout_ns, request, with_word(Opcode::kMinI64Merge, {key, key_size}, value));
}

lath_status lath_max_f64_merge_nb(lath_session* session, const void* key, size_t key_size, double value, uint64_t timeout_ns,
                                  lath_request* request) {
  return start(session, __func__, timeout_ns, request, with_word(Opcode::kMaxF64Merge, {key, key_size}, value));
}

lath_status lath_min_f64_merge_nb(lath_session* session, const void* key, size_t key_size, double value, uint64_t timeout_ns,
                                  lath_request* request) {
  return start(session, __func__, timeout_ns, request, with_word(Opcode::kMinF64Merge, {key, key_size}, value));
}

lath_status lath_set_add_nb(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                            uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request,
               with_bytes(Opcode::kSetAdd, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_set_remove_nb(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                               uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request,
               with_bytes(Opcode::kSetRemove, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_set_contains_nb(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                                 int* contains, uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request,
               c_api::contains(Opcode::kSetContains, {key, key_size}, {element, element_size}, contains));
}

lath_status lath_map_put_nb(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                            const void* value, size_t value_size, uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request,
               field_bytes(Opcode::kPut, {key, key_size}, {field, field_size}, {value, value_size}));
}

lath_status lath_map_get_nb(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                            void* value, size_t capacity, size_t* size, uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request,
               field_into_room(Opcode::kGet, {key, key_size}, {field, field_size}, {value, capacity, size}));
}

lath_status lath_hll_add_nb(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                            uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request, hll_add({key, key_size}, {element, element_size}));
}

lath_status lath_array_merge_nb(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                const void* elements, size_t count, uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request, array_merge({key, key_size}, {how, dtype}, elements, count));
}

lath_status lath_array_get_nb(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                              void* elements, size_t capacity, size_t* count, uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request, array_get({key, key_size}, {how, dtype}, {elements, capacity, count}));
}

lath_status lath_wait_nb(lath_session* session, const void* key, size_t key_size, uint64_t since, uint64_t* version,
                         uint64_t timeout_ns, lath_request* request) {
  return start(session, __func__, timeout_ns, request, c_api::wait({key, key_size}, since, version));
}

lath_status lath_flush_nb(lath_session* session, uint32_t nodes, uint64_t timeout_ns, lath_request* request) {
  Entered in(session, __func__);
  if (!in) return in.status();
  CallBuilder call(session->scratch);
  if (!call.keyless(Opcode::kFlush) || !call.nodes(nodes)) return in.refuse(call.code(), call.text());
  if (request == nullptr) return in.refuse(Code::kInvalid, "flush: request is NULL; pass where to store its name");
  const TimeNs now = in.driver().read_clock();
  in.session().begin_call();
  const RequestId id = in.session().flush(static_cast<std::uint8_t>(nodes), deadline_after(now, timeout_ns), {}, now);
  if (!id) return in.ended(Code::kFull);
  *request = c_api::name_of(id);
  return LATH_OK;
}
