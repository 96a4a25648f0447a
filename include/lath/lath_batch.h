/*
 * Batches: many operations in few frames, for throughput. Conventions: lath/lath.h, which includes this.
 *
 * Fill a batch, run it, read the statuses; the next operation that is put in after a run empties it first. Nothing is sent before
 * the run; operations of one batch take effect in any order, but a flush comes after the updates before it. The n-th operation put
 * in has index n, from 0. Warm batches allocate nothing.
 */
#pragma once

#include "lath/lath.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `operations`: how many the batch will usually hold, 0 for no idea; it grows. Closed with its session, or before. */
LATH_API lath_status lath_batch_open(lath_session* session, size_t operations, lath_batch** batch);
LATH_API lath_status lath_batch_close(lath_batch* batch);

/*
 * Put an operation in: lath_batch_X takes what lath_X takes, but the timeout, and its comment says what it does. LATH_OK or
 * LATH_E_INVALID, LATH_E_TOO_LARGE, LATH_E_FULL (2^20 operations or 1 GiB). What goes in is copied, but for values over 64 KiB.
 * Those, and out buffers, belong to the library until the run returns, or the request of lath_batch_run_nb has been told.
 */

/* Bytes. */
LATH_API lath_status lath_batch_put(lath_batch* batch, const void* key, size_t key_size, const void* value, size_t value_size);
LATH_API lath_status lath_batch_get(lath_batch* batch, const void* key, size_t key_size, void* value, size_t capacity,
                                    size_t* size);
LATH_API lath_status lath_batch_erase(lath_batch* batch, const void* key, size_t key_size);

/* Counters. */
LATH_API lath_status lath_batch_counter_add(lath_batch* batch, const void* key, size_t key_size, int64_t by);
LATH_API lath_status lath_batch_counter_get(lath_batch* batch, const void* key, size_t key_size, int64_t* value);
LATH_API lath_status lath_batch_grow_counter_add(lath_batch* batch, const void* key, size_t key_size, uint64_t by);
LATH_API lath_status lath_batch_grow_counter_get(lath_batch* batch, const void* key, size_t key_size, uint64_t* value);

/* The greatest and the least. */
LATH_API lath_status lath_batch_max_i64_merge(lath_batch* batch, const void* key, size_t key_size, int64_t value);
LATH_API lath_status lath_batch_max_i64_get(lath_batch* batch, const void* key, size_t key_size, int64_t* value);
LATH_API lath_status lath_batch_min_i64_merge(lath_batch* batch, const void* key, size_t key_size, int64_t value);
LATH_API lath_status lath_batch_min_i64_get(lath_batch* batch, const void* key, size_t key_size, int64_t* value);
LATH_API lath_status lath_batch_max_f64_merge(lath_batch* batch, const void* key, size_t key_size, double value);
LATH_API lath_status lath_batch_max_f64_get(lath_batch* batch, const void* key, size_t key_size, double* value);
LATH_API lath_status lath_batch_min_f64_merge(lath_batch* batch, const void* key, size_t key_size, double value);
LATH_API lath_status lath_batch_min_f64_get(lath_batch* batch, const void* key, size_t key_size, double* value);

/* Sets. */
LATH_API lath_status lath_batch_gset_add(lath_batch* batch, const void* key, size_t key_size, const void* element,
                                         size_t element_size);
LATH_API lath_status lath_batch_gset_contains(lath_batch* batch, const void* key, size_t key_size, const void* element,
                                              size_t element_size, int* contains);
LATH_API lath_status lath_batch_gset_members(lath_batch* batch, const void* key, size_t key_size, void* list, size_t capacity,
                                             size_t* size);
LATH_API lath_status lath_batch_set_add(lath_batch* batch, const void* key, size_t key_size, const void* element,
                                        size_t element_size);
LATH_API lath_status lath_batch_set_remove(lath_batch* batch, const void* key, size_t key_size, const void* element,
                                           size_t element_size);
LATH_API lath_status lath_batch_set_contains(lath_batch* batch, const void* key, size_t key_size, const void* element,
                                             size_t element_size, int* contains);
LATH_API lath_status lath_batch_set_members(lath_batch* batch, const void* key, size_t key_size, void* list, size_t capacity,
                                            size_t* size);

/* Fields of maps. */
LATH_API lath_status lath_batch_map_put(lath_batch* batch, const void* key, size_t key_size, const void* field, size_t field_size,
                                        const void* value, size_t value_size);
LATH_API lath_status lath_batch_map_get(lath_batch* batch, const void* key, size_t key_size, const void* field, size_t field_size,
                                        void* value, size_t capacity, size_t* size);
LATH_API lath_status lath_batch_map_erase(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                          size_t field_size);
LATH_API lath_status lath_batch_map_fields(lath_batch* batch, const void* key, size_t key_size, void* list, size_t capacity,
                                           size_t* size);
