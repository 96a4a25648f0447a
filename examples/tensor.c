/* A field of doubles and a window of it. usage: tensor [WHERE]    (as hello)
 * One process puts a field, row-major as C has it; another reads its inner part into the middle of an array of its own, and the whole
 * transposed, column-major as Fortran has it. Nothing is packed by hand. */
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 300, COLUMNS = 200, HALO = 2 };

static double value_at(size_t row, size_t column) {
  return (double)(row * 1000 + column);
}

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "--help") == 0) {
    puts("usage: tensor [WHERE]     WHERE: embedded: (the default), file:CLUSTER_FILE or tcp://HOST:PORT");
    return 0;
  }
  if (argc > 2) {
    fprintf(stderr, "tensor: unexpected argument '%s'; see tensor --help\n", argv[2]);
    return 2;
  }
  const char* where = argc > 1 ? argv[1] : "embedded:";
  lath_store* store = NULL;
  lath_session* session = NULL;
  if (lath_open(where, NULL, &store) != LATH_OK || lath_session_open(store, NULL, &session) != LATH_OK) {
    fprintf(stderr, "tensor: %s\n", lath_last_error(NULL));
    return 1;
  }

  /* The field lies inside an array with a halo around it: its rows are COLUMNS + 2 * HALO elements apart. */
  const size_t width = COLUMNS + 2 * HALO;
  double* haloed = calloc((ROWS + 2 * HALO) * width, sizeof *haloed);
  double* transposed = malloc(sizeof *transposed * ROWS * COLUMNS);
  for (size_t row = 0; row < ROWS; ++row)
    for (size_t column = 0; column < COLUMNS; ++column) haloed[(row + HALO) * width + column + HALO] = value_at(row, column);

  lath_tensor field = LATH_TENSOR_INIT;
  field.data = &haloed[HALO * width + HALO];
  field.dtype = LATH_F64;
  field.dim_count = 2;
  field.dims[0] = ROWS;
  field.dims[1] = COLUMNS;
  field.strides[0] = width;
  field.strides[1] = 1;
  lath_status status = lath_tensor_put(session, "field", 5, &field, LATH_SECONDS(10));

  /* Whoever does not know its shape asks for it. */
  lath_tensor found = LATH_TENSOR_INIT;
  if (status == LATH_OK) status = lath_tensor_get(session, "field", 5, &found, LATH_SECONDS(10));
  if (status == LATH_OK) printf("field is %d x %d\n", (int)found.dims[0], (int)found.dims[1]);

  found.data = transposed;
  found.order = LATH_COLUMN_MAJOR;
  if (status == LATH_OK) status = lath_tensor_get(session, "field", 5, &found, LATH_SECONDS(10));
  if (status != LATH_OK) fprintf(stderr, "tensor: %s\n", lath_last_error(session));

  size_t wrong = 0;
  for (size_t row = 0; row < ROWS; ++row)
    for (size_t column = 0; column < COLUMNS; ++column) wrong += transposed[column * ROWS + row] != value_at(row, column);
  if (status == LATH_OK) printf("%zu of %d elements differ\n", wrong, ROWS * COLUMNS);

  free(haloed);
  free(transposed);
  lath_session_close(session);
  lath_close(store);
  return status == LATH_OK && wrong == 0 ? 0 : 1;
}
