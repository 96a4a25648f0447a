/* A cluster whose memory is full: what it took it holds, on every replica, and all but new keys goes on.
 * usage: full_replicas WHERE fill BITMAP BYTES    until new keys are refused, which must not be before they take so many bytes; then
 *                                                 updates, reads, erases, and new keys again
 *        full_replicas WHERE check BITMAP BYTES   that what BITMAP says was taken is there, and nothing else; then, as often as BYTES are
 *                                                 in a key, a key that comes and goes */
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kKeys = 1 << 18, kBatch = 128, kValueBytes = 1000, kCounters = 64, kAdditions = 100, kPressed = 50, kBlockBytes = 1092 };
enum { kAbsent = 0, kTaken = 1, kErased = 2 };

static char kept[kKeys]; /* of each key */
static const uint64_t kPatience = LATH_SECONDS(30);

static void fail(const char* what, lath_session* session) {
  fprintf(stderr, "full_replicas: %s: %s\n", what, session == NULL ? "" : lath_last_error(session));
  exit(1);
}

static void fill_value(char* value, uint64_t key) {
  for (size_t at = 0; at < kValueBytes; ++at) value[at] = (char)(key * 31 + at);
}

/* Puts keys from `first` on; how many of them are refused because they are new and there is no room. */
static unsigned put_some(lath_session* session, lath_batch* batch, uint64_t first) {
  char value[kValueBytes];
  for (uint64_t key = first; key < first + kBatch; ++key) {
    fill_value(value, key);
    if (lath_batch_put(batch, &key, sizeof key, value, sizeof value) != LATH_OK) fail("put", session);
  }
  const lath_status status = lath_batch_run(batch, kPatience);
  if (status != LATH_OK && status != LATH_E_FULL) fail("a batch", session);
  unsigned refused = 0;
  for (size_t index = 0; index < kBatch; ++index) {
    if (lath_batch_status(batch, index) == LATH_OK) {
      kept[first + index] = kTaken;
    } else if (lath_batch_status(batch, index) != LATH_E_FULL) {
      fail("a put", session);
    } else if (kept[first + index] == kTaken) {
      fail("a key that is there was refused", session);
    } else {
      ++refused;
    }
  }
  return refused;
}

static void count_up(lath_session* session, lath_batch* batch) {
  for (int addition = 0; addition < kAdditions; ++addition) {
    for (uint64_t counter = 0; counter < kCounters; ++counter) {
      if (lath_batch_counter_add(batch, &counter, 4, 1) != LATH_OK) fail("an addition", session);
    }
    if (lath_batch_run(batch, kPatience) != LATH_OK) fail("additions", session);
  }
}

static void flush(lath_session* session, const char* what) {
  if (lath_flush(session, 0, kPatience) != LATH_OK) fail(what, session);
}

static void erase_first(lath_session* session, lath_batch* batch, uint64_t keys) {
  for (uint64_t key = 0; key < keys; ++key) {
    if (lath_batch_erase(batch, &key, sizeof key) != LATH_OK) fail("erase", session);
    kept[key] = kErased;
    if ((lath_batch_count(batch) == kBatch || key + 1 == keys) && lath_batch_run(batch, kPatience) != LATH_OK)
      fail("erases", session);
  }
}

static void read_some(lath_session* session, lath_batch* batch, uint64_t first) {
  static char got[kBatch][kValueBytes];
  size_t sizes[kBatch];
  char value[kValueBytes];
  for (uint64_t index = 0; index < kBatch; ++index) {
    const uint64_t key = first + index;
    if (lath_batch_get(batch, &key, sizeof key, got[index], kValueBytes, &sizes[index]) != LATH_OK) fail("get", session);
  }
  const lath_status status = lath_batch_run(batch, kPatience);
  if (status != LATH_OK && status != LATH_E_NOT_FOUND) fail("gets", session);
  for (uint64_t index = 0; index < kBatch; ++index) {
    const int is_taken = kept[first + index] == kTaken;
    if (lath_batch_status(batch, index) != (is_taken ? LATH_OK : LATH_E_NOT_FOUND)) {
      fail(is_taken ? "a key that was taken is not read" : "a key that was refused or erased is there", session);
    }
    if (!is_taken) continue;
    fill_value(value, first + index);
    if (sizes[index] != kValueBytes || memcmp(got[index], value, kValueBytes) != 0) fail("another value was read", NULL);
  }
}

