/* Ranks that open together, but for the last: it never calls ("never"), is gone after the first step ("leaves"), calls with options that
 * cannot be ("options") or with nowhere to put the store ("nowhere"). Each that calls tells what it got and after how long, then waits to
 * be ended. usage: absent never|leaves|options|nowhere TIMEOUT_MS */
#include <lath/lath_mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  int rank = 0;
  int count = 0;
  if (argc < 3) return 2;
  MPI_Init(NULL, NULL);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  lath_options options = LATH_OPTIONS_INIT;
  options.memory_bytes = 16u << 20;
  options.shards = 1;
  options.open_timeout_ns = (uint64_t)atoi(argv[2]) * 1000000;
  const int is_last = rank == count - 1;
  if (is_last && strcmp(argv[1], "never") == 0) pause();
  if (is_last && strcmp(argv[1], "leaves") == 0) {  // what lath_open_mpi begins with
    MPI_Comm duplicate;
    MPI_Request request;
    MPI_Comm_idup(MPI_COMM_WORLD, &duplicate, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    pause();
  }
  if (is_last && strcmp(argv[1], "options") == 0) options.size = 1;
  lath_store* store = NULL;
  lath_store** given = is_last && strcmp(argv[1], "nowhere") == 0 ? NULL : &store;
  const double began = MPI_Wtime();
  const lath_status status = lath_open_mpi(MPI_COMM_WORLD, &options, given);
  printf("rank %d: %s after %.0f ms: %s\n", rank, lath_status_string(status), (MPI_Wtime() - began) * 1000, lath_last_error(NULL));
  fflush(stdout);
  pause();
  return 0;
}
