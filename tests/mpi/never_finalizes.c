/* A process of a launch that does not come to MPI_Finalize: preloaded, this takes its place. */
#include <unistd.h>

__attribute__((visibility("default"))) int MPI_Finalize(void);

int MPI_Finalize(void) {
  pause();
  return 0;
}
