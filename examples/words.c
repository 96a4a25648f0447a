#include "words.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WORD_BYTES_MAX = 255 }; /* as the usage says it */

static void* had(void* memory) {
  if (memory) return memory;
  fprintf(stderr, "wordcount: no memory for the words: count fewer at once\n");
  exit(1);
}

static void append(words* all, const char* word, size_t size) {
  if (all->count == all->capacity) {
    const size_t capacity = all->capacity ? 2 * all->capacity : 1024;
    all->word = had(realloc(all->word, capacity * sizeof *all->word));
    all->capacity = capacity;
  }
  char* copy = had(malloc(size + 1));
  memcpy(copy, word, size);
  copy[size] = '\0';
  all->word[all->count++] = copy;
}

static int read_file(words* all, const char* path) {
  struct stat file_status;
  if (stat(path, &file_status) != 0 || !S_ISREG(file_status.st_mode)) return 0;
  FILE* file = fopen(path, "r");
  if (!file) return 0;
  char word[WORD_BYTES_MAX];
  size_t size = 0;
  for (int letter = fgetc(file);; letter = fgetc(file)) {
    const int more = letter != EOF && isalpha(letter);
    if (size > 0 && (!more || size == sizeof word)) {
      append(all, word, size);
      size = 0;
    }
    if (more) word[size++] = (char)tolower(letter);
    if (letter == EOF) break;
  }
  fclose(file);
  return 1;
}

static int visible(const struct dirent* entry) {
  return entry->d_name[0] != '.';
}

int words_read(words* all, const char* directory, int part, int parts) {
  struct dirent** entries = NULL;
  const int count = scandir(directory, &entries, visible, alphasort);
  if (count < 0) return -1;
  int files = 0;
  for (int i = 0; i < count; ++i) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
    if (i % parts == part) files += read_file(all, path);
    free(entries[i]);
  }
  free(entries);
  return files;
}

static int compare(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

void words_sort(words* all) {
  if (all->count > 0) qsort(all->word, all->count, sizeof *all->word, compare);
}

size_t words_run(const words* all, size_t start) {
  size_t end = start + 1;
  while (end < all->count && strcmp(all->word[end], all->word[start]) == 0) ++end;
  return end - start;
}

void words_free(words* all) {
  for (size_t i = 0; i < all->count; ++i) free(all->word[i]);
  free(all->word);
  memset(all, 0, sizeof *all);
}
