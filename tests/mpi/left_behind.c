/* Puts a key, sends SIGTERM to the process PID, a node, and says how a flush after that one's end ends: its status.
 * usage: left_behind WHERE KEYS PID */
#include <lath/lath.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int failed(const char* what, lath_session* session) {
  fprintf(stderr, "left_behind: %s: %s\n", what, lath_last_error(session));
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const uint64_t keys = strtoull(argv[2], NULL, 10);
  const uint64_t patience = LATH_SECONDS(20);
  lath_store* store = NULL;
  lath_session* session = NULL;
  if (lath_open(argv[1], NULL, &store) != LATH_OK) return failed("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) return failed("session", NULL);
  for (uint64_t key = 0; key < keys; ++key) {
    if (lath_put(session, &key, sizeof key, "v", 1, patience) != LATH_OK) return failed("put", session);
  }
  if (kill((pid_t)strtol(argv[3], NULL, 10), SIGTERM) != 0) return failed("kill", session);
  const struct timespec while_it_leaves = {.tv_sec = 2, .tv_nsec = 0};
  nanosleep(&while_it_leaves, NULL);
  printf("flush: %s\n", lath_status_string(lath_flush(session, 0, patience)));
  lath_session_close(session);
  return lath_close(store) == LATH_OK ? 0 : 1;
}
