/*
 * Tensors: arrays of up to 8 dimensions that are put and got whole, straight from and to where they lie; and memory for large
 * values. Conventions: lath/lath.h, which includes this.
 */
#pragma once

#include "lath/lath.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LATH_TENSOR_DIMS_MAX 8

/* Which dimension's elements lie next to each other: the last (C), or the first (Fortran). */
typedef enum lath_order { LATH_ROW_MAJOR = 0, LATH_COLUMN_MAJOR = 1, LATH_ORDER_RANGE = 0x7fffffff } lath_order;

/* A tensor in the caller's memory. Start from LATH_TENSOR_INIT. */
typedef struct lath_tensor {
  size_t size;         /* sizeof(lath_tensor) */
  void* data;          /* the element whose indices are all 0 */
  lath_dtype dtype;    /* any */
  lath_order order;    /* of a dense tensor */
  uint32_t dim_count;  /* 1..LATH_TENSOR_DIMS_MAX */
  uint64_t dims[8];    /* how many elements along each, from 1 */
  uint64_t strides[8]; /* elements from one to the next along each: a part of a larger array. All 0: dense, in `order` */
} lath_tensor;

#define LATH_TENSOR_INIT                                           \
  {                                                                \
    sizeof(lath_tensor), NULL, LATH_F64, LATH_ROW_MAJOR, 0, {0}, { \
      0                                                            \
    }                                                              \
  }

/**
 * Store a tensor under a key; the last writer wins, as with lath_put, of which this is one: the key has the same type, and lath_get
 * gives its bytes.
 *
 * tensor  at most LATH_LARGE_BYTES_MAX bytes in all, less a header of 128. Its elements lie in the store as they do here, without
 *         gaps; whoever gets them may have them lie otherwise.
 *
 * Also returns LATH_E_WRONG_TYPE, LATH_E_TOO_LARGE, LATH_E_FULL, LATH_E_UNKNOWN.
 */
LATH_API lath_status lath_tensor_put(lath_session* session, const void* key, size_t key_size, const lath_tensor* tensor,
                                     uint64_t timeout_ns);

/**
 * Read a tensor into the caller's memory, in whatever order and with whatever gaps that has; the gaps are left as they are. Sees
 * one replica's value, perhaps stale, never torn.
 *
 * tensor  data, dtype, order, dim_count, dims, strides: where the elements go. Where dtype or dims are not those of what is stored,
 *         or data is NULL, nothing is read, and dtype, dim_count, dims and order become those of what is stored: LATH_E_TOO_SMALL,
 *         or LATH_OK where data is NULL. What is under way on LATH_E_TIMEOUT or LATH_E_UNREACHABLE may have been written in part.
 *
 * Also returns LATH_E_NOT_FOUND, LATH_E_WRONG_TYPE (also where the key's bytes are no tensor), LATH_E_TOO_SMALL.
 */
LATH_API lath_status lath_tensor_get(lath_session* session, const void* key, size_t key_size, lath_tensor* tensor,
                                     uint64_t timeout_ns);

/**
 * The same without waiting: conventions of lath/lath_requests.h. What `tensor` describes, and of lath_tensor_get_nb `tensor`
 * itself, is the library's until the request has been told, or cancelled.
 */
LATH_API lath_status lath_tensor_put_nb(lath_session* session, const void* key, size_t key_size, const lath_tensor* tensor,
                                        uint64_t timeout_ns, lath_request* request);
LATH_API lath_status lath_tensor_get_nb(lath_session* session, const void* key, size_t key_size, lath_tensor* tensor,
                                        uint64_t timeout_ns, lath_request* request);

/**
 * Memory for values that are put again and again: shards of this host, and those that RDMA leads to, read it where it is. (Values
 * in other memory are passed to shards on the same host by messages.) Page-aligned, zeroed. Any thread.
 *
 * memory  out: give it back with lath_free; what is left is given back when the store is closed
 *
 * Returns LATH_OK, LATH_E_INVALID or LATH_E_FULL. The text of a failure: lath_last_error(NULL).
 */
LATH_API lath_status lath_alloc(lath_store* store, size_t size, void** memory);
LATH_API lath_status lath_free(lath_store* store, void* memory);

/**
 * Register memory of the caller's, so that its values need not be registered at each put where RDMA reads them. It is the caller's
 * until lath_unregister, or until the store is closed, and must not be freed before. No two registered pieces overlap. Any thread.
 *
 * memory  size bytes, at least 1
 *
 * Returns LATH_OK, LATH_E_INVALID or LATH_E_IO. The text of a failure: lath_last_error(NULL).
 */
LATH_API lath_status lath_register(lath_store* store, void* memory, size_t size);
/* `memory` as it was registered. No put of it may be under way. */
LATH_API lath_status lath_unregister(lath_store* store, void* memory);

#ifdef __cplusplus
}
#endif
