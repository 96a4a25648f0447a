/* Puts KEYS values of 1,000 bytes as fast as batches go, into a node that has only just come up, and reads some back.
 * usage: fill WHERE KEYS. Ends with 0 where every put was taken. */
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kBatch = 128, kValueBytes = 1000 };

static void fill_value(char* value, uint64_t key) {
  for (size_t at = 0; at < kValueBytes; ++at) value[at] = (char)(key * 31 + at);
}

static int failed(const char* what, lath_session* session) {
  fprintf(stderr, "fill: %s: %s\n", what, lath_last_error(session));
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const uint64_t keys = strtoull(argv[2], NULL, 10);
  const uint64_t patience = LATH_SECONDS(30);
  lath_store* store = NULL;
  lath_session* session = NULL;
  lath_batch* batch = NULL;
  if (lath_open(argv[1], NULL, &store) != LATH_OK) return failed("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) return failed("session", NULL);
  if (lath_batch_open(session, kBatch, &batch) != LATH_OK) return failed("batch", session);
  char value[kValueBytes];
  char got[kValueBytes];
  for (uint64_t key = 0; key < keys; ++key) {
    fill_value(value, key);
    if (lath_batch_put(batch, &key, sizeof key, value, sizeof value) != LATH_OK) return failed("put", session);
    const int due = lath_batch_count(batch) == kBatch || key + 1 == keys;
    if (due && lath_batch_run(batch, patience) != LATH_OK) return failed("a batch", session);
  }
  for (uint64_t key = 0; key < keys; key += 997) {
    size_t size = 0;
    fill_value(value, key);
    if (lath_get(session, &key, sizeof key, got, sizeof got, &size, patience) != LATH_OK) return failed("get", session);
    if (size != sizeof got || memcmp(got, value, sizeof got) != 0) return failed("another value was read", session);
  }
  lath_session_close(session);
  return lath_close(store) == LATH_OK ? 0 : 1;
}