static void check_counters(lath_session* session, int64_t each) {
  for (uint64_t counter = 0; counter < kCounters; ++counter) {
    int64_t value = 0;
    if (lath_counter_get(session, &counter, 4, &value, kPatience) != LATH_OK) fail("a counter", session);
    if (value != each) fail("additions were lost, or counted twice", NULL);
  }
}

static void fill(lath_session* session, lath_batch* batch, uint64_t least_bytes) {
  count_up(session, batch);
  uint64_t next = 0;
  while (next < kKeys / 2 && put_some(session, batch, next) == 0) next += kBatch;
  if (next >= kKeys / 2) fail("nothing was refused", NULL);
  printf("full after %llu keys\n", (unsigned long long)next);
  unsigned refused = 0;
  for (int batches = 0; batches < kPressed; ++batches) refused += put_some(session, batch, next += kBatch);
  printf("of %d more, %u were refused\n", kPressed * kBatch, refused);
  flush(session, "a flush to all replicas, which are full");
  while (next < kKeys / 2 && put_some(session, batch, next) == 0) next += kBatch; /* what they lacked counted twice */
  printf("full after %llu keys that all replicas have\n", (unsigned long long)next);
  if (next * kBlockBytes < least_bytes) fail("it is full long before its limit", NULL);
  flush(session, "a flush to all replicas, which are full again");
  for (uint64_t key = 0; key < next / 2; key += kBatch) {
    if (put_some(session, batch, key) != 0) fail("a key that is there was refused", NULL);
  }
  count_up(session, batch);
  check_counters(session, 2 * kAdditions);
  erase_first(session, batch, next / 4);
  flush(session, "a flush of what was erased");
  refused = 0;
  for (int batches = 0; batches < kPressed; ++batches) refused += put_some(session, batch, next += kBatch);
  if (refused > 0) fail("new keys are refused after others were erased", session);
  flush(session, "a flush of what came instead");
}

/* Keys that come and go use nothing up, though a replica is dead that never learns of them. */
static void come_and_go(lath_session* session, lath_batch* batch, uint64_t bytes) {
  for (uint64_t used = 0; used < bytes; used += kBatch * kBlockBytes) {
    if (put_some(session, batch, kKeys - kBatch) != 0) fail("a key that comes and goes was refused", session);
    for (uint64_t key = kKeys - kBatch; key < kKeys; ++key) {
      if (lath_batch_erase(batch, &key, sizeof key) != LATH_OK) fail("erase", session);
      kept[key] = kErased;
    }
    if (lath_batch_run(batch, kPatience) != LATH_OK) fail("erases", session);
  }
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const uint64_t bytes = strtoull(argv[4], NULL, 10);
  const int fills = strcmp(argv[2], "fill") == 0;
  lath_store* store = NULL;
  lath_session* session = NULL;
  lath_batch* batch = NULL;
  if (lath_open(argv[1], NULL, &store) != LATH_OK) fail("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) fail("session", NULL);
  if (lath_batch_open(session, kBatch, &batch) != LATH_OK) fail("batch", session);
  FILE* file = fopen(argv[3], fills ? "wb" : "rb");
  if (file == NULL) fail(argv[3], NULL);
  if (fills) {
    fill(session, batch, bytes);
    if (fwrite(kept, 1, sizeof kept, file) != sizeof kept) fail(argv[3], NULL);
  } else if (fread(kept, 1, sizeof kept, file) != sizeof kept) {
    fail(argv[3], NULL);
  }
  if (fclose(file) != 0) fail(argv[3], NULL);
  for (uint64_t first = 0; first < kKeys; first += kBatch) read_some(session, batch, first);
  check_counters(session, 2 * kAdditions);
  if (!fills) come_and_go(session, batch, bytes);
  lath_session_close(session);
  return lath_close(store) == LATH_OK ? 0 : 1;
}
