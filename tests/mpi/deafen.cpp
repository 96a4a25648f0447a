// Leaves a hole in each queue by which a process takes messages in over UCX's shared memory (posix), as a sender does that is killed while
// it sends; tells how many. usage: mpi_deafen PID
#include <cstdio>

#include "tests/ucx_queue.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto queues = lath::testing::ucx_queues_of(argv[1]);
  for (const auto& queue : queues) {
    if (!lath::testing::leave_hole(queue)) return 1;
  }
  std::printf("%zu\n", queues.size());
  return 0;
}
