/* A client that counts: some additions one after the other, some under way together, each to a key that all clients share.
 * Every one of them must succeed. usage: hosts_counts WHERE ADDITIONS */
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>

enum { UNDER_WAY = 64, KEYS = 4 };

static int fail(const char* what, lath_session* session) {
  fprintf(stderr, "hosts_counts: %s: %s\n", what, lath_last_error(session));
  return 1;
}

static size_t name_key(char* key, size_t capacity, int number) {
  return (size_t)snprintf(key, capacity, "count/%d", number % KEYS);
}

static int add_one_by_one(lath_session* session, int count) {
  for (int i = 0; i < count; ++i) {
    char key[32];
    const size_t size = name_key(key, sizeof key, i);
    if (lath_counter_add(session, key, size, 1, LATH_SECONDS(60)) != LATH_OK) return fail("an addition", session);
  }
  return 0;
}

static int add_together(lath_session* session, int count) {
  for (int done = 0; done < count; done += UNDER_WAY) {
    lath_request requests[UNDER_WAY];
    for (int i = 0; i < UNDER_WAY; ++i) {
      char key[32];
      const size_t size = name_key(key, sizeof key, i);
      if (lath_counter_add_nb(session, key, size, 1, LATH_SECONDS(60), &requests[i]) != LATH_OK) return fail("begin", session);
    }
    for (int i = 0; i < UNDER_WAY; ++i)
      if (lath_wait_request(session, requests[i], LATH_SECONDS(60)) != LATH_OK) return fail("an addition under way", session);
  }
  return 0;
}

int main(int argc, char** argv) {
  lath_store* store = NULL;
  lath_session* session = NULL;
  if (argc != 3) return 2;
  const int count = atoi(argv[2]);
  if (count <= 0 || count % (2 * UNDER_WAY) != 0) return 2;
  lath_options options = LATH_OPTIONS_INIT;
  options.open_timeout_ns = LATH_SECONDS(60);
  if (lath_open(argv[1], &options, &store) != LATH_OK) return fail("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) return fail("session", NULL);
  if (add_one_by_one(session, count / 2) != 0 || add_together(session, count / 2) != 0) return 1;
  lath_session_close(session);
  return lath_close(store) == LATH_OK ? 0 : 1;
}
