/* A client that opens a store, says "ready", and goes on when it is sent a line: reads keys, while a node may be stopped, and tells how
 * long the slowest took; or has waits parked meanwhile, which must end when their key is written and not before; or only holds on, with
 * waits parked. usage: mpi_patient WHERE reads|moves|waits COUNT */
#define _POSIX_C_SOURCE 200809L
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int fail(const char* what, lath_session* session) {
  fprintf(stderr, "mpi_patient: %s: %s\n", what, lath_last_error(session));
  return 1;
}

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int park_waits(lath_session* session, int count) {
  static uint64_t versions[64];
  lath_request request;
  for (int i = 0; i < count && i < 64; ++i) {
    char key[32];
    const size_t size = (size_t)snprintf(key, sizeof key, "wait/%d", i);
    if (lath_wait_nb(session, key, size, 0, &versions[i], LATH_SECONDS(3600), &request) != LATH_OK) return fail("wait", session);
  }
  size_t size = 0;
  char value[8];
  (void)lath_get(session, "none", 4, value, sizeof value, &size, LATH_SECONDS(10)); /* they have left by then */
  return 0;
}

static int read_all(lath_session* session, int count) {
  double slowest = 0;
  for (int i = 0; i < count; ++i) {
    char key[32];
    int value = -1;
    size_t got = 0;
    const size_t size = (size_t)snprintf(key, sizeof key, "key/%d", i);
    const double began = now_ms();
    if (lath_get(session, key, size, &value, sizeof value, &got, LATH_SECONDS(20)) != LATH_OK) return fail("get", session);
    if (value != i) return fail("another value", session);
    if (now_ms() - began > slowest) slowest = now_ms() - began;
  }
  printf("slowest %.0f\n", slowest);
  return 0;
}

static lath_request moving[64];

/* Each from its key's version on, at the replica that is home to it. */
static int park_moves(lath_session* session, int count) {
  static uint64_t versions[64];
  for (int i = 0; i < count; ++i) {
    char key[32];
    const size_t size = (size_t)snprintf(key, sizeof key, "key/%d", i);
    if (lath_wait(session, key, size, 0, &versions[i], LATH_SECONDS(20)) != LATH_OK) return fail("version", session);
    if (lath_wait_nb(session, key, size, versions[i], &versions[i], LATH_SECONDS(60), &moving[i]) != LATH_OK) {
      return fail("wait", session);
    }
  }
  return lath_progress(session) == LATH_OK ? 0 : fail("progress", session);
}

static int end_moves(lath_session* session, int count) {
  double slowest = 0;
  /* Long enough to see that the stopped node says nothing, and to ask the other. */
  for (const double until = now_ms() + 3000; now_ms() < until;) {
    int value = 0;
    size_t got = 0;
    if (lath_get(session, "key/0", 5, &value, sizeof value, &got, LATH_SECONDS(10)) != LATH_OK) return fail("get", session);
  }
  for (int i = 0; i < count; ++i) {
    char key[32];
    int value = 0;
    size_t got = 0;
    const size_t size = (size_t)snprintf(key, sizeof key, "key/%d", i);
    if (lath_test(session, moving[i]) != LATH_IN_PROGRESS) return fail("a wait ended, though nobody wrote", session);
    if (lath_get(session, key, size, &value, sizeof value, &got, LATH_SECONDS(10)) != LATH_OK) return fail("get", session);
    const double began = now_ms();
    if (lath_put(session, key, size, "new", 3, LATH_SECONDS(10)) != LATH_OK) return fail("put", session);
    if (lath_wait_request(session, moving[i], LATH_SECONDS(10)) != LATH_OK) return fail("the wait's end", session);
    if (now_ms() - began > slowest) slowest = now_ms() - began;
  }
  printf("slowest %.0f\n", slowest);
  return 0;
}

int main(int argc, char** argv) {
  lath_store* store = NULL;
  lath_session* session = NULL;
  char line[16];
  if (argc < 4) return 2;
  const int count = atoi(argv[3]);
  const int waits = strcmp(argv[2], "waits") == 0;
  const int moves = strcmp(argv[2], "moves") == 0;
  if (count > 64) return 2;
  if (lath_open(argv[1], NULL, &store) != LATH_OK) return fail("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) return fail("session", NULL);
  for (int i = 0; i < count && !waits; ++i) {
    char key[32];
    const size_t size = (size_t)snprintf(key, sizeof key, "key/%d", i);
    if (lath_put(session, key, size, &i, sizeof i, LATH_SECONDS(10)) != LATH_OK) return fail("put", session);
  }
  if (!waits && lath_flush(session, 0, LATH_SECONDS(10)) != LATH_OK) return fail("flush", session);
  if (waits && park_waits(session, count) != 0) return 1;
  if (moves && park_moves(session, count) != 0) return 1;
  printf("ready\n");
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL) return 1;
  if (moves && end_moves(session, count) != 0) return 1;
  if (!waits && !moves && read_all(session, count) != 0) return 1;
  fflush(stdout);
  _Exit(0); /* without a goodbye, which a stopped node would not take */
}
