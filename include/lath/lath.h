/*
 * Lath: a lattice store on every core of an HPC cluster. The C API; C11 and C++.
 *
 * Conventions, of every call unless it says otherwise:
 *   status    LATH_OK (0) or why not; lath_last_error() has a sentence that names the key, the node and the remedy.
 *   keys      key_size bytes of anything, 1..LATH_KEY_BYTES_MAX; they need not end in NUL.
 *   in        bytes that the call reads are copied before it returns: the caller may reuse them at once, after _nb calls too. But a
 *             value over LATH_VALUE_BYTES_MAX is not copied: it belongs to the library until the request has ended.
 *   out       written only on LATH_OK, except a `size` or `count`, which LATH_E_TOO_SMALL sets to what is needed, and except a
 *             value over LATH_VALUE_BYTES_MAX: it moves straight into the caller's buffer, where a call that fails in between
 *             leaves a part of it, and its size. An out buffer of an _nb call or a batch belongs to the library until that request
 *             has ended. NULL with a capacity of 0 asks for the size.
 *   time      timeout_ns is nanoseconds from the call; 0 polls once, LATH_FOREVER waits.
 *   handles   opaque; closing one twice, or using it after it was closed, is a defect of the caller that is told: LATH_E_CLOSED of
 *             a session or batch, LATH_E_INVALID of a store. (What was closed long ago, 64 stores or 256 sessions before, may be
 *             another by then.)
 *   threads   a store: any number. A session, its requests and its batches: one thread at a time; it may be another each time
 *             (OpenMP tasks). A debug build ends the program when two threads meet inside one session. One session a thread is
 *             fastest.
 *   order     two operations of one session that are under way at once may take effect in either order.
 *   fork      a store and its sessions are of the process that opened them: in a child every call is LATH_E_INVALID and does
 *             nothing. A child may open stores of its own; one that hosts a node only where its parent had none open. fork() waits
 *             while another thread opens or closes a store or session (milliseconds). It cannot wait for UCX's own thread, nor
 *             while connections are made or dropped: a child that is forked in that instant may hang when it opens (seen: 1 of
 *             400, beside threads that opened, put and closed all the time). Fork before the store is opened, or exec.
 *   signals   the library installs no handlers, and calls no MPI.
 *
 * What an update's failure means: LATH_E_UNREACHABLE, LATH_E_FULL, LATH_E_INVALID, LATH_E_WRONG_TYPE, LATH_E_TOO_LARGE: not
 * applied. LATH_E_UNKNOWN, LATH_E_TIMEOUT, and a request that was cancelled: it may have been applied, once. The library itself
 * sends again what is lost, and never adds to a counter twice.
 *
 * Any call may return LATH_E_INVALID (an argument: the text says which), LATH_E_CLOSED or LATH_E_INTERNAL (a defect of ours).
 * Any call with a timeout may also return LATH_E_TIMEOUT, LATH_E_UNREACHABLE (no replica could be reached) or LATH_E_FULL (the
 * session has LATH_REQUESTS_MAX requests under way). The comments below name the others.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define LATH_API __attribute__((visibility("default")))
#else
#define LATH_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define LATH_FOREVER UINT64_MAX
#ifdef __cplusplus
#define LATH_SECONDS(s) (static_cast<uint64_t>((s)*1000000000.0)) /* C++ programs may warn of a C cast */
#else
#define LATH_SECONDS(s) ((uint64_t)((s)*1000000000.0))
#endif
#define LATH_KEY_BYTES_MAX 1024
#define LATH_VALUE_BYTES_MAX 65536      /* of an element, an array, a map's value, or a sibling */
#define LATH_LARGE_BYTES_MAX 1073741824 /* of a value that lath_put or lath_tensor_put stores, or their other ways */
#define LATH_REQUESTS_MAX 4096          /* under way in one session */
#define LATH_ACK_NODES_MAX 16