LATH_API lath_status lath_batch_map_counter_add(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                size_t field_size, int64_t by);
LATH_API lath_status lath_batch_map_counter_get(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                size_t field_size, int64_t* value);
LATH_API lath_status lath_batch_map_grow_counter_add(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                     size_t field_size, uint64_t by);
LATH_API lath_status lath_batch_map_grow_counter_get(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                     size_t field_size, uint64_t* value);
LATH_API lath_status lath_batch_map_max_i64_merge(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                  size_t field_size, int64_t value);
LATH_API lath_status lath_batch_map_max_i64_get(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                size_t field_size, int64_t* value);
LATH_API lath_status lath_batch_map_min_i64_merge(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                  size_t field_size, int64_t value);
LATH_API lath_status lath_batch_map_min_i64_get(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                size_t field_size, int64_t* value);
LATH_API lath_status lath_batch_map_max_f64_merge(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                  size_t field_size, double value);
LATH_API lath_status lath_batch_map_max_f64_get(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                size_t field_size, double* value);
LATH_API lath_status lath_batch_map_min_f64_merge(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                  size_t field_size, double value);
LATH_API lath_status lath_batch_map_min_f64_get(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                size_t field_size, double* value);
LATH_API lath_status lath_batch_map_gset_add(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                             size_t field_size, const void* element, size_t element_size);
LATH_API lath_status lath_batch_map_gset_contains(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                  size_t field_size, const void* element, size_t element_size, int* contains);
LATH_API lath_status lath_batch_map_gset_members(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                 size_t field_size, void* list, size_t capacity, size_t* size);
LATH_API lath_status lath_batch_map_set_add(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                            size_t field_size, const void* element, size_t element_size);
LATH_API lath_status lath_batch_map_set_remove(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                               size_t field_size, const void* element, size_t element_size);
LATH_API lath_status lath_batch_map_set_contains(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                 size_t field_size, const void* element, size_t element_size, int* contains);
LATH_API lath_status lath_batch_map_set_members(lath_batch* batch, const void* key, size_t key_size, const void* field,
                                                size_t field_size, void* list, size_t capacity, size_t* size);

/* Siblings, distinct counts and arrays. */
LATH_API lath_status lath_batch_mv_put(lath_batch* batch, const void* key, size_t key_size, const void* context,
                                       size_t context_size, const void* value, size_t value_size);
LATH_API lath_status lath_batch_mv_get(lath_batch* batch, const void* key, size_t key_size, lath_siblings* siblings);
LATH_API lath_status lath_batch_hll_add(lath_batch* batch, const void* key, size_t key_size, const void* element,
                                        size_t element_size);
LATH_API lath_status lath_batch_hll_count(lath_batch* batch, const void* key, size_t key_size, uint64_t* count);
LATH_API lath_status lath_batch_array_merge(lath_batch* batch, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                            const void* elements, size_t count);
LATH_API lath_status lath_batch_array_get(lath_batch* batch, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                          void* elements, size_t capacity, size_t* count);

/* Until a key has moved; until the updates that were put in before it, and those of the session, are held by `nodes` nodes. */
LATH_API lath_status lath_batch_wait(lath_batch* batch, const void* key, size_t key_size, uint64_t since, uint64_t* version);
LATH_API lath_status lath_batch_flush(lath_batch* batch, uint32_t nodes);

/* Send everything and wait for all answers. Returns LATH_OK where every operation ended well, else the failure of the one with the
 * lowest index; lath_batch_status has each. A batch that is run again does everything again. */
LATH_API lath_status lath_batch_run(lath_batch* batch, uint64_t timeout_ns);

/**
 * Begin to run a batch: nothing is waited for. With two, one is filled or read while the other is under way. Of a third and further
 * ones some may wait to share a frame: that leaves when it is full, or with the session's next call that waits or makes progress.
 *
 * timeout_ns  of every operation
 * request     out: lath_test, lath_wait_request and lath_wait_all tell what lath_batch_run would have returned; lath_batch_status
 *             has each operation's own, also of those that have ended before the others
 *
 * Until one of those has told how the request ended, or it is cancelled, the batch and the out buffers of its operations are the
 * library's: putting in, running and clearing are LATH_E_INVALID; closing cancels it. All its operations count as requests under
 * way: LATH_E_FULL, and nothing was begun, where the session would have more than LATH_REQUESTS_MAX (a run takes two more; a wait,
 * a flush or a value over 64 KiB in it one).
 * Returns LATH_OK, LATH_E_INVALID, LATH_E_FULL or LATH_E_CLOSED.
 */
LATH_API lath_status lath_batch_run_nb(lath_batch* batch, uint64_t timeout_ns, lath_request* request);

/* How many operations are in, and how one ended in the last run (LATH_IN_PROGRESS before the run, LATH_E_INVALID past the end). */
LATH_API size_t lath_batch_count(const lath_batch* batch);
LATH_API lath_status lath_batch_status(const lath_batch* batch, size_t index);
/* Take everything out. */
LATH_API lath_status lath_batch_clear(lath_batch* batch);

#ifdef __cplusplus
}
#endif
