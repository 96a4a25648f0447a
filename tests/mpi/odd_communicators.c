/* Communicators that hold no group of ranks for nodes are refused at once, in each of 2 ranks. usage: mpirun -n 2 mpi_odd_communicators */
#include <lath/lath_mpi.h>
#include <stdio.h>
#include <string.h>

static int refused(const char* what, MPI_Comm communicator) {
  lath_store* store = NULL;
  const double begun = MPI_Wtime();
  const lath_status status = lath_open_mpi(communicator, NULL, &store);
  if (status == LATH_E_INVALID && strstr(lath_last_error(NULL), "intercommunicator") != NULL && MPI_Wtime() - begun < 5) return 1;
  fprintf(stderr, "%s: status %d after %.1f s: %s\n", what, (int)status, MPI_Wtime() - begun, lath_last_error(NULL));
  return 0;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm inter = MPI_COMM_NULL;
  MPI_Intercomm_create(MPI_COMM_SELF, 0, MPI_COMM_WORLD, 1 - rank, 7, &inter);
  const int well = refused("MPI_COMM_NULL", MPI_COMM_NULL) && refused("an intercommunicator", inter);
  MPI_Comm_free(&inter);
  MPI_Finalize();
  if (well && rank == 0) puts("both were refused");
  return well ? 0 : 1;
}
