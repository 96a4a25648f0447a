/*
 * Looking at the cluster: its nodes, where a key lives, what a shard has counted. Conventions: lath/lath.h, which includes this.
 */
#pragma once

#include "lath/lath.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lath_node {
  size_t size;          /* in: sizeof(lath_node) */
  uint32_t node;        /* its name in the cluster; dense at the start */
  uint32_t shards;      /* how many it has */
  uint64_t incarnation; /* microseconds since the Unix epoch at its start */
  char state[16];       /* "alive", "leaving", "left", "dead" */
  char host[256];       /* its host's name */
} lath_node;

typedef struct lath_place {
  uint32_t node;
  uint32_t shard; /* within the node, dense from 0 */
} lath_place;

/* How many nodes the view now knows, and the view's epoch (may be NULL): a digest, equal where the views are. Threads: any. */
LATH_API lath_status lath_node_count(lath_store* store, size_t* count, uint64_t* epoch);

/* Describe the node at `index`, in the order of their names. LATH_E_NOT_FOUND past the end. Threads: any. */
LATH_API lath_status lath_node_at(lath_store* store, size_t index, lath_node* node);

/**
 * Where a key lives by the view of now: its replicas, the primary first. Sends nothing. Threads: any.
 *
 * places  out: at most `capacity`
 * count   out: of replicas; set on LATH_OK and LATH_E_TOO_SMALL
 *
 * Also returns LATH_E_TOO_SMALL and LATH_E_UNREACHABLE (no node is alive).
 */
LATH_API lath_status lath_places(lath_store* store, const void* key, size_t key_size, lath_place* places, size_t capacity,
                                 size_t* count);

/* What a shard has counted: a packed list of texts "name=value". LATH_E_NOT_FOUND where there is no such shard;
 * LATH_E_TOO_SMALL. */
LATH_API lath_status lath_shard_stats(lath_session* session, lath_place place, void* list, size_t capacity, size_t* size,
                                      uint64_t timeout_ns);

#ifdef __cplusplus
}
#endif
