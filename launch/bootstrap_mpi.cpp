#include "launch/bootstrap_mpi.hpp"

#include <array>
#include <climits>

#include "base/assert.hpp"

namespace lath {

namespace {

Result<void> checked(int status, const char* what) {
  if (status == MPI_SUCCESS) return {};
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  return Error{Code::kIo, std::string(what) + ": " + std::string(text.data(), static_cast<std::size_t>(length))};
}

}  // namespace

Result<std::unique_ptr<MpiBootstrap>> MpiBootstrap::over(MPI_Comm communicator) {
  MPI_Comm duplicate = MPI_COMM_NULL;
  if (auto made = checked(MPI_Comm_dup(communicator, &duplicate), "MPI_Comm_dup"); !made) return made.error();
  std::unique_ptr<MpiBootstrap> bootstrap(new MpiBootstrap(duplicate));
  if (auto set = checked(MPI_Comm_set_errhandler(duplicate, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler"); !set)
    return set.error();
  if (auto read = checked(MPI_Comm_rank(duplicate, &bootstrap->rank_), "MPI_Comm_rank"); !read) return read.error();
  if (auto read = checked(MPI_Comm_size(duplicate, &bootstrap->count_), "MPI_Comm_size"); !read) return read.error();
  return bootstrap;
}

MpiBootstrap::~MpiBootstrap() {
  MPI_Comm_free(&communicator_);
}

Result<void> MpiBootstrap::broadcast(std::span<std::byte> bytes, int root) {
  LATH_ASSERT(bytes.size() <= INT_MAX);
  return checked(MPI_Bcast(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, root, communicator_), "MPI_Bcast");
}

Result<void> MpiBootstrap::allgather(std::span<const std::byte> mine, std::span<std::byte> all) {
  LATH_ASSERT(mine.size() <= INT_MAX);
  const int each = static_cast<int>(mine.size());
  return checked(MPI_Allgather(mine.data(), each, MPI_BYTE, all.data(), each, MPI_BYTE, communicator_), "MPI_Allgather");
}

}  // namespace lath
