/* The words of the text files in a directory: letters only, in lower case. What is longer than 255 letters is cut into several. */
#pragma once

#include <stddef.h>

typedef struct words {
  char** word; /* each its own string */
  size_t count;
  size_t capacity;
} words;

/* Appends the words of every regular file of `directory` whose place in the sorted listing is `part` modulo `parts`.
 * Returns how many files were read, or -1 where the directory cannot be read: errno says why. */
int words_read(words* all, const char* directory, int part, int parts);

/* Sorts the words, so that equal ones are neighbours. */
void words_sort(words* all);

/* How many words from `start` on are equal to the one there; the words are sorted. */
size_t words_run(const words* all, size_t start);

void words_free(words* all);
