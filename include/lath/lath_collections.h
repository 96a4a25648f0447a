/*
 * Values of many pieces: sets, maps, siblings, distinct counts and arrays. Conventions: lath/lath.h, which includes this.
 *
 * Lists (members, fields, siblings, statistics) are given packed in the caller's buffer: a 32-bit count, then for each member a
 * 32-bit size and its bytes, little-endian, unaligned. Members and fields are sorted; siblings come in one order for one state.
 * Walk one with lath_list_next. Nothing is allocated for the caller.
 */
#pragma once

#include "lath/lath.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many members a packed list has; 0 also where the bytes are none, or no whole one. */
LATH_API size_t lath_list_count(const void* list, size_t list_size);

/**
 * The next member of a packed list.
 *
 * position  in and out: 0 before the first member
 * member    out: points into the list; not aligned
 *
 * Returns 1 while there is one, 0 at the end and where the bytes are no list.
 * Threads: any; it only reads.
 */
LATH_API int lath_list_next(const void* list, size_t list_size, size_t* position, const void** member, size_t* member_size);

/* A set that only grows. Elements are 0..LATH_VALUE_BYTES_MAX bytes. Also return LATH_E_WRONG_TYPE; adding also LATH_E_FULL,
 * LATH_E_TOO_LARGE; reading also LATH_E_NOT_FOUND; members also LATH_E_TOO_SMALL. `contains` out: 1 or 0. `size` out: bytes of the
 * list. */
LATH_API lath_status lath_gset_add(lath_session* session, const void* key, size_t key_size, const void* element,
                                   size_t element_size, uint64_t timeout_ns);
LATH_API lath_status lath_gset_contains(lath_session* session, const void* key, size_t key_size, const void* element,
                                        size_t element_size, int* contains, uint64_t timeout_ns);
LATH_API lath_status lath_gset_members(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity,
                                       size_t* size, uint64_t timeout_ns);

/* A set with removal, in which an addition wins over a concurrent removal. Statuses as above. */
LATH_API lath_status lath_set_add(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                                  uint64_t timeout_ns);
LATH_API lath_status lath_set_remove(lath_session* session, const void* key, size_t key_size, const void* element,
                                     size_t element_size, uint64_t timeout_ns);
LATH_API lath_status lath_set_contains(lath_session* session, const void* key, size_t key_size, const void* element,
                                       size_t element_size, int* contains, uint64_t timeout_ns);
LATH_API lath_status lath_set_members(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity,
                                      size_t* size, uint64_t timeout_ns);

/* A map: each field is 1..LATH_KEY_BYTES_MAX bytes and holds a value with a type of its own. LATH_E_NOT_FOUND: the key or the field
 * holds nothing. LATH_E_WRONG_TYPE: the key is no map, or the field holds another type. Else as the calls without map;
 * lath_map_fields lists the fields that hold something. */
LATH_API lath_status lath_map_put(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                  const void* value, size_t value_size, uint64_t timeout_ns);
LATH_API lath_status lath_map_get(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                  void* value, size_t capacity, size_t* size, uint64_t timeout_ns);
LATH_API lath_status lath_map_erase(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                    uint64_t timeout_ns);
LATH_API lath_status lath_map_fields(lath_session* session, const void* key, size_t key_size, void* list, size_t capacity,
                                     size_t* size, uint64_t timeout_ns);
LATH_API lath_status lath_map_counter_add(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, int64_t by, uint64_t timeout_ns);
LATH_API lath_status lath_map_counter_get(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, int64_t* value, uint64_t timeout_ns);
LATH_API lath_status lath_map_grow_counter_add(lath_session* session, const void* key, size_t key_size, const void* field,
                                               size_t field_size, uint64_t by, uint64_t timeout_ns);
LATH_API lath_status lath_map_grow_counter_get(lath_session* session, const void* key, size_t key_size, const void* field,
                                               size_t field_size, uint64_t* value, uint64_t timeout_ns);
LATH_API lath_status lath_map_max_i64_merge(lath_session* session, const void* key, size_t key_size, const void* field,
                                            size_t field_size, int64_t value, uint64_t timeout_ns);
LATH_API lath_status lath_map_max_i64_get(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, int64_t* value, uint64_t timeout_ns);
LATH_API lath_status lath_map_min_i64_merge(lath_session* session, const void* key, size_t key_size, const void* field,
                                            size_t field_size, int64_t value, uint64_t timeout_ns);
