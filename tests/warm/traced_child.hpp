// The system calls that a stretch of code makes, seen from outside: it runs in a child that this process traces, between two marks. Only
// the calls of the thread that runs it are counted.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lath::warm {

struct Traced {
  bool ended_well = false;   // the child got through
  std::vector<long> calls;   // between the marks, by number, in order
  std::string text() const;  // "39 x 2, 1 x 1"
};

// In the child: what comes between is counted.
void mark_begin();
void mark_end();

// Runs `body` in a child. It says how it went by what it returns: 0 is well.
Traced trace_child(const std::function<int()>& body);

}  // namespace lath::warm