typedef enum lath_status {
  LATH_OK = 0,
  LATH_E_INVALID = 1,            /* an argument or a setting that cannot be right */
  LATH_E_NOT_FOUND = 2,          /* the key, or the map's field, holds nothing */
  LATH_E_WRONG_TYPE = 3,         /* the key holds another type */
  LATH_E_TOO_LARGE = 4,          /* a key, a value or what the key would come to hold (also in number) is over its limit */
  LATH_E_TOO_SMALL = 5,          /* the caller's buffer; the size out says what is needed */
  LATH_E_FULL = 6,               /* a limit: of the node's memory or clients, or of requests under way */
  LATH_E_TIMEOUT = 7,            /* the time is over: no answer, or not what was waited for; an update may have been applied */
  LATH_E_UNREACHABLE = 8,        /* no replica could be reached; nothing was applied */
  LATH_E_UNKNOWN = 9,            /* the replica was lost after the request left: an update may have been applied */
  LATH_E_CLOSED = 10,            /* the session or the store is closed */
  LATH_E_DENIED = 11,            /* the cluster's key is missing or wrong */
  LATH_E_VERSION = 12,           /* the other side speaks another version */
  LATH_E_IO = 13,                /* the operating system refused */
  LATH_IN_PROGRESS = 15,         /* not an error: the request is under way */
  LATH_E_INTERNAL = 17,          /* a defect of ours */
  LATH_STATUS_RANGE = 0x7fffffff /* no status: keeps the type an int's size, so that any number is defined */
} lath_status;

typedef struct lath_store lath_store;
typedef struct lath_session lath_session;
typedef struct lath_batch lath_batch;
/* The name of a request that is under way; not a pointer: one that has ended is known as such. 0 names none. */
typedef uint64_t lath_request;

/* How an array takes in another, element by element. LATH_SUM adds; the others are idempotent. (The _RANGE
 * values are none: they keep the types an int's size.) */
typedef enum lath_how { LATH_MAX = 0, LATH_MIN = 1, LATH_SUM = 2, LATH_HOW_RANGE = 0x7fffffff } lath_how;
/* What an element is. Arrays take the first four; tensors all. */
typedef enum lath_dtype {
  LATH_F32 = 0,
  LATH_F64 = 1,
  LATH_I32 = 2,
  LATH_I64 = 3,
  LATH_F16 = 4,
  LATH_BF16 = 5,
  LATH_I8 = 6,
  LATH_U8 = 7,
  LATH_I16 = 8,
  LATH_U16 = 9,
  LATH_U32 = 10,
  LATH_U64 = 11,
  LATH_C64 = 12,  /* complex: two f32 */
  LATH_C128 = 13, /* two f64 */
  LATH_DTYPE_RANGE = 0x7fffffff
} lath_dtype;

/* Who turns the shards of an embedded node. */
typedef enum lath_progress_mode {
  LATH_PROGRESS_THREAD = 0, /* a thread for each shard: where there are cores for them beside the application's */
  /* The application: the thread that uses a session is a shard. lath_session_open gives each session the first shard that has
     none yet; operations on keys which that shard holds are executed in the call, without a message (but for updates that other
     nodes must hold, values over 64 KiB and waits), and calls that wait and lath_progress do what the shard's peers want of it.
     While no call is made for 200 us, one thread of the library stands in for all of the node's shards. Set options.shards to
     the number of threads that will use a session each; a session beyond them is a client like any. */
  LATH_PROGRESS_CALLER = 1,
  LATH_PROGRESS_MODE_RANGE = 0x7fffffff
} lath_progress_mode;

/* What lath_mv_get fills: two buffers, which are the library's, as this struct, until the call, request or batch run has ended. */
typedef struct lath_siblings {
  void* context; /* in: room for the opaque context, of context_capacity bytes */
  size_t context_capacity;
  size_t context_size; /* out */
  void* list;          /* in: room for the packed list of siblings, of list_capacity bytes */
  size_t list_capacity;
  size_t list_size; /* out */
} lath_siblings;

/* Settings of lath_open. Start from LATH_OPTIONS_INIT. 0 and NULL mean: as in the config file or environment, else the default. */
typedef struct lath_options {
  size_t size;                 /* sizeof(lath_options): newer fields of a newer library keep their defaults */
  const char* config_file;     /* TOML; lathd --print-config documents it */
  const char* key_file;        /* the cluster's key; by default beside the cluster file. An embedded node with a contact needs it */
  uint32_t shards;             /* embedded node: how many; by default one a core that this process may use */
  const char* cpus;            /* embedded node: "0-3,8" */
  uint64_t memory_bytes;       /* embedded node: over all its shards */
  uint32_t replication_nodes;  /* embedded node: a key's nodes; by default 2 (1 where there is one node) */
  uint32_t replication_shards; /* embedded node: a key's shards within each; by default 1 */
  uint32_t gossip_us;          /* how long an update may wait for others to travel with; by default 1000 */
  uint64_t open_timeout_ns;    /* by default 30 seconds; of lath_open_mpi: for each of its few waits for other ranks */
  const char* contact;         /* embedded node: HOST:PORT to accept other clients at, by the key of key_file; by default none */
  const char* log_level;       /* debug, info, warn (default), error, off; to standard error; one of a process: of its last store */
  lath_progress_mode progress; /* embedded node; LATH_PROGRESS_CALLER with a store that hosts none is LATH_E_INVALID */
} lath_options;

