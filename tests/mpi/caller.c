/* Ranks that are the shards: what the one is asked for is answered while it sits in MPI_Barrier, and while it computes for 2 s without a
 * call. Prints the other rank's median and longest get; the median is bounded where the rank sits in MPI_Barrier. usage: mpirun -n 2 mpi_caller */
#define _POSIX_C_SOURCE 200112L
#include <lath/lath_mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kKeys = 64, kGets = 200 };
static const double kMedianMax = 2e-3; /* seconds, where cores are shared; with a core each it is some us */

static int rank;
static lath_store* store;
static lath_session* session;

static void check(lath_status status, const char* what) {
  if (status == LATH_OK) return;
  fprintf(stderr, "rank %d: %s: %s\n", rank, what, lath_last_error(session));
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The name of a key whose only replica is on `node`. */
static size_t key_on(uint32_t node, int number, char* key, size_t room) {
  for (int i = 0;; ++i) {
    const size_t size = (size_t)snprintf(key, room, "key/%d/%d", number, i);
    lath_place place;
    size_t count = 0;
    check(lath_places(store, key, size, &place, 1, &count), "places");
    if (place.node == node) return size;
  }
}

static void put_all(const char* value) {
  for (int i = 0; i < kKeys; ++i) {
    char key[64];
    const size_t size = key_on((uint32_t)rank, i, key, sizeof key);
    check(lath_put(session, key, size, value, strlen(value), LATH_SECONDS(5)), "put of an own key");
  }
}

static int by_size(const void* a, const void* b) {
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

/* Gets keys of the other rank, which makes no call meanwhile. Returns the median, in seconds. */
static double get_all(uint32_t node, const char* expected, const char* meanwhile) {
  static double took[kGets];
  for (int i = 0; i < kGets; ++i) {
    char key[64];
    char value[16];
    size_t value_size = 0;
    const size_t size = key_on(node, i % kKeys, key, sizeof key);
    const double begun = now();
    check(lath_get(session, key, size, value, sizeof value, &value_size, LATH_SECONDS(5)), meanwhile);
    took[i] = now() - begun;
    if (value_size != strlen(expected) || memcmp(value, expected, value_size) != 0) {
      fprintf(stderr, "rank %d: %s: a value that was never put\n", rank, meanwhile);
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
  }
  qsort(took, kGets, sizeof took[0], by_size);
  printf("%s: median get %.1f us, longest %.1f us\n", meanwhile, 1e6 * took[kGets / 2], 1e6 * took[kGets - 1]);
  return took[kGets / 2];
}

/* The same, while the other rank does nothing but wait: then it is soon that it answers, and not just some time. */
static void get_all_soon(uint32_t node, const char* expected, const char* meanwhile) {
  const double median = get_all(node, expected, meanwhile);
  if (median < kMedianMax) return;
  fprintf(stderr, "rank %d: %s: the median get took %.1f ms\n", rank, meanwhile, 1e3 * median);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static void compute(double seconds) {
  const double until = now() + seconds;
  while (now() < until) {
  }
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (ranks != 2) {
    fprintf(stderr, "two ranks, please\n");
    return 2;
  }
  lath_options options = LATH_OPTIONS_INIT;
  options.memory_bytes = 32u << 20;
  options.shards = 1;
  options.replication_nodes = 1;
  options.progress = LATH_PROGRESS_CALLER;
  check(lath_open_mpi(MPI_COMM_WORLD, &options, &store), "open");
  check(lath_session_open(store, NULL, &session), "session");

  put_all("first");
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 1) get_all_soon(0, "first", "rank 0 in MPI_Barrier");
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) get_all_soon(1, "first", "rank 1 in MPI_Barrier");
  MPI_Barrier(MPI_COMM_WORLD);

  put_all("second");
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) compute(2);
  const double begun = now();
  if (rank == 1) get_all(0, "second", "rank 0 computes");
  if (rank == 1 && now() - begun > 2) {
    fprintf(stderr, "rank 0's peers waited for it\n");
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Barrier(MPI_COMM_WORLD);

  /* Counters of all, by both at once. */
  for (int i = 0; i < 1000; ++i) {
    char key[32];
    const size_t size = (size_t)snprintf(key, sizeof key, "counter/%d", i % 10);
    check(lath_counter_add(session, key, size, 1, LATH_SECONDS(20)), "add");
  }
  MPI_Barrier(MPI_COMM_WORLD);
  int64_t sum = 0;
  for (int i = 0; i < 10; ++i) {
    char key[32];
    int64_t value = 0;
    const size_t size = (size_t)snprintf(key, sizeof key, "counter/%d", i);
    check(lath_counter_get(session, key, size, &value, LATH_SECONDS(20)), "get of a counter");
    sum += value;
  }
  if (sum != 2000) {
    fprintf(stderr, "rank %d: the counters are %lld together\n", rank, (long long)sum);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  /* Rank 0 goes first: rank 1 then holds all, and reads what was rank 0's. */
  if (rank == 0) {
    check(lath_session_close(session), "close of the session");
    check(lath_close(store), "close");
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 1) {
    int64_t value = 0;
    sum = 0;
    for (int i = 0; i < 10; ++i) {
      char key[32];
      const size_t size = (size_t)snprintf(key, sizeof key, "counter/%d", i);
      check(lath_counter_get(session, key, size, &value, LATH_SECONDS(20)), "get after rank 0 has left");
      sum += value;
    }
    if (sum != 2000) {
      fprintf(stderr, "rank 1: %lld are left of the counters\n", (long long)sum);
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
    check(lath_session_close(session), "close of the session");
    check(lath_close(store), "close");
    printf("caller: all was answered\n");
  }
  MPI_Finalize();
  return 0;
}
