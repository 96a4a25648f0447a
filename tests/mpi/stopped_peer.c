/* Rank 0 closes a store of several shards while rank 1 is stopped, then lets it go on. Prints how long that took.
 * usage: mpirun -n 2 mpi_stopped_peer thread|caller SHARDS */
#define _POSIX_C_SOURCE 200112L
#include <lath/lath_mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { kKeys = 200, kGroup = 7 };

static int rank;

static void check(lath_status status, const char* what, lath_session* session) {
  if (status == LATH_OK) return;
  fprintf(stderr, "rank %d: %s: %s\n", rank, what, lath_last_error(session));
  MPI_Abort(MPI_COMM_WORLD, 1);
}

/* The letter behind the name in /proc/PID/stat. */
static void await_stopped(int pid) {
  const struct timespec pause = {.tv_sec = 0, .tv_nsec = 10000000};
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  for (;;) {
    char state = '?';
    FILE* file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%*d %*s %c", &state) != 1) {
      fprintf(stderr, "rank 0: %s cannot be read\n", path);
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
    fclose(file);
    if (state == 'T') return;
    nanosleep(&pause, NULL);
  }
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (argc != 3 || ranks != 2) {
    fprintf(stderr, "usage: mpirun -n 2 mpi_stopped_peer thread|caller SHARDS\n");
    return 2;
  }
  lath_options options = LATH_OPTIONS_INIT;
  options.memory_bytes = 64u << 20;
  options.shards = (uint32_t)atoi(argv[2]);
  options.progress = strcmp(argv[1], "caller") == 0 ? LATH_PROGRESS_CALLER : LATH_PROGRESS_THREAD;
  lath_store* store = NULL;
  lath_session* session = NULL;
  check(lath_open_mpi(MPI_COMM_WORLD, &options, &store), "open", NULL);
  check(lath_session_open(store, NULL, &session), "session", NULL);
  for (int i = 0; i < kKeys; ++i) { /* so that every shard knows a peer */
    char key[32];
    const size_t size = (size_t)snprintf(key, sizeof key, "%d/%d", rank, i);
    check(lath_counter_add(session, key, size, 1, LATH_SECONDS(20)), "add", session);
  }
  check(lath_flush(session, 2, LATH_SECONDS(20)), "flush", session);

  int other = (int)getpid();
  MPI_Sendrecv_replace(&other, 1, MPI_INT, 1 - rank, kGroup, 1 - rank, kGroup, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  if (rank == 1) {
    raise(SIGSTOP);
  } else {
    await_stopped(other);
    for (int i = 0; i < 10 * kKeys; ++i) { /* so that something waits for it at every shard */
      char key[32];
      const size_t size = (size_t)snprintf(key, sizeof key, "%d/%d", rank, i);
      check(lath_counter_add(session, key, size, 1, LATH_SECONDS(20)), "add beside who is stopped", session);
    }
    check(lath_session_close(session), "close of the session", NULL);
    const double began = MPI_Wtime();
    check(lath_close(store), "close", NULL);
    printf("%s: closed in %.0f ms\n", argv[1], (MPI_Wtime() - began) * 1000);
    fflush(stdout);
    if (kill(other, SIGCONT) != 0) perror("kill");
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 1) {
    check(lath_session_close(session), "close of the session", NULL);
    check(lath_close(store), "close after it was stopped", NULL);
  }
  MPI_Finalize();
  return 0;
}
