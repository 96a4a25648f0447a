/* A client outside MPI: puts and reads numbers back. usage: mpi_client WHERE FROM COUNT [read]  (read: only reads) */
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char* what, lath_session* session) {
  fprintf(stderr, "mpi_client: %s: %s\n", what, lath_last_error(session));
  return 1;
}

int main(int argc, char** argv) {
  lath_store* store = NULL;
  lath_session* session = NULL;
  if (argc < 4) return 2;
  const int from = atoi(argv[2]);
  const int count = atoi(argv[3]);
  const int only_reads = argc > 4 && strcmp(argv[4], "read") == 0;
  lath_options options = LATH_OPTIONS_INIT;
  options.open_timeout_ns = LATH_FOREVER;
  if (lath_open(argv[1], &options, &store) != LATH_OK) return fail("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) return fail("session", NULL);
  for (int i = from; i < from + count; ++i) {
    char key[32];
    int value = -1;
    size_t size = 0;
    const size_t key_size = (size_t)snprintf(key, sizeof key, "number/%d", i);
    if (!only_reads && lath_put(session, key, key_size, &i, sizeof i, LATH_SECONDS(10)) != LATH_OK) return fail("put", session);
    if (lath_get(session, key, key_size, &value, sizeof value, &size, LATH_SECONDS(10)) != LATH_OK) return fail("get", session);
    if (size != sizeof value || value != i) {
      fprintf(stderr, "mpi_client: key %s holds %d\n", key, value);
      return 1;
    }
  }
  lath_session_close(session);
  return lath_close(store) == LATH_OK ? 0 : 1;
}
