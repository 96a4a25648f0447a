// What UCX writes about itself, in our log instead of on the process's standard error. UCX has one log a process, which an
// application's own UCX (its MPI's) writes to as well: lines in which no code of ours takes part stay where they were.
//
// UCX calls a peer that died an error. To us it is an expected event, told by the transport; so such lines
// appear at a level that the user chooses. What UCX warns of at the start, settings and devices, are warnings of ours too; why something
// could not be opened goes into the error of whoever opens it, which is told once.
#pragma once

#include <string>
#include <string_view>

#include "base/log.hpp"

namespace lath {

// The level of UCX's complaints while it runs. Any thread; kDebug until it is called.
void ucx_log_show_at(LogLevel level);

// A variable of the environment that we pass on to UCX ourselves. UCX takes it for one that nobody uses: its warning leaves it out.
// Any thread.
void ucx_log_passed_on(const std::string& variable);

// Held by every context: UCX's lines are ours while there is one. One thread at a time makes or ends one, as with contexts.
class UcxLogCapture {
 public:
  UcxLogCapture();
  ~UcxLogCapture();
  UcxLogCapture(const UcxLogCapture&) = delete;
  UcxLogCapture& operator=(const UcxLogCapture&) = delete;
};

// Around what opens a context, a worker or a region, on this thread.
class UcxLogOpening {
 public:
  UcxLogOpening();
  ~UcxLogOpening();
  UcxLogOpening(const UcxLogOpening&) = delete;
  UcxLogOpening& operator=(const UcxLogOpening&) = delete;

  void hear(std::string_view error);
  // `status`, and UCX's first error since, which is the cause of those after it: "No memory; UCX says: ...".
  std::string reason(std::string_view status) const;

 private:
  UcxLogOpening* outer_;
  std::string first_error_;
};

}  // namespace lath
