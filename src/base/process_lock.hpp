// The locks of the process: fork() takes them all, so that a child inherits none in the hands of a thread which it has not got.
#pragma once

#include <cstdint>

namespace lath {

// In the order in which they may be taken, and fork() takes them. None is held while a peer is waited for.
enum class OfProcess : std::uint8_t {
  // Opening and closing at UCX, by one thread at a time: a context or a worker is made or destroyed, for milliseconds. UCX holds locks of
  // its own meanwhile, over its tables of handlers and of objects, in which the child would hang at its first opening.
  kUcx,
  kClosedStores,
  kLoggers,  // by name, in spdlog's registry
};

// Nests: what an opening has made is destroyed where it fails. The thread that holds one may fork().
class ProcessLock {
 public:
  explicit ProcessLock(OfProcess what);
  ~ProcessLock();
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;

 private:
  const OfProcess what_;
};

}  // namespace lath
