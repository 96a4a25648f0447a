// The C API of batches.
#include <algorithm>

#include "lath/lath.h"
#include "launch/c_api/operations.hpp"
#include "launch/c_api/run.hpp"

using namespace lath;
using namespace lath::c_api;

lath_status lath_batch_put(lath_batch* batch, const void* key, size_t key_size, const void* value, size_t value_size) {
  return add(batch, __func__, with_bytes(Opcode::kPut, {key, key_size}, "value", {value, value_size}));
}

lath_status lath_batch_get(lath_batch* batch, const void* key, size_t key_size, void* value, size_t capacity, size_t* size) {
  return add(batch, __func__, into_room(Opcode::kGet, {key, key_size}, "value", {value, capacity, size}));
}

lath_status lath_batch_erase(lath_batch* batch, const void* key, size_t key_size) {
  return add(batch, __func__, plain(Opcode::kErase, {key, key_size}));
}

lath_status lath_batch_counter_add(lath_batch* batch, const void* key, size_t key_size, int64_t by) {
  return add(batch, __func__, with_word(Opcode::kCounterAdd, {key, key_size}, by));
}

lath_status lath_batch_counter_get(lath_batch* batch, const void* key, size_t key_size, int64_t* value) {
  return add(batch, __func__, into_word(Opcode::kCounterGet, {key, key_size}, value));
}

lath_status lath_batch_grow_counter_add(lath_batch* batch, const void* key, size_t key_size, uint64_t by) {
  return add(batch, __func__, with_word(Opcode::kGrowCounterAdd, {key, key_size}, by));
}

lath_status lath_batch_max_i64_merge(lath_batch* batch, const void* key, size_t key_size, int64_t value) {
  return add(batch, __func__, with_word(Opcode::kMaxI64Merge, {key, key_size}, value));
}

lath_status lath_batch_min_i64_merge(lath_batch* batch, const void* key, size_t key_size, int64_t value) {
  return add(batch, __func__, with_word(Opcode::kMinI64Merge, {key, key_size}, value));
}

lath_status lath_batch_max_f64_merge(lath_batch* batch, const void* key, size_t key_size, double value) {
  return add(batch, __func__, with_word(Opcode::kMaxF64Merge, {key, key_size}, value));
}

lath_status lath_batch_min_f64_merge(lath_batch* batch, const void* key, size_t key_size, double value) {
  return add(batch, __func__, with_word(Opcode::kMinF64Merge, {key, key_size}, value));
}

lath_status lath_batch_gset_add(lath_batch* batch, const void* key, size_t key_size, const void* element, size_t element_size) {
  return add(batch, __func__, with_bytes(Opcode::kGrowSetAdd, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_batch_set_add(lath_batch* batch, const void* key, size_t key_size, const void* element, size_t element_size) {
  return add(batch, __func__, with_bytes(Opcode::kSetAdd, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_batch_set_remove(lath_batch* batch, const void* key, size_t key_size, const void* element, size_t element_size) {
  return add(batch, __func__, with_bytes(Opcode::kSetRemove, {key, key_size}, "element", {element, element_size}));
}

lath_status lath_batch_set_contains(lath_batch* batch, const void* key, size_t key_size, const void* element, size_t element_size,
                                    int* contains) {
  return add(batch, __func__, c_api::contains(Opcode::kSetContains, {key, key_size}, {element, element_size}, contains));
}

lath_status lath_batch_map_put(lath_batch* batch, const void* key, size_t key_size, const void* field, size_t field_size,
                               const void* value, size_t value_size) {
  return add(batch, __func__, field_bytes(Opcode::kPut, {key, key_size}, {field, field_size}, {value, value_size}));
}

lath_status lath_batch_map_counter_add(lath_batch* batch, const void* key, size_t key_size, const void* field, size_t field_size,
                                       int64_t by) {
  return add(batch, __func__, field_word(Opcode::kCounterAdd, {key, key_size}, {field, field_size}, by));
}

lath_status lath_batch_hll_add(lath_batch* batch, const void* key, size_t key_size, const void* element, size_t element_size) {
  return add(batch, __func__, hll_add({key, key_size}, {element, element_size}));
}

lath_status lath_batch_array_merge(lath_batch* batch, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                   const void* elements, size_t count) {
  return add(batch, __func__, array_merge({key, key_size}, {how, dtype}, elements, count));
}

lath_status lath_batch_open(lath_session* session, size_t operations, lath_batch** batch) {
  Entered in(session, __func__);
  if (!in) return in.status();
  if (batch == nullptr) return in.refuse(Code::kInvalid, "lath_batch_open: batch is NULL; pass where to store the handle");
  if (operations > kBatchOperationsMax) return in.refuse(Code::kFull, "lath_batch_open: a batch holds at most 1048576 operations");
  auto& batches = session->batches;
  auto shell = std::find_if(batches.begin(), batches.end(), [](const auto& each) { return !each->open; });
  if (shell == batches.end()) shell = batches.insert(batches.end(), std::make_unique<lath_batch>());
  (*shell)->session = session;
  (*shell)->open = true;
  (*shell)->operations.reserve(operations);
  *batch = shell->get();
  return LATH_OK;
}

lath_status lath_batch_close(lath_batch* batch) {
  if (batch == nullptr) return LATH_OK;
  Entered in(batch, __func__);
  if (!in) return in.status();
  batch->open = false;
  batch->operations = Batch();
  return LATH_OK;
}

lath_status lath_batch_run(lath_batch* batch, uint64_t timeout_ns) {
  Entered in(batch, __func__);
  if (!in) return in.status();
  const TimeNs now = in.driver().read_clock();
  return in.ended(batch->operations.run(in.driver(), deadline_after(now, timeout_ns)));
}

size_t lath_batch_count(const lath_batch* batch) {
  return batch != nullptr && batch->magic == lath_batch::kMagic && batch->open ? batch->operations.size() : 0;
}

lath_status lath_batch_status(const lath_batch* batch, size_t index) {
  return index < lath_batch_count(batch) ? status_of(batch->operations.status(index)) : LATH_E_INVALID;
}

lath_status lath_batch_clear(lath_batch* batch) {
  Entered in(batch, __func__);
  if (!in) return in.status();
  batch->operations.clear();
  return LATH_OK;
}
