// The bootstrap over MPI, for lathd: from MPI's start to its end, which is before the service lives. One thread, and while a call of
// MPI's that cannot be polled is under way another that ends the process when it takes too long.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "launch/open_store.hpp"

namespace lath {

class MpiLife {
 public:
  // The patience of each wait for the other nodes. A wait is given up once `is_told_to_end` says so, which any thread may ask.
  MpiLife(TimeNs patience_ns, std::function<bool()> is_told_to_end);
  ~MpiLife();  // ends it
  MpiLife(const MpiLife&) = delete;
  MpiLife& operator=(const MpiLife&) = delete;

  // Set by mpirun, srun and their like. Without it MPI would start a launcher of its own for one process.
  static bool is_launched();

  // Open MPI's mpirun ends all processes when one exits with another status than 0, unless it was told otherwise.
  static bool ends_all_with_one();

  // All processes of the launch; lives until end().
  Result<GroupBootstrap*> begin();
  // Where the others do not come to it, or the process is told to end, it says so and ends; `give_up` runs before that, on another thread.
  void end(const std::function<void()>& give_up = {});

 private:
  class Group;
  TimeNs patience_ns_;
  std::function<bool()> is_told_to_end_;
  std::unique_ptr<Group> group_;
  bool begun_ = false;
};

}  // namespace lath
