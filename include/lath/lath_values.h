/*
 * Values that are one piece: bytes, counters, greatest and least numbers; and waiting for them. Conventions: lath/lath.h, which
 * includes this. A key has the type of the first update it takes, until it is erased.
 */
#pragma once

#include "lath/lath.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Store bytes under a key; the last writer wins (by hybrid logical clock).
 *
 * value  value_size bytes, 0..LATH_LARGE_BYTES_MAX; NULL only with 0. Over LATH_VALUE_BYTES_MAX the shard pulls it from where it
 *        is: it must not change until the call, or the request, has ended. Nobody sees it before it is whole.
 *
 * Also returns LATH_E_WRONG_TYPE, LATH_E_TOO_LARGE (put it in chunks: examples/chunks.c), LATH_E_FULL (also where the node's memory
 * cannot hold it), LATH_E_UNKNOWN.
 */
LATH_API lath_status lath_put(lath_session* session, const void* key, size_t key_size, const void* value, size_t value_size,
                              uint64_t timeout_ns);

/**
 * Read the bytes of a key. Sees one replica's value, perhaps stale, never torn.
 *
 * value  out: at most `capacity` bytes. Where the call fails while a value over LATH_VALUE_BYTES_MAX moves, a part of it
 * size   out: bytes of the value; set on LATH_OK and LATH_E_TOO_SMALL (call again with that capacity), and once a value over
 *        LATH_VALUE_BYTES_MAX begins to move
 *
 * Also returns LATH_E_NOT_FOUND, LATH_E_WRONG_TYPE, LATH_E_TOO_SMALL.
 */
LATH_API lath_status lath_get(lath_session* session, const void* key, size_t key_size, void* value, size_t capacity, size_t* size,
                              uint64_t timeout_ns);

/* Erase a key of any type. LATH_OK also where there was nothing. */
LATH_API lath_status lath_erase(lath_session* session, const void* key, size_t key_size, uint64_t timeout_ns);

/* A counter that goes up and down, of 64 bits, wrapping. Adding 0 where there is none makes one that stands at 0. Reading also
 * returns LATH_E_NOT_FOUND, LATH_E_WRONG_TYPE; adding also LATH_E_WRONG_TYPE, LATH_E_FULL, LATH_E_UNKNOWN (whether it was added is
 * not known; the library never adds twice) and LATH_E_TOO_LARGE (one shard's additions, or subtractions, would pass 2^64 - 1: erase
 * the key to count anew). */
LATH_API lath_status lath_counter_add(lath_session* session, const void* key, size_t key_size, int64_t by, uint64_t timeout_ns);
LATH_API lath_status lath_counter_get(lath_session* session, const void* key, size_t key_size, int64_t* value, uint64_t timeout_ns);

/* A counter that only goes up: smaller than the other. Statuses as the counter's. */
LATH_API lath_status lath_grow_counter_add(lath_session* session, const void* key, size_t key_size, uint64_t by,
                                           uint64_t timeout_ns);
LATH_API lath_status lath_grow_counter_get(lath_session* session, const void* key, size_t key_size, uint64_t* value,
                                           uint64_t timeout_ns);

/* The greatest, or least, of all numbers that were merged. Of doubles, -0.0 is under 0.0, and NaN is refused (LATH_E_INVALID).
 * Reading also returns LATH_E_NOT_FOUND, LATH_E_WRONG_TYPE; merging also LATH_E_WRONG_TYPE, LATH_E_FULL. */
LATH_API lath_status lath_max_i64_merge(lath_session* session, const void* key, size_t key_size, int64_t value,
                                        uint64_t timeout_ns);
LATH_API lath_status lath_max_i64_get(lath_session* session, const void* key, size_t key_size, int64_t* value, uint64_t timeout_ns);
LATH_API lath_status lath_min_i64_merge(lath_session* session, const void* key, size_t key_size, int64_t value,
                                        uint64_t timeout_ns);
LATH_API lath_status lath_min_i64_get(lath_session* session, const void* key, size_t key_size, int64_t* value, uint64_t timeout_ns);
LATH_API lath_status lath_max_f64_merge(lath_session* session, const void* key, size_t key_size, double value, uint64_t timeout_ns);
LATH_API lath_status lath_max_f64_get(lath_session* session, const void* key, size_t key_size, double* value, uint64_t timeout_ns);
LATH_API lath_status lath_min_f64_merge(lath_session* session, const void* key, size_t key_size, double value, uint64_t timeout_ns);
LATH_API lath_status lath_min_f64_get(lath_session* session, const void* key, size_t key_size, double* value, uint64_t timeout_ns);

/**
 * Wait until a key of any type has moved past a version, instead of polling it.
 *
 * since    0: until the key holds something. Else a version that an earlier call gave: until it holds something else, or nothing:
 *          an erase is a move
 * version  out: the key's version now, at the replica that answered; hand it to the next call. 0: it was erased, and holds nothing.
 *          May be NULL.
 *
 * A version names what the key holds, and replicas that hold the same tell the same. A wait asks another replica when its own
 * leaves or dies, or says nothing for about a second; the key has not moved by that. Versions of bytes are in order, so an older
 * value at a replica that lags is no move; of the other types it is one, as any other content is.
 *
 * Also returns LATH_E_FULL where the shard has too many waiters. LATH_E_TIMEOUT: it did not move, or (lath_last_error says which)
 * no replica answered.
 */
LATH_API lath_status lath_wait(lath_session* session, const void* key, size_t key_size, uint64_t since, uint64_t* version,
                               uint64_t timeout_ns);

/**
 * Return once all updates of this session that were begun before the call are answered and held by `nodes` nodes.
 *
 * nodes  1..LATH_ACK_NODES_MAX; 0: every replica. More than any key is on, or than one is on that the session has written to:
 *        LATH_E_INVALID
 *
 * Also returns LATH_E_UNKNOWN where an answered update's node was lost before others were known to hold it: write again what must
 * not be lost. A loss is told once, by the first flush that meets it; later ones are about what was written since. The status of
 * the updates themselves is told by their own requests.
 */
LATH_API lath_status lath_flush(lath_session* session, uint32_t nodes, uint64_t timeout_ns);

#ifdef __cplusplus
}
#endif
