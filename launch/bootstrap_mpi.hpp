// The bootstrap over MPI, for lathd: from MPI's start to its end, which is before the service lives. One thread, and while a call of
// MPI's that cannot be polled is under way another that ends the process when it takes too long.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "launch/open_store.hpp"

namespace lath {

class MpiLife {
 public:
  explicit MpiLife(TimeNs patience_ns);  // of each wait for the other nodes
  ~MpiLife();                            // ends it
  MpiLife(const MpiLife&) = delete;
  MpiLife& operator=(const MpiLife&) = delete;

  // Set by mpirun, srun and their like. Without it MPI would start a launcher of its own for one process.
  static bool is_launched();

  // All processes of the launch; lives until end().
  Result<GroupBootstrap*> begin();
  void end();

 private:
  class Group;
  TimeNs patience_ns_;
  std::unique_ptr<Group> group_;
  bool begun_ = false;
};

}  // namespace lath