#define LATH_OPTIONS_INIT \
  { sizeof(lath_options), NULL, NULL, 0, NULL, 0, 0, 0, 0, 0, NULL, NULL, LATH_PROGRESS_THREAD }

/* Settings of lath_session_open. Start from LATH_SESSION_OPTIONS_INIT. */
typedef struct lath_session_options {
  size_t size;
  uint32_t ack_nodes; /* an update is answered once this many nodes hold it, 1..LATH_ACK_NODES_MAX; one of a key that is on fewer
                         nodes is not applied: LATH_E_INVALID */
} lath_session_options;

#define LATH_SESSION_OPTIONS_INIT \
  { sizeof(lath_session_options), 1 }

/**
 * Open a store.
 *
 * where    "embedded:" (a node of one, its shards in this process), "file:PATH" (the cluster file that nodes write) or
 *          "tcp://HOST:PORT" (a node's contact port)
 * options  may be NULL: all defaults
 * store    out: close it with lath_close
 *
 * Returns LATH_OK, LATH_E_INVALID, LATH_E_NOT_FOUND (the cluster file), LATH_E_DENIED (the key), LATH_E_UNREACHABLE,
 * LATH_E_TIMEOUT, LATH_E_VERSION, LATH_E_IO or LATH_E_FULL. The text of a failure: lath_last_error(NULL), in the same thread.
 */
LATH_API lath_status lath_open(const char* where, const lath_options* options, lath_store** store);

/* How the processes of a group reach each other while lath_open_group runs; lath_open_mpi fills it with MPI's. */
typedef struct lath_group {
  size_t size;
  int rank;      /* of this process, 0 .. count - 1 */
  int count;     /* of processes */
  void* context; /* handed to both calls */
  /* Collective: `bytes` (count bytes) of rank `root` to all. 0 or an error number of its own. */
  int (*broadcast)(void* context, void* bytes, size_t count, int root);
  /* Collective: bytes_each bytes of every rank, in the order of ranks, to all. */
  int (*allgather)(void* context, const void* mine, void* all, size_t bytes_each);
  /* What an error number of theirs means, for lath_last_error; copied before the next call. May be NULL. */
  const char* (*explain)(void* context, int error);
  const char* caller; /* the call that errors name, of a library that opens for its user. NULL: lath_open_group */
} lath_group;

/**
 * Open a store of which every process of a group hosts a node. Collective: all call it, and all get the same kind of answer; what
 * is wrong with the options or the store of one is told to all. Errors as lath_open. `group` is used only until the call returns.
 */
LATH_API lath_status lath_open_group(const lath_group* group, const lath_options* options, lath_store** store);

/**
 * Close a store: an embedded node first hands what only it holds to others, which takes as long as the setting drain-timeout-ms
 * lets it. Close the sessions before: LATH_E_INVALID, and nothing happens, while one is open. NULL is fine.
 */
LATH_API lath_status lath_close(lath_store* store);

/**
 * Open a session: connections and buffers for one thread at a time. `options` may be NULL.
 * Returns LATH_OK, LATH_E_INVALID, LATH_E_FULL or LATH_E_IO. The text of a failure: lath_last_error(NULL).
 */
LATH_API lath_status lath_session_open(lath_store* store, const lath_session_options* options, lath_session** session);

/* Close a session and its batches. What is under way ends with no answer: wait for it first if you care. NULL is fine. */
LATH_API lath_status lath_session_close(lath_session* session);

/* Name of a status, for people: "LATH_E_TIMEOUT: the time is over". Never NULL. */
LATH_API const char* lath_status_string(lath_status status);

/**
 * What went wrong in the last call on `session` that failed, in one sentence; "" if none has. NULL: in the last call of this thread
 * that failed without a session (opening, closing, a NULL handle). Valid until the next call on the session, or of the thread.
 */
LATH_API const char* lath_last_error(lath_session* session);

/* Of the library, "0.1.0". */
LATH_API const char* lath_version(void);

#ifdef __cplusplus
}
#endif

#include "lath/lath_batch.h"
#include "lath/lath_cluster.h"
#include "lath/lath_collections.h"
#include "lath/lath_requests.h"
#include "lath/lath_tensors.h"
#include "lath/lath_values.h"
