// The C API of bytes, counters, extremes, waiting and flushing.
#include "lath/lath.h"
#include "launch/c_api/operations.hpp"
#include "launch/c_api/run.hpp"

using namespace lath;
using namespace lath::c_api;

lath_status lath_put(lath_session* session, const void* key, size_t key_size, const void* value, size_t value_size,
                     uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_bytes(Opcode::kPut, {key, key_size}, "value", {value, value_size}));
}

lath_status lath_get(lath_session* session, const void* key, size_t key_size, void* value, size_t capacity, size_t* size,
                     uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_room(Opcode::kGet, {key, key_size}, "value", {value, capacity, size}));
}

lath_status lath_erase(lath_session* session, const void* key, size_t key_size, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, plain(Opcode::kErase, {key, key_size}));
}

lath_status lath_counter_add(lath_session* session, const void* key, size_t key_size, int64_t by, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_word(Opcode::kCounterAdd, {key, key_size}, by));
}

lath_status lath_counter_get(lath_session* session, const void* key, size_t key_size, int64_t* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_word(Opcode::kCounterGet, {key, key_size}, value));
}

lath_status lath_grow_counter_add(lath_session* session, const void* key, size_t key_size, uint64_t by, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_word(Opcode::kGrowCounterAdd, {key, key_size}, by));
}

lath_status lath_grow_counter_get(lath_session* session, const void* key, size_t key_size, uint64_t* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_word(Opcode::kGrowCounterGet, {key, key_size}, value));
}

lath_status lath_max_i64_merge(lath_session* session, const void* key, size_t key_size, int64_t value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_word(Opcode::kMaxI64Merge, {key, key_size}, value));
}

lath_status lath_max_i64_get(lath_session* session, const void* key, size_t key_size, int64_t* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_word(Opcode::kMaxI64Get, {key, key_size}, value));
}

lath_status lath_min_i64_merge(lath_session* session, const void* key, size_t key_size, int64_t value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_word(Opcode::kMinI64Merge, {key, key_size}, value));
}

lath_status lath_min_i64_get(lath_session* session, const void* key, size_t key_size, int64_t* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_word(Opcode::kMinI64Get, {key, key_size}, value));
}

lath_status lath_max_f64_merge(lath_session* session, const void* key, size_t key_size, double value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_word(Opcode::kMaxF64Merge, {key, key_size}, value));
}

lath_status lath_max_f64_get(lath_session* session, const void* key, size_t key_size, double* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_word(Opcode::kMaxF64Get, {key, key_size}, value));
}

lath_status lath_min_f64_merge(lath_session* session, const void* key, size_t key_size, double value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, with_word(Opcode::kMinF64Merge, {key, key_size}, value));
}

lath_status lath_min_f64_get(lath_session* session, const void* key, size_t key_size, double* value, uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, into_word(Opcode::kMinF64Get, {key, key_size}, value));
}

lath_status lath_wait(lath_session* session, const void* key, size_t key_size, uint64_t since, uint64_t* version,
                      uint64_t timeout_ns) {
  return run(session, __func__, timeout_ns, c_api::wait({key, key_size}, since, version));
}

lath_status lath_flush(lath_session* session, uint32_t nodes, uint64_t timeout_ns) {
  Entered in(session, __func__);
  if (!in) return in.status();
  CallBuilder call(session->scratch);
  if (!call.keyless(Opcode::kFlush) || !call.nodes(nodes)) return in.refuse(call.code(), call.text());
  return wait_for(in, timeout_ns, [&](Session& state, TimeNs deadline, const Completion& completion, TimeNs now) {
    return state.flush(static_cast<std::uint8_t>(nodes), deadline, completion, now);
  });
}
