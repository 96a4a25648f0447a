/* Ranks that end MPI before Lath, each in its way:
 *   works    all finalize MPI first; then they add, wait for each other through the store, read, and close one after the other
 *   late     opening after MPI_Finalize is an error with a text, and so is opening a group of which MPI is gone
 *   instead  the last rank calls MPI_Finalize where the others call lath_open_mpi: they are told, and end the job as the text says
 * usage: finalized works|late|instead */
#include <lath/lath_mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int rank;
static int ranks;

static void check(lath_status status, const char* what, lath_session* session) {
  if (status == LATH_OK) return;
  fprintf(stderr, "rank %d: %s: %s\n", rank, what, lath_last_error(session));
  exit(1);
}

static lath_options small(void) {
  lath_options options = LATH_OPTIONS_INIT;
  options.memory_bytes = 16u << 20;
  options.shards = 1;
  options.open_timeout_ns = LATH_SECONDS(2);
  return options;
}

/* Until all ranks have come to this step; MPI_Barrier is no more. */
static void meet(lath_session* session, const char* step) {
  int64_t come = 0;
  uint64_t version = 0;
  check(lath_counter_add(session, step, strlen(step), 1, LATH_SECONDS(20)), "add", session);
  while (come < ranks) {
    check(lath_counter_get(session, step, strlen(step), &come, LATH_SECONDS(20)), "get", session);
    if (come < ranks) check(lath_wait(session, step, strlen(step), version, &version, LATH_SECONDS(20)), "wait", session);
  }
}

static int works(void) {
  const lath_options options = small();
  lath_store* store = NULL;
  lath_session* session = NULL;
  check(lath_open_mpi(MPI_COMM_WORLD, &options, &store), "open", NULL);
  check(lath_session_open(store, NULL, &session), "session", NULL);
  MPI_Finalize();
  for (int i = 0; i < 100; ++i) check(lath_counter_add(session, "sum", 3, rank + 1, LATH_SECONDS(20)), "add", session);
  check(lath_flush(session, 0, LATH_SECONDS(20)), "flush", session);
  meet(session, "added");
  int64_t sum = 0;
  check(lath_counter_get(session, "sum", 3, &sum, LATH_SECONDS(20)), "get", session);
  if (sum != 50 * ranks * (ranks + 1)) {
    fprintf(stderr, "rank %d: the sum is %lld\n", rank, (long long)sum);
    return 1;
  }
  meet(session, "read");
  sleep((unsigned)rank);
  lath_session_close(session);
  check(lath_close(store), "close", NULL);
  printf("rank %d: closed after MPI\n", rank);
  return 0;
}

static int late(void) {
  const lath_options options = small();
  lath_store* store = NULL;
  MPI_Finalize();
  const lath_status status = lath_open_mpi(MPI_COMM_WORLD, &options, &store);
  printf("rank %d: %s: %s\n", rank, lath_status_string(status), lath_last_error(NULL));
  return status != LATH_OK && store == NULL ? 0 : 1;
}

static int instead(void) {
  const lath_options options = small();
  lath_store* store = NULL;
  if (rank == ranks - 1) return MPI_Finalize();
  const lath_status status = lath_open_mpi(MPI_COMM_WORLD, &options, &store);
  printf("rank %d: %s: %s\n", rank, lath_status_string(status), lath_last_error(NULL));
  fflush(stdout);
  /* MPI has a call under way that nobody else will make, so the way out is MPI_Abort, once all have said their line */
  if (rank != 0) {
    MPI_Send(NULL, 0, MPI_INT, 0, 0, MPI_COMM_WORLD);
    pause();
  }
  for (int told = 1; told < ranks - 1; ++told) MPI_Recv(NULL, 0, MPI_INT, MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return MPI_Abort(MPI_COMM_WORLD, 3);
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  MPI_Init(NULL, NULL);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (strcmp(argv[1], "works") == 0) return works();
  if (strcmp(argv[1], "late") == 0) return late();
  if (strcmp(argv[1], "instead") == 0) return instead();
  return 2;
}
