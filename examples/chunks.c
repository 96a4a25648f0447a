/* A value larger than one may be (1 GiB), in chunks. usage: chunks [WHERE [MIB]]    (WHERE as hello; 64 MiB)
 * The chunks have keys of their own, so they lie on many shards and move at once. Which of them belong together says an index, put when
 * all of them are on every replica: a reader sees the whole of one edition or of another, never some of each. One writer at a time. */
#include <lath/lath.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16 << 20, KEY_BYTES = 64, MIB_MAX = 4096 }; /* a chunk may have up to 1 GiB */

struct index {
  uint64_t edition, bytes;
};

static size_t chunk_key(char* key, uint64_t edition, size_t chunk) {
  return (size_t)snprintf(key, KEY_BYTES, "big/%llu/%zu", (unsigned long long)edition, chunk);
}

static size_t chunk_bytes(const struct index* index, size_t chunk) {
  const uint64_t left = index->bytes - (uint64_t)chunk * CHUNK_BYTES;
  return left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
}

static size_t chunks_of(const struct index* index) {
  return (size_t)((index->bytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
}

static lath_status put_all(lath_session* session, const struct index* index, const char* value) {
  lath_batch* batch = NULL;
  lath_status status = lath_batch_open(session, chunks_of(index), &batch);
  char key[KEY_BYTES];
  for (size_t chunk = 0; chunk < chunks_of(index) && status == LATH_OK; ++chunk)
    status =
        lath_batch_put(batch, key, chunk_key(key, index->edition, chunk), value + chunk * CHUNK_BYTES, chunk_bytes(index, chunk));
  if (status == LATH_OK) status = lath_batch_run(batch, LATH_SECONDS(60));
  if (batch != NULL) lath_batch_close(batch);
  if (status == LATH_OK) status = lath_flush(session, 0, LATH_SECONDS(60));
  if (status == LATH_OK) status = lath_put(session, "big", 3, index, sizeof *index, LATH_SECONDS(10));
  return status;
}

static lath_status get_index(lath_session* session, struct index* index) {
  size_t size = 0;
  const lath_status status = lath_get(session, "big", 3, index, sizeof *index, &size, LATH_SECONDS(10));
  return status == LATH_OK && size != sizeof *index ? LATH_E_WRONG_TYPE : status;
}

/* LATH_E_NOT_FOUND: a newer edition came meanwhile, and this one's chunks are gone; the caller begins again. */
static lath_status get_all(lath_session* session, struct index* index, char* value, size_t capacity) {
  size_t size = 0;
  lath_status status = get_index(session, index);
  char key[KEY_BYTES];
  if (status == LATH_OK && index->bytes > capacity) return LATH_E_TOO_SMALL;
  for (size_t chunk = 0; status == LATH_OK && chunk < chunks_of(index); ++chunk)
    status = lath_get(session, key, chunk_key(key, index->edition, chunk), value + chunk * CHUNK_BYTES, chunk_bytes(index, chunk),
                      &size, LATH_SECONDS(60));
  return status;
}

static lath_status erase_all(lath_session* session, const struct index* index) {
  lath_status status = LATH_OK;
  char key[KEY_BYTES];
  for (size_t chunk = 0; status == LATH_OK && chunk < chunks_of(index); ++chunk)
    status = lath_erase(session, key, chunk_key(key, index->edition, chunk), LATH_SECONDS(10));
  return status;
}

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "--help") == 0) {
    puts("usage: chunks [WHERE [MIB]]     WHERE: embedded: (the default), file:CLUSTER_FILE or tcp://HOST:PORT");
    return 0;
  }
  char* end = NULL;
  const unsigned long mib = argc > 2 ? strtoul(argv[2], &end, 10) : 64;
  if (argc > 3 || (end != NULL && *end != '\0') || mib == 0 || mib > MIB_MAX) {
    fprintf(stderr, "chunks: '%s' is not expected; see chunks --help (MIB: 1 to %d)\n", argv[argc > 3 ? 3 : 2], MIB_MAX);
    return 2;
  }
  lath_store* store = NULL;
  lath_session* session = NULL;
  if (lath_open(argc > 1 ? argv[1] : "embedded:", NULL, &store) != LATH_OK || lath_session_open(store, NULL, &session) != LATH_OK) {
    fprintf(stderr, "chunks: %s\n", lath_last_error(NULL));
    return 1;
  }
  const uint64_t bytes = ((uint64_t)mib << 20) - 5; /* the last chunk is shorter */
  struct index index = {0};
  char* found = malloc((size_t)bytes);
  void* memory = NULL; /* which the shards read where it is */
  lath_status status = found == NULL ? LATH_E_FULL : lath_alloc(store, (size_t)bytes, &memory);
  char* value = memory;
  if (status == LATH_OK && (status = get_index(session, &index)) == LATH_E_NOT_FOUND) status = LATH_OK; /* the first ever */
  for (int turn = 0; turn < 2 && status == LATH_OK; ++turn) {
    const struct index before = index;
    ++index.edition;
    index.bytes = bytes;
    for (uint64_t at = 0; at < bytes; ++at) value[at] = (char)(at * 31 + (at >> 20) + index.edition);
    status = put_all(session, &index, value);
    if (status == LATH_OK && before.edition > 0) status = erase_all(session, &before);
  }
  struct index read = {0};
  if (status == LATH_OK) status = get_all(session, &read, found, (size_t)bytes);
  const int same = status == LATH_OK && read.bytes == index.bytes && memcmp(value, found, (size_t)index.bytes) == 0;
  if (status != LATH_OK) fprintf(stderr, "chunks: %s (%s)\n", lath_status_string(status), lath_last_error(session));
  if (status == LATH_OK)
    printf("edition %llu of %zu chunks: %s\n", (unsigned long long)read.edition, chunks_of(&read),
           same ? "as it was put" : "differs");
  free(found);
  lath_session_close(session);
  if (memory != NULL) lath_free(store, memory);
  lath_close(store);
  return same ? 0 : 1;
}
