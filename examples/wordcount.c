/* Counts the words of the text files in a directory: each MPI rank reads a part of the files and adds what it finds to the same keys.
 * Words are PN-counters, the vocabulary is a set, the number of distinct words a HyperLogLog, the longest word a max. Rank 0 then
 * counts everything by itself and compares.
 *
 * usage: mpirun -n 2 wordcount [--store WHERE] [DIRECTORY]
 *   WHERE      "mpi" (a node inside every rank, the default), "file:CLUSTER_FILE" or "tcp://HOST:PORT"
 *   DIRECTORY  /usr/share/common-licenses by default */
#include <errno.h>
#include <math.h>

#include "common.h"
#include "words.h"

enum { BATCH = 512, KEY_BYTES = 320 };

static const char* const USUAL_DIRECTORY = "/usr/share/common-licenses";

/* How far the number of distinct words may be off. A standard error of a HyperLogLog of 2^14 registers is 1.04 / sqrt(2^14), 0.81 %:
 * one directory in about 70 is off by more than 2 % by chance, and always by as much, since the hash of a word is always the same. The
 * usual directory's words are not such; of another the check allows four standard errors, which one in 16,000 passes. */
static const double ERROR_MAX = 0.02;
static const double ERROR_MAX_ELSEWHERE = 0.0325;

typedef struct keys {
  unsigned long run;
  char vocabulary[64];
  char distinct[64];
  char longest[64];
} keys;

static size_t word_key(const keys* names, const char* word, char* key) {
  return (size_t)snprintf(key, KEY_BYTES, "words/%lu/%s", names->run, word);
}

/* Adds this rank's words, every occurrence an addition of its own. */
static void count_words(lath_session* session, const keys* names, const words* mine) {
  lath_batch* batch = NULL;
  MUST(session, lath_batch_open(session, BATCH, &batch));
  for (size_t i = 0; i < mine->count; ++i) {
    char key[KEY_BYTES];
    const char* word = mine->word[i];
    const size_t size = strlen(word);
    MUST(session, lath_batch_counter_add(batch, key, word_key(names, word, key), 1));
    if (i == 0 || strcmp(mine->word[i - 1], word) != 0) {
      MUST(session, lath_batch_set_add(batch, names->vocabulary, strlen(names->vocabulary), word, size));
      MUST(session, lath_batch_hll_add(batch, names->distinct, strlen(names->distinct), word, size));
      MUST(session, lath_batch_max_i64_merge(batch, names->longest, strlen(names->longest), (int64_t)size));
    }
    if (lath_batch_count(batch) >= BATCH) MUST(session, lath_batch_run(batch, PATIENCE));
  }
  if (lath_batch_count(batch) > 0) MUST(session, lath_batch_run(batch, PATIENCE));
  MUST(session, lath_batch_close(batch));
  MUST(session, lath_flush(session, 0, PATIENCE)); /* every replica has them: rank 0 may ask any */
}

/* How many words have another count in the store than in `all`. */
static size_t check_counts(lath_session* session, const keys* names, const words* all, int64_t* total) {
  size_t wrong = 0;
  for (size_t i = 0; i < all->count; i += words_run(all, i)) {
    char key[KEY_BYTES];
    int64_t counted = 0;
    MUST(session, lath_counter_get(session, key, word_key(names, all->word[i], key), &counted, PATIENCE));
    if (counted != (int64_t)words_run(all, i)) ++wrong;
    *total += counted;
  }
  return wrong;
}

/* How many members of the stored vocabulary differ from the sorted distinct words. */
static size_t check_vocabulary(lath_session* session, const keys* names, const words* all, size_t distinct) {
  size_t size = 0;
  const size_t capacity = 1 << 20;
  char* list = malloc(capacity);
  if (!list) {
    fprintf(stderr, "wordcount: no memory for the vocabulary\n");
    MPI_Abort(MPI_COMM_WORLD, 1);
    exit(1);
  }
  MUST(session, lath_set_members(session, names->vocabulary, strlen(names->vocabulary), list, capacity, &size, PATIENCE));
  size_t wrong = lath_list_count(list, size) == distinct ? 0 : 1;
  size_t position = 0, member_size = 0, word = 0;
  const void* member = NULL;
  while (lath_list_next(list, size, &position, &member, &member_size) && word < all->count) {
    const char* expected = all->word[word];
    if (strlen(expected) != member_size || memcmp(expected, member, member_size) != 0) ++wrong;
    word += words_run(all, word);
  }
  free(list);
  return wrong;
}

