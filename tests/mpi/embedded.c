/* A node in every rank: counters that all ranks add to are exact, and the store outlives MPI.
 *
 * usage: mpi_embedded ADDITIONS [CONTACT KEY_FILE AWAITED]
 *   CONTACT   where this rank accepts other clients; "" for none
 *   KEY_FILE  by which they get in; "" for none
 *   AWAITED   the store stays open until one of them has put this key */
#include <lath/lath_mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int rank;

static void check(lath_status status, const char* what, lath_session* session) {
  if (status == LATH_OK) return;
  fprintf(stderr, "rank %d: %s: %s\n", rank, what, lath_last_error(session));
  exit(1);
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const int additions = argc > 1 ? atoi(argv[1]) : 100;

  lath_options options = LATH_OPTIONS_INIT;
  options.memory_bytes = 32u << 20;
  options.shards = 1;
  options.contact = argc > 4 && argv[2][0] != '\0' ? argv[2] : NULL;
  options.key_file = argc > 4 && argv[3][0] != '\0' ? argv[3] : NULL;
  lath_store* store = NULL;
  lath_session* session = NULL;
  check(lath_open_mpi(MPI_COMM_WORLD, &options, &store), "open", NULL);
  check(lath_session_open(store, NULL, &session), "session", NULL);

  for (int i = 0; i < additions; ++i) {
    char key[32];
    const size_t key_size = (size_t)snprintf(key, sizeof key, "counter/%d", i % 10);
    check(lath_counter_add(session, key, key_size, 1 + rank, LATH_SECONDS(20)), "add", session);
  }
  check(lath_flush(session, 0, LATH_SECONDS(20)), "flush", session);
  MPI_Barrier(MPI_COMM_WORLD); /* the application's own: all additions are on all replicas now */

  const long long each = (long long)additions / 10 * ranks * (ranks + 1) / 2;
  for (int i = 0; i < 10; ++i) {
    char key[32];
    int64_t value = 0;
    const size_t key_size = (size_t)snprintf(key, sizeof key, "counter/%d", i);
    check(lath_counter_get(session, key, key_size, &value, LATH_SECONDS(20)), "get", session);
    if (value != each) {
      fprintf(stderr, "rank %d: %s is %lld, not %lld\n", rank, key, (long long)value, each);
      return 1;
    }
  }
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  /* The store lives on without MPI. */
  int64_t value = 0;
  if (rank == 0) check(lath_counter_get(session, "counter/0", 9, &value, LATH_SECONDS(20)), "get after MPI", session);
  if (argc > 4) {
    uint64_t version = 0;
    check(lath_wait(session, argv[4], strlen(argv[4]), 0, &version, LATH_SECONDS(60)), "wait for a client", session);
  }
  lath_session_close(session);
  check(lath_close(store), "close", NULL);
  if (rank == 0) printf("embedded: %d ranks agree on %lld\n", ranks, (long long)value);
  return 0;
}
