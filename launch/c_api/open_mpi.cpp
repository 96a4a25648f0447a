// lath_open_mpi: the two collectives of lath_open_group, over a duplicate of the caller's communicator, with a limit on each wait.
#include <algorithm>
#include <cstring>

#include "lath/lath_mpi.h"
#include "lath/limits.hpp"
#include "launch/mpi_steps.hpp"

namespace {

using lath::MpiSteps;

constexpr int kFailed = 1;  // explain() tells more

int broadcast(void* context, void* bytes, size_t count, int root) {
  return static_cast<MpiSteps*>(context)->broadcast(bytes, count, root) ? 0 : kFailed;
}

int allgather(void* context, const void* mine, void* all, size_t bytes_each) {
  return static_cast<MpiSteps*>(context)->allgather(mine, all, bytes_each) ? 0 : kFailed;
}

const char* explain(void* context, int) {
  return static_cast<const MpiSteps*>(context)->failure().c_str();
}

constexpr uint64_t kPatienceNs = 30'000'000'000;  // open_timeout_ns by default

// Nodes are of one group, in which each rank reaches each other.
bool is_one_group(MPI_Comm communicator) {
  int is_inter = 0;
  return communicator != MPI_COMM_NULL && MPI_Comm_test_inter(communicator, &is_inter) == MPI_SUCCESS && is_inter == 0;
}

// Options that cannot be are lath_open_group's to refuse.
uint64_t patience_ns(const lath_options* given) {
  lath_options all = LATH_OPTIONS_INIT;
  if (given != nullptr && given->size <= lath::kOptionsBytesMax) std::memcpy(&all, given, std::min(given->size, sizeof all));
  return all.open_timeout_ns != 0 ? all.open_timeout_ns : kPatienceNs;
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
  lath_group group{};
  group.size = sizeof group;
  group.broadcast = &broadcast;
  group.allgather = &allgather;
  group.explain = &explain;
  group.caller = "lath_open_mpi";
  // lath_open_group tells the caller about a group that cannot be right, so that the text is where all texts are.
  const bool usable = mpi_is_up() && is_one_group(communicator);
  if (!usable) return lath_open_group(&group, options, store);
  MpiSteps steps(patience_ns(options),
                 "every rank of the communicator must call lath_open_mpi; where some come later, raise options.open_timeout_ns. "
                 "MPI_Finalize may wait for them too: MPI_Abort ends the job");
  steps.use_duplicate_of(communicator);  // what failed here fails the group's first collective
  group.context = &steps;
  group.rank = steps.rank();
  group.count = steps.count();
  const lath_status status = lath_open_group(&group, options, store);
  return status != LATH_OK && steps.gave_up() ? LATH_E_TIMEOUT : status;
}

extern "C" lath_status lath_open_mpi_f(MPI_Fint communicator, const lath_options* options, lath_store** store) {
  return lath_open_mpi(mpi_is_up() ? MPI_Comm_f2c(communicator) : MPI_COMM_NULL, options, store);
}
