/* A 2-D heat solver whose ranks merge the minimum, the maximum, a histogram and sums of their part of the field into Lath at each
 * step, while it runs: what a monitor or a steering code beside it would read. Each step is checked against MPI_Allreduce.
 *
 * usage: mpirun -n 2 insitu [--store WHERE] [--steps N] [--size N]
 *   WHERE   "mpi" (a node inside every rank, the default), "file:CLUSTER_FILE" or "tcp://HOST:PORT"
 *   --size  cells along an edge of the square, 256 by default; --steps 100 by default */
#include <float.h>
#include <math.h>

#include "common.h"

enum { BINS = 16, KEY_BYTES = 96 };

typedef struct field {
  int columns, rows; /* of this rank, without the two halo rows */
  double *now, *next;
} field;

typedef struct summary {
  double least, greatest;
  double sums[2]; /* of the values, and of their squares */
  int64_t histogram[BINS];
} summary;

static double* row(double* cells, const field* f, int index) {
  return cells + (size_t)(index + 1) * (size_t)f->columns;
}

/* One Jacobi step; the edges of the square keep their values: hot on the left, cold elsewhere. */
static void step(field* f, int rank, int ranks) {
  const int up = rank > 0 ? rank - 1 : MPI_PROC_NULL, down = rank + 1 < ranks ? rank + 1 : MPI_PROC_NULL;
  MPI_Sendrecv(row(f->now, f, 0), f->columns, MPI_DOUBLE, up, 0, row(f->now, f, f->rows), f->columns, MPI_DOUBLE, down, 0,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Sendrecv(row(f->now, f, f->rows - 1), f->columns, MPI_DOUBLE, down, 1, row(f->now, f, -1), f->columns, MPI_DOUBLE, up, 1,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  for (int r = 0; r < f->rows; ++r) {
    const double *above = row(f->now, f, r - 1), *here = row(f->now, f, r), *below = row(f->now, f, r + 1);
    double* out = row(f->next, f, r);
    out[0] = 1.0;
    out[f->columns - 1] = 0.0;
    for (int c = 1; c + 1 < f->columns; ++c) out[c] = 0.25 * (above[c] + below[c] + here[c - 1] + here[c + 1]);
  }
  double* swapped = f->now;
  f->now = f->next;
  f->next = swapped;
}

static summary summarise(const field* f) {
  summary s = {.least = DBL_MAX, .greatest = -DBL_MAX};
  for (int r = 0; r < f->rows; ++r) {
    const double* here = row(f->now, f, r);
    for (int c = 0; c < f->columns; ++c) {
      const double value = here[c];
      if (value < s.least) s.least = value;
      if (value > s.greatest) s.greatest = value;
      s.sums[0] += value;
      s.sums[1] += value * value;
      const int bin = (int)(value * BINS);
      ++s.histogram[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin];
    }
  }
  return s;
}

static size_t key_of(char* key, unsigned long run, int at, const char* what) {
  return (size_t)snprintf(key, KEY_BYTES, "heat/%lu/%d/%s", run, at, what);
}

/* This rank's part of the step's summary, four merges under way at once. */
static void merge_step(lath_session* session, unsigned long run, int at, const summary* mine) {
  char key[KEY_BYTES];
  lath_request requests[4];
  MUST(session, lath_min_f64_merge_nb(session, key, key_of(key, run, at, "min"), mine->least, PATIENCE, &requests[0]));
  MUST(session, lath_max_f64_merge_nb(session, key, key_of(key, run, at, "max"), mine->greatest, PATIENCE, &requests[1]));
  MUST(session,
       lath_array_merge_nb(session, key, key_of(key, run, at, "sums"), LATH_SUM, LATH_F64, mine->sums, 2, PATIENCE, &requests[2]));
  MUST(session, lath_array_merge_nb(session, key, key_of(key, run, at, "histogram"), LATH_SUM, LATH_I64, mine->histogram, BINS,
                                    PATIENCE, &requests[3]));
  MUST(session, lath_wait_all(session, requests, 4, NULL, PATIENCE));
  MUST(session, lath_flush(session, 0, PATIENCE));
}

static summary read_step(lath_session* session, unsigned long run, int at) {
  char key[KEY_BYTES];
  size_t count = 0;
  summary s = {0};
  MUST(session, lath_min_f64_get(session, key, key_of(key, run, at, "min"), &s.least, PATIENCE));
  MUST(session, lath_max_f64_get(session, key, key_of(key, run, at, "max"), &s.greatest, PATIENCE));
  MUST(session, lath_array_get(session, key, key_of(key, run, at, "sums"), LATH_SUM, LATH_F64, s.sums, 2, &count, PATIENCE));
  MUST(session,
       lath_array_get(session, key, key_of(key, run, at, "histogram"), LATH_SUM, LATH_I64, s.histogram, BINS, &count, PATIENCE));
  return s;
}

static summary reduce(const summary* mine) {
  summary all;
  MPI_Allreduce(&mine->least, &all.least, 1, MPI_DOUBLE, MPI_MIN, MPI_COMM_WORLD);
  MPI_Allreduce(&mine->greatest, &all.greatest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  MPI_Allreduce(mine->sums, all.sums, 2, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  MPI_Allreduce(mine->histogram, all.histogram, BINS, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
  return all;
}

/* Minimum, maximum and histogram are equal; sums are to rounding, since MPI may add in another order. */
static int same(const summary* a, const summary* b) {
  if (a->least != b->least || a->greatest != b->greatest) return 0;
  if (memcmp(a->histogram, b->histogram, sizeof a->histogram) != 0) return 0;
  for (int i = 0; i < 2; ++i) {
    if (fabs(a->sums[i] - b->sums[i]) > 1e-9 * fabs(b->sums[i]) + 1e-12) return 0;
  }
  return 1;
}

int main(int argc, char** argv) {
  const char* usage = "insitu [--store WHERE] [--steps N] [--size N]   (N from 1 to 1048576; a size of at least twice the ranks)";
  help(argc, argv, usage);
  MPI_Init(&argc, &argv);
  int rank = 0, ranks = 1, steps = 100, size = 256;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const char* where = "mpi";
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) refuse(rank, usage, argv[i]);
    if (strcmp(argv[i], "--store") == 0)
      where = argv[i + 1];
    else if (strcmp(argv[i], "--steps") == 0)
      steps = number(argv[i + 1], 1);
    else if (strcmp(argv[i], "--size") == 0)
      size = number(argv[i + 1], 2 * ranks);
    else
      refuse(rank, usage, argv[i]);
    if (steps == 0 || size == 0) refuse(rank, usage, argv[i + 1]);
  }
  refuse_store_apart(rank, ranks, where);

  lath_store* store = open_store(where);
  lath_session* session = NULL;
  MUST(NULL, lath_session_open(store, NULL, &session));
  const unsigned long run = run_number();
  field f = {.columns = size, .rows = size / ranks + (rank < size % ranks ? 1 : 0)};
  f.now = calloc((size_t)(f.rows + 2) * (size_t)f.columns, sizeof(double));
  f.next = calloc((size_t)(f.rows + 2) * (size_t)f.columns, sizeof(double));
  if (!f.now || !f.next) {
    fprintf(stderr, "insitu: no memory for %d rows of %d columns, twice, on rank %d: give a smaller --size, or more ranks\n",
            f.rows, f.columns, rank);
    MPI_Abort(MPI_COMM_WORLD, 1);
    exit(1);
  }

  int wrong = 0;
  const double started = MPI_Wtime();
  for (int at = 0; at < steps; ++at) {
    step(&f, rank, ranks);
    const summary mine = summarise(&f);
    merge_step(session, run, at, &mine);
    const summary expected = reduce(&mine); /* also the point by which every rank has merged */
    const summary merged = read_step(session, run, at);
    if (!same(&merged, &expected)) ++wrong;
  }
  int wrong_anywhere = 0;
  MPI_Allreduce(&wrong, &wrong_anywhere, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  if (rank == 0) {
    printf("insitu: %d steps of a %d x %d field on %d ranks in %.2f s; %d of %d checks differ from MPI_Allreduce\n", steps, size,
           size, ranks, MPI_Wtime() - started, wrong_anywhere, steps * ranks);
  }
  free(f.now);
  free(f.next);
  lath_session_close(session);
  lath_close(store);
  MPI_Finalize();
  return wrong_anywhere == 0 ? 0 : 1;
}
