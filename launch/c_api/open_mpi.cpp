// lath_open_mpi: the two collectives of lath_open_group, over a duplicate of the caller's communicator.
#include <climits>

#include "lath/lath_mpi.h"

namespace {

int broadcast(void* context, void* bytes, size_t count, int root) {
  if (count > INT_MAX) return MPI_ERR_COUNT;
  return MPI_Bcast(bytes, static_cast<int>(count), MPI_BYTE, root, *static_cast<MPI_Comm*>(context));
}

int allgather(void* context, const void* mine, void* all, size_t bytes_each) {
  if (bytes_each > INT_MAX) return MPI_ERR_COUNT;
  const int each = static_cast<int>(bytes_each);
  return MPI_Allgather(mine, each, MPI_BYTE, all, each, MPI_BYTE, *static_cast<MPI_Comm*>(context));
}

bool mpi_is_up() {
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  return initialized != 0 && finalized == 0;
}

}  // namespace

extern "C" lath_status lath_open_mpi(MPI_Comm communicator, const lath_options* options, lath_store** store) {
  MPI_Comm duplicate = MPI_COMM_NULL;
  lath_group group{};
  group.size = sizeof group;
  group.context = &duplicate;
  group.broadcast = &broadcast;
  group.allgather = &allgather;
  // lath_open_group tells the caller about a group that cannot be right, so that the text is where all texts are.
  const bool usable = mpi_is_up() && communicator != MPI_COMM_NULL;
  if (!usable || MPI_Comm_dup(communicator, &duplicate) != MPI_SUCCESS) return lath_open_group(&group, options, store);
  MPI_Comm_set_errhandler(duplicate, MPI_ERRORS_RETURN);
  MPI_Comm_rank(duplicate, &group.rank);
  MPI_Comm_size(duplicate, &group.count);
  const lath_status status = lath_open_group(&group, options, store);
  MPI_Comm_free(&duplicate);
  return status;
}

extern "C" lath_status lath_open_mpi_f(MPI_Fint communicator, const lath_options* options, lath_store** store) {
  return lath_open_mpi(mpi_is_up() ? MPI_Comm_f2c(communicator) : MPI_COMM_NULL, options, store);
}
