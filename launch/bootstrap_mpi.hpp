// The bootstrap over MPI: the collectives of one communicator. Only lathd uses it; MPI is finalized before the service lives.
#pragma once

#include <mpi.h>

#include "launch/open_store.hpp"

namespace lath {

class MpiBootstrap final : public GroupBootstrap {
 public:
  // MPI is initialized, and `communicator` lives as long as this. Errors of MPI are returned, not fatal, on a duplicate of it.
  static Result<std::unique_ptr<MpiBootstrap>> over(MPI_Comm communicator);
  ~MpiBootstrap() override;
  MpiBootstrap(const MpiBootstrap&) = delete;
  MpiBootstrap& operator=(const MpiBootstrap&) = delete;

  int rank() const override { return rank_; }
  int count() const override { return count_; }
  Result<void> broadcast(std::span<std::byte> bytes, int root) override;
  Result<void> allgather(std::span<const std::byte> mine, std::span<std::byte> all) override;

 private:
  explicit MpiBootstrap(MPI_Comm duplicate) : communicator_(duplicate) {}

  MPI_Comm communicator_;
  int rank_ = 0;
  int count_ = 1;
};

}  // namespace lath