/* Compares everything with an exact count. Returns 0 when all of it is right. */
static int check(lath_session* session, const keys* names, const char* directory) {
  words all = {0};
  const int files = words_read(&all, directory, 0, 1);
  words_sort(&all);
  size_t distinct = 0, longest = 0;
  for (size_t i = 0; i < all.count; i += words_run(&all, i)) {
    ++distinct;
    if (strlen(all.word[i]) > longest) longest = strlen(all.word[i]);
  }
  int64_t total = 0, stored_longest = 0;
  uint64_t estimate = 0;
  const size_t wrong_counts = check_counts(session, names, &all, &total);
  const size_t wrong_members = check_vocabulary(session, names, &all, distinct);
  MUST(session, lath_hll_count(session, names->distinct, strlen(names->distinct), &estimate, PATIENCE));
  MUST(session, lath_max_i64_get(session, names->longest, strlen(names->longest), &stored_longest, PATIENCE));

  const double off = distinct ? fabs((double)estimate - (double)distinct) / (double)distinct : 1.0;
  const double off_max = strcmp(directory, USUAL_DIRECTORY) == 0 ? ERROR_MAX : ERROR_MAX_ELSEWHERE;
  const int right = files > 0 && wrong_counts == 0 && wrong_members == 0 && (size_t)total == all.count && off <= off_max &&
                    stored_longest == (int64_t)longest;
  printf("wordcount: %d files, %zu words: counted %lld, %zu of %zu counters differ\n", files, all.count, (long long)total,
         wrong_counts, distinct);
  printf("wordcount: vocabulary %zu words, %zu differ; about %llu distinct (%.2f %% off); longest %lld letters (exact: %zu)\n",
         distinct, wrong_members, (unsigned long long)estimate, 100 * off, (long long)stored_longest, longest);
  if (off > ERROR_MAX && off <= off_max) printf("wordcount: over 2 %% off, as one directory in 70 is by chance: no error\n");
  printf("wordcount: %s\n", right ? "equal to the exact count" : "NOT equal to the exact count");
  words_free(&all);
  return right ? 0 : 1;
}

int main(int argc, char** argv) {
  const char* usage = "wordcount [--store WHERE] [DIRECTORY]   (a word of over 255 letters is cut, and counts as several)";
  help(argc, argv, usage);
  MPI_Init(&argc, &argv);
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const char* where = "mpi";
  const char* directory = NULL;
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--store") == 0 && i + 1 < argc)
      where = argv[++i];
    else if (argv[i][0] != '-' && directory == NULL)
      directory = argv[i];
    else
      refuse(rank, usage, argv[i]);
  }
  if (directory == NULL) directory = USUAL_DIRECTORY;
  refuse_store_apart(rank, ranks, where);

  lath_store* store = open_store(where);
  lath_session* session = NULL;
  MUST(NULL, lath_session_open(store, NULL, &session));
  keys names = {.run = run_number()};
  snprintf(names.vocabulary, sizeof names.vocabulary, "vocabulary/%lu", names.run);
  snprintf(names.distinct, sizeof names.distinct, "distinct/%lu", names.run);
  snprintf(names.longest, sizeof names.longest, "longest/%lu", names.run);

  words mine = {0};
  if (words_read(&mine, directory, rank, ranks) < 0) {
    fprintf(stderr, "wordcount: cannot read the directory %s: %s\n", directory, strerror(errno));
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  unsigned long words_anywhere = mine.count;
  MPI_Allreduce(MPI_IN_PLACE, &words_anywhere, 1, MPI_UNSIGNED_LONG, MPI_SUM, MPI_COMM_WORLD);
  if (words_anywhere == 0) {
    if (rank == 0) fprintf(stderr, "wordcount: there is no word in the files of %s: name a directory of text files\n", directory);
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  words_sort(&mine);
  const double started = MPI_Wtime();
  count_words(session, &names, &mine);
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) printf("wordcount: %d ranks added their words in %.2f s\n", ranks, MPI_Wtime() - started);

  int failed = rank == 0 ? check(session, &names, directory) : 0;
  MPI_Bcast(&failed, 1, MPI_INT, 0, MPI_COMM_WORLD);
  words_free(&mine);
  lath_session_close(session);
  lath_close(store);
  MPI_Finalize();
  return failed;
}
