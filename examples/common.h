/* What the MPI examples share: where the store is, and stopping the whole job with the reason when a call fails. */
#pragma once

#include <lath/lath.h>
#include <lath/lath_mpi.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE LATH_SECONDS(60)

/* Evaluates a Lath call on `session` (NULL for opening); anything but LATH_OK ends the job. */
#define MUST(session, call)                                                                                            \
  do {                                                                                                                 \
    const lath_status status_ = (call);                                                                                \
    if (status_ != LATH_OK) {                                                                                          \
      fprintf(stderr, "%s:%d: %s\n  %s\n", __FILE__, __LINE__, lath_status_string(status_), lath_last_error(session)); \
      MPI_Abort(MPI_COMM_WORLD, 1);                                                                                    \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  } while (0)

/* Where `--help` is among the arguments, prints the usage and ends. Before MPI_Init, so that it works without mpirun as well. */
static inline void help(int argc, char** argv, const char* usage) {
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--help") != 0) continue;
    printf("usage: %s\n", usage);
    exit(0);
  }
}

/* Ends every rank with one line that says what is wrong: each rank sees the same arguments. */
static inline void refuse(int rank, const char* usage, const char* what) {
  if (rank == 0) fprintf(stderr, "%s: not understood\nusage: %s\n", what, usage);
  MPI_Finalize();
  exit(2);
}

enum { NUMBER_MAX = 1048576 }; /* as the usage says it */

/* A whole number from `least` to NUMBER_MAX, or 0 where `text` is none. */
static inline int number(const char* text, int least) {
  char* end = NULL;
  const long value = strtol(text, &end, 10);
  return *end == '\0' && value >= least && value <= NUMBER_MAX ? (int)value : 0;
}

/* Ends every rank where the store would be one in each of several ranks: none would see what the others have put. */
static inline void refuse_store_apart(int rank, int ranks, const char* where) {
  if (ranks == 1 || strcmp(where, "embedded:") != 0) return;
  if (rank == 0)
    fprintf(stderr,
            "--store embedded: gives each of the %d ranks a store of its own: leave it out for one store in all of them, or name a "
            "cluster's file:CLUSTER_FILE or tcp://HOST:PORT\n",
            ranks);
  MPI_Finalize();
  exit(2);
}

/* A store: "mpi" hosts a node in every rank, anything else goes to lath_open. */
static inline lath_store* open_store(const char* where) {
  lath_store* store = NULL;
  if (strcmp(where, "mpi") == 0)
    MUST(NULL, lath_open_mpi(MPI_COMM_WORLD, NULL, &store));
  else
    MUST(NULL, lath_open(where, NULL, &store));
  return store;
}

/* A number that all ranks share and no other run of the program has, so that runs on one cluster do not meet. */
static inline unsigned long run_number(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  unsigned long run = (unsigned long)now.tv_sec * 1000000UL + (unsigned long)now.tv_nsec / 1000UL;
  MPI_Bcast(&run, 1, MPI_UNSIGNED_LONG, 0, MPI_COMM_WORLD);
  return run;
}
