/* Ranks that all close at once, again and again: nobody waits for who has gone already. usage: repeated_close ROUNDS */
#include <lath/lath_mpi.h>
#include <stdio.h>
#include <stdlib.h>

static int rank;

static void check(lath_status status, const char* what, lath_session* session) {
  if (status == LATH_OK) return;
  fprintf(stderr, "rank %d: %s: %s\n", rank, what, lath_last_error(session));
  MPI_Abort(MPI_COMM_WORLD, 1);
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const int rounds = argc > 1 ? atoi(argv[1]) : 5;
  double longest = 0;
  for (int round = 0; round < rounds; ++round) {
    lath_options options = LATH_OPTIONS_INIT;
    options.memory_bytes = 16u << 20;
    options.shards = 1;
    lath_store* store = NULL;
    lath_session* session = NULL;
    check(lath_open_mpi(MPI_COMM_WORLD, &options, &store), "open", NULL);
    check(lath_session_open(store, NULL, &session), "session", NULL);
    check(lath_counter_add(session, "k", 1, 1, LATH_SECONDS(20)), "add", session);
    lath_session_close(session);
    MPI_Barrier(MPI_COMM_WORLD);
    const double began = MPI_Wtime();
    check(lath_close(store), "close", NULL);
    const double took = MPI_Wtime() - began;
    double slowest = 0;
    MPI_Reduce(&took, &slowest, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
    if (slowest > longest) longest = slowest;
  }
  if (rank == 0) printf("longest close: %.0f ms\n", longest * 1000);
  MPI_Finalize();
  return 0;
}
