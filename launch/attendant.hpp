// The node's attendant: the thread that turns the shards whose owners, threads of the application, did not do so for a while: they
// compute, sit in an MPI collective, or are none. It sleeps where all of them are quiet, and looks after them every 200 us where one of
// their owners is about.
#pragma once

#include <poll.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "lath/result.hpp"
#include "launch/wakeup.hpp"
#include "shard/attended_loop.hpp"
#include "topology/machine.hpp"

namespace lath {

struct AttendantOptions {
  std::vector<AttendedLoop*> loops;  // outlive it
  const Machine* machine = nullptr;  // outlives it
  CpuSet cpus;                       // to run on
  std::string name;                  // the thread's, in the log
};

class Attendant {
 public:
  // The clock outlives it.
  static Result<std::unique_ptr<Attendant>> start(AttendantOptions options, const Clock& clock);
  ~Attendant();  // ends it
  Attendant(const Attendant&) = delete;
  Attendant& operator=(const Attendant&) = delete;

 private:
  struct Ward {
    AttendedLoop* loop;
    std::uint64_t owner_turns = 0;  // as of the last look
    TimeNs worked_at = 0;           // when one of our turns last had something to do
    TimeNs look_at = 0;             // nothing to do here before
    bool asleep = false;
    bool signalled = false;      // its descriptor has woken us
    unsigned empty_wakes = 0;    // in a row
    bool is_distrusted() const;  // its descriptor fires without work
  };

  Attendant(AttendantOptions options, const Clock& clock, Wakeup wakeup)
      : options_(std::move(options)), clock_(clock), wakeup_(std::move(wakeup)) {}
  void run();
  bool look_after(Ward& ward, TimeNs now);
  void sleep(TimeNs now);

  AttendantOptions options_;
  const Clock& clock_;
  Wakeup wakeup_;
  std::vector<Ward> wards_;
  std::vector<pollfd> waited_;
  std::vector<Ward*> waited_for_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace lath
