/* Puts KEYS pairs of 8 bytes each in batches of 128, and then once more where nothing grows; tells of both times how many batches took
 * longer than a millisecond by the wall, and the longest. usage: growth WHERE KEYS */
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { kBatch = 128 };

static uint64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int failed(const char* what, lath_session* session) {
  fprintf(stderr, "growth: %s: %s\n", what, lath_last_error(session));
  return 1;
}

/* LATH_OK, or what failed has been said. */
static int put_all(lath_session* session, lath_batch* batch, uint64_t keys, const char* name) {
  unsigned long_ones = 0;
  uint64_t longest = 0;
  const uint64_t start = now_us();
  for (uint64_t number = 0; number < keys;) {
    for (int in_batch = 0; in_batch < kBatch && number < keys; ++in_batch, ++number) {
      const uint64_t key = number * 0x9e3779b97f4a7c15u; /* odd: no two are the same */
      if (lath_batch_put(batch, &key, sizeof key, &number, sizeof number) != LATH_OK) return failed("put", session);
    }
    const uint64_t before = now_us();
    if (lath_batch_run(batch, LATH_SECONDS(30)) != LATH_OK) return failed("a batch", session);
    const uint64_t took = now_us() - before;
    if (took > 1000) ++long_ones;
    if (took > longest) longest = took;
  }
  const double seconds = (double)(now_us() - start) / 1e6;
  printf("%s: %.2f s, %u batches over 1 ms, the longest %.1f ms\n", name, seconds, long_ones, (double)longest / 1000);
  return LATH_OK;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const uint64_t keys = strtoull(argv[2], NULL, 10);
  lath_store* store = NULL;
  lath_session* session = NULL;
  lath_batch* batch = NULL;
  if (lath_open(argv[1], NULL, &store) != LATH_OK) return failed("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) return failed("session", NULL);
  if (lath_batch_open(session, kBatch, &batch) != LATH_OK) return failed("batch", session);
  if (put_all(session, batch, keys, "growing") != LATH_OK || put_all(session, batch, keys, "grown") != LATH_OK) return 1;
  lath_session_close(session);
  return lath_close(store) == LATH_OK ? 0 : 1;
}
