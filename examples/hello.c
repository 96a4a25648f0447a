/* The smallest program that uses Lath: one put and one get. usage: hello [WHERE]
 * WHERE is "embedded:" (a store inside this process, the default), "file:PATH" (a running cluster) or "tcp://HOST:PORT". */
#include <lath/lath.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "--help") == 0) {
    puts("usage: hello [WHERE]     WHERE: embedded: (the default), file:CLUSTER_FILE or tcp://HOST:PORT");
    return 0;
  }
  if (argc > 2) {
    fprintf(stderr, "hello: unexpected argument '%s'; see hello --help\n", argv[2]);
    return 2;
  }
  const char* where = argc > 1 ? argv[1] : "embedded:";
  lath_store* store = NULL;
  lath_session* session = NULL;
  if (lath_open(where, NULL, &store) != LATH_OK || lath_session_open(store, NULL, &session) != LATH_OK) {
    fprintf(stderr, "hello: %s\n", lath_last_error(NULL));
    return 1;
  }

  const char* key = "greeting";
  const char* value = "hello, lattice";
  char answer[64];
  size_t size = 0;
  lath_status status = lath_put(session, key, strlen(key), value, strlen(value), LATH_SECONDS(5));
  if (status == LATH_OK) status = lath_get(session, key, strlen(key), answer, sizeof answer, &size, LATH_SECONDS(5));
  if (status == LATH_OK)
    printf("%s = %.*s\n", key, (int)size, answer);
  else
    fprintf(stderr, "hello: %s\n", lath_last_error(session));

  lath_session_close(session);
  lath_close(store);
  return status == LATH_OK && size == strlen(value) && memcmp(answer, value, size) == 0 ? 0 : 1;
}
