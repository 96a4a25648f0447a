// The two collectives of a start over MPI, with a limit on each wait: a rank that never comes must not hold the others for ever.
// After one that failed no other is begun. Knows nothing of Lath's rooms: liblath_mpi.so is made of it, and lathd. One thread.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace lath {

class MpiSteps {
 public:
  // Of each wait; UINT64_MAX has no end. `remedy` ends the text of a wait that was too long. A wait is given up once `is_told_to_end` says so.
  MpiSteps(std::uint64_t patience_ns, std::string remedy, std::function<bool()> is_told_to_end = {});
  ~MpiSteps();
  MpiSteps(const MpiSteps&) = delete;
  MpiSteps& operator=(const MpiSteps&) = delete;

  // Each is false where it failed: failure() says why.
  bool use(MPI_Comm communicator);               // no other may use it meanwhile; its errors are returned from here on
  bool use_duplicate_of(MPI_Comm communicator);  // freed with this object
  bool broadcast(void* bytes, std::size_t count, int root);
  bool allgather(const void* mine, void* all, std::size_t bytes_each);

  int rank() const { return rank_; }
  int count() const { return count_; }
  const std::string& failure() const { return failure_; }  // "": all is well
  bool gave_up() const { return gave_up_; }                // waiting for others: no call of MPI's that waits for all will end

 private:
  struct Step;

  bool ok(int status, const char* call);
  bool finish(std::unique_ptr<Step>& step, const char* call);
  bool gather_to_first(const void* mine, std::byte* all, std::size_t bytes_each);

  std::uint64_t patience_ns_;
  std::string remedy_;
  std::function<bool()> is_told_to_end_;
  MPI_Comm communicator_ = MPI_COMM_NULL;
  bool owned_ = false;
  int rank_ = 0;
  int count_ = 1;
  std::string failure_;
  bool gave_up_ = false;
};

}  // namespace lath