LATH_API lath_status lath_map_min_i64_get(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, int64_t* value, uint64_t timeout_ns);
LATH_API lath_status lath_map_max_f64_merge(lath_session* session, const void* key, size_t key_size, const void* field,
                                            size_t field_size, double value, uint64_t timeout_ns);
LATH_API lath_status lath_map_max_f64_get(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, double* value, uint64_t timeout_ns);
LATH_API lath_status lath_map_min_f64_merge(lath_session* session, const void* key, size_t key_size, const void* field,
                                            size_t field_size, double value, uint64_t timeout_ns);
LATH_API lath_status lath_map_min_f64_get(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, double* value, uint64_t timeout_ns);
LATH_API lath_status lath_map_gset_add(lath_session* session, const void* key, size_t key_size, const void* field,
                                       size_t field_size, const void* element, size_t element_size, uint64_t timeout_ns);
LATH_API lath_status lath_map_gset_contains(lath_session* session, const void* key, size_t key_size, const void* field,
                                            size_t field_size, const void* element, size_t element_size, int* contains,
                                            uint64_t timeout_ns);
LATH_API lath_status lath_map_gset_members(lath_session* session, const void* key, size_t key_size, const void* field,
                                           size_t field_size, void* list, size_t capacity, size_t* size, uint64_t timeout_ns);
LATH_API lath_status lath_map_set_add(lath_session* session, const void* key, size_t key_size, const void* field, size_t field_size,
                                      const void* element, size_t element_size, uint64_t timeout_ns);
LATH_API lath_status lath_map_set_remove(lath_session* session, const void* key, size_t key_size, const void* field,
                                         size_t field_size, const void* element, size_t element_size, uint64_t timeout_ns);
LATH_API lath_status lath_map_set_contains(lath_session* session, const void* key, size_t key_size, const void* field,
                                           size_t field_size, const void* element, size_t element_size, int* contains,
                                           uint64_t timeout_ns);
LATH_API lath_status lath_map_set_members(lath_session* session, const void* key, size_t key_size, const void* field,
                                          size_t field_size, void* list, size_t capacity, size_t* size, uint64_t timeout_ns);

/**
 * Write a register that keeps concurrent writes side by side (siblings).
 *
 * context  what lath_mv_get gave: the write replaces the siblings that were read then. NULL with 0: replaces none.
 * value    value_size bytes, 0..LATH_VALUE_BYTES_MAX
 *
 * Also returns LATH_E_WRONG_TYPE, LATH_E_TOO_LARGE, LATH_E_FULL, LATH_E_UNKNOWN.
 */
LATH_API lath_status lath_mv_put(lath_session* session, const void* key, size_t key_size, const void* context, size_t context_size,
                                 const void* value, size_t value_size, uint64_t timeout_ns);

/* Read all siblings and the context to replace them with. Also returns LATH_E_NOT_FOUND, LATH_E_WRONG_TYPE and LATH_E_TOO_SMALL,
 * which sets both sizes to what is needed. */
LATH_API lath_status lath_mv_get(lath_session* session, const void* key, size_t key_size, lath_siblings* siblings,
                                 uint64_t timeout_ns);

/* How many distinct elements were added (HyperLogLog; one standard error is 0.81 %). Elements are any bytes; a hash travels. */
LATH_API lath_status lath_hll_add(lath_session* session, const void* key, size_t key_size, const void* element, size_t element_size,
                                  uint64_t timeout_ns);
LATH_API lath_status lath_hll_count(lath_session* session, const void* key, size_t key_size, uint64_t* count, uint64_t timeout_ns);

/**
 * Merge an array into a key's, element by element; a longer one extends the key's.
 *
 * elements  `count` of `dtype`, dense, 1-D, at least one, none of them NaN; at most LATH_VALUE_BYTES_MAX bytes
 *
 * Also returns LATH_E_WRONG_TYPE (also where how or dtype differ), LATH_E_TOO_LARGE, LATH_E_FULL, LATH_E_UNKNOWN.
 */
LATH_API lath_status lath_array_merge(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                      const void* elements, size_t count, uint64_t timeout_ns);

/**
 * Read a key's array.
 *
 * elements  out: at most `capacity` elements of `dtype`
 * count     out: elements of the array; set on LATH_OK and LATH_E_TOO_SMALL
 *
 * Also returns LATH_E_NOT_FOUND, LATH_E_WRONG_TYPE, LATH_E_TOO_SMALL.
 */
LATH_API lath_status lath_array_get(lath_session* session, const void* key, size_t key_size, lath_how how, lath_dtype dtype,
                                    void* elements, size_t capacity, size_t* count, uint64_t timeout_ns);

#ifdef __cplusplus
}
#endif
