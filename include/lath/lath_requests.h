/*
 * Requests: the same operations without waiting. Conventions: lath/lath.h, which includes this.
 *
 * lath_X_nb takes what lath_X takes, whose comment says what it does. An _nb call puts its operation into the frame for its shard
 * and returns. A frame leaves at once where nothing of the session is under way to that shard; else operations share frames, which
 * leave when they are full, with the first _nb call after what a frame costs (half a microsecond over shared memory, up to 16 over
 * TCP), and with the next call on the session that waits, tests or makes progress. So start many, then wait; and before computing
 * for long, make progress once (after lath_batch_run_nb too). timeout_ns is the
 * operation's own limit. On LATH_OK *request names it until lath_test, lath_wait_request or lath_wait_all has told how it ended.
 * Any other status: nothing was begun. LATH_E_FULL: LATH_REQUESTS_MAX are under way or not yet asked about.
 */
#pragma once

#include "lath/lath.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes. */
LATH_API lath_status lath_put_nb(lath_session* session, const void* key, size_t key_size, const void* value, size_t value_size,
                                 uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_get_nb(lath_session* session, const void* key, size_t key_size, void* value, size_t capacity,
                                 size_t* size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_erase_nb(lath_session* session, const void* key, size_t key_size, uint64_t timeout_ns,
                                   lath_request* request);

/* Counters. */
LATH_API lath_status lath_counter_add_nb(lath_session* session, const void* key, size_t key_size, int64_t by, uint64_t timeout_ns,
                                         lath_request* request);
LATH_API lath_status lath_counter_get_nb(lath_session* session, const void* key, size_t key_size, int64_t* value,
                                         uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_grow_counter_add_nb(lath_session* session, const void* key, size_t key_size, uint64_t by,
                                              uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_grow_counter_get_nb(lath_session* session, const void* key, size_t key_size, uint64_t* value,
                                              uint64_t timeout_ns, lath_request* request);

/* The greatest and the least. */
LATH_API lath_status lath_max_i64_merge_nb(lath_session* session, const void* key, size_t key_size, int64_t value,
                                           uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_max_i64_get_nb(lath_session* session, const void* key, size_t key_size, int64_t* value,
                                         uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_min_i64_merge_nb(lath_session* session, const void* key, size_t key_size, int64_t value,
                                           uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_min_i64_get_nb(lath_session* session, const void* key, size_t key_size, int64_t* value,
                                         uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_max_f64_merge_nb(lath_session* session, const void* key, size_t key_size, double value,
                                           uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_max_f64_get_nb(lath_session* session, const void* key, size_t key_size, double* value,
                                         uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_min_f64_merge_nb(lath_session* session, const void* key, size_t key_size, double value,
                                           uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_min_f64_get_nb(lath_session* session, const void* key, size_t key_size, double* value,
                                         uint64_t timeout_ns, lath_request* request);

/* Sets. */
LATH_API lath_status lath_gset_add_nb(lath_session* session, const void* key, size_t key_size, const void* element,
                                      size_t element_size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_gset_contains_nb(lath_session* session, const void* key, size_t key_size, const void* element,
                                           size_t element_size, int* contains, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_gset_members_nb(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity,
                                          size_t* size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_set_add_nb(lath_session* session, const void* key, size_t key_size, const void* element,
                                     size_t element_size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_set_remove_nb(lath_session* session, const void* key, size_t key_size, const void* element,
                                        size_t element_size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_set_contains_nb(lath_session* session, const void* key, size_t key_size, const void* element,
                                          size_t element_size, int* contains, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_set_members_nb(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity,
                                         size_t* size, uint64_t timeout_ns, lath_request* request);

/* Fields of maps. */
LATH_API lath_status lath_map_put_nb(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                     const void* value, size_t value_size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_get_nb(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                     void* value, size_t capacity, size_t* size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_erase_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                       size_t field_size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_fields_nb(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity,
                                        size_t* size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_counter_add_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                             size_t field_size, int64_t by, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_counter_get_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                             size_t field_size, int64_t* value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_grow_counter_add_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                                  size_t field_size, uint64_t by, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_grow_counter_get_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                                  size_t field_size, uint64_t* value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_max_i64_merge_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                               size_t field_size, int64_t value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_max_i64_get_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                             size_t field_size, int64_t* value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_min_i64_merge_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                               size_t field_size, int64_t value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_min_i64_get_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                             size_t field_size, int64_t* value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_max_f64_merge_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                               size_t field_size, double value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_max_f64_get_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                             size_t field_size, double* value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_min_f64_merge_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                               size_t field_size, double value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_min_f64_get_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                             size_t field_size, double* value, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_gset_add_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, const void* element, size_t element_size, uint64_t timeout_ns,
                                          lath_request* request);
LATH_API lath_status lath_map_gset_contains_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                               size_t field_size, const void* element, size_t element_size, int* contains,
                                               uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_gset_members_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                              size_t field_size, void* list, size_t capacity, size_t* size, uint64_t timeout_ns,
                                              lath_request* request);
LATH_API lath_status lath_map_set_add_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                         size_t field_size, const void* element, size_t element_size, uint64_t timeout_ns,
                                         lath_request* request);
LATH_API lath_status lath_map_set_remove_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                            size_t field_size, const void* element, size_t element_size, uint64_t timeout_ns,
                                            lath_request* request);
LATH_API lath_status lath_map_set_contains_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                              size_t field_size, const void* element, size_t element_size, int* contains,
                                              uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_map_set_members_nb(lath_session* session, const void* key, size_t key_size, const void* field,
                                             size_t field_size, void* list, size_t capacity, size_t* size, uint64_t timeout_ns,
                                             lath_request* request);

/* Siblings, distinct counts and arrays. */
LATH_API lath_status lath_mv_put_nb(lath_session* session, const void* key, size_t key_size, const void* context,
                                    size_t context_size, const void* value, size_t value_size, uint64_t timeout_ns,
                                    lath_request* request);
LATH_API lath_status lath_mv_get_nb(lath_session* session, const void* key, size_t key_size, lath_siblings* siblings,
                                    uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_hll_add_nb(lath_session* session, const void* key, size_t key_size, const void* element,
                                     size_t element_size, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_hll_count_nb(lath_session* session, const void* key, size_t key_size, uint64_t* count,
                                       uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_array_merge_nb(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                         const void* elements, size_t count, uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_array_get_nb(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                       void* elements, size_t capacity, size_t* count, uint64_t timeout_ns, lath_request* request);

/* Until a key has moved; until the updates begun before are held by `nodes` nodes. */
LATH_API lath_status lath_wait_nb(lath_session* session, const void* key, size_t key_size, uint64_t since, uint64_t* version,
                                  uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_flush_nb(lath_session* session, uint32_t nodes, uint64_t timeout_ns, lath_request* request);

/* Send what is ready, take what has arrived; does not wait. Worth calling between steps of a long computation. Where the
   session's thread is a shard (LATH_PROGRESS_CALLER), also one turn of that. */
LATH_API lath_status lath_progress(lath_session* session);

/* Make progress, then say how a request ended: its status, once; LATH_IN_PROGRESS while it has not; LATH_E_INVALID for a request
 * that is not of this session, or that was told before. */
LATH_API lath_status lath_test(lath_session* session, lath_request request);

/* As lath_test, but wait for the end for up to timeout_ns; LATH_IN_PROGRESS if that was not enough. */
LATH_API lath_status lath_wait_request(lath_session* session, lath_request request, uint64_t timeout_ns);

/**
 * Wait for many requests.
 *
 * requests  `count` of them; those that are 0 are passed over. Those that have ended become 0.
 * statuses  out: may be NULL; else `count` statuses, LATH_IN_PROGRESS for those that go on
 *
 * Returns LATH_OK when all ended well, LATH_IN_PROGRESS when some go on after timeout_ns, else the first failure in the order
 * given.
 */
LATH_API lath_status lath_wait_all(lath_session* session, lath_request* requests, size_t count, lath_status* statuses,
                                   uint64_t timeout_ns);

/* Stop caring about a request: its out buffers are the caller's again, and the request is told. An update may still take effect.
 * Waits for one-sided reads that are still writing into the buffers: until they end, or their connection is found dead, seconds
 * later.
 * Returns LATH_OK, also where it had ended; LATH_E_INVALID for a request that is unknown. */
LATH_API lath_status lath_cancel(lath_session* session, lath_request request);

#ifdef __cplusplus
}
#endif
