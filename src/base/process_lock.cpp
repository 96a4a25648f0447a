#include "base/process_lock.hpp"

#include <pthread.h>

#include <array>
#include <cstddef>
#include <mutex>

namespace lath {

namespace {

constexpr std::size_t kLocks = 3;

// Globals, because the handlers of pthread_atfork are given nothing. The mutexes are not recursive ones: those belong to a thread by its
// number, and the child's thread has another, while it keeps the counts.
std::array<std::mutex, kLocks> mutexes;
thread_local std::array<unsigned, kLocks> holds = {};

void enter(std::size_t index) {
  if (holds[index]++ == 0) mutexes[index].lock();
}

void leave(std::size_t index) {
  if (--holds[index] == 0) mutexes[index].unlock();
}

void enter_all() {
  for (std::size_t index = 0; index < kLocks; ++index) enter(index);
}

void leave_all() {
  for (std::size_t index = kLocks; index > 0; --index) leave(index - 1);
}

// When the program is loaded: fork() may come with the first of them held.
[[maybe_unused]] const int registered = pthread_atfork(&enter_all, &leave_all, &leave_all);

}  // namespace

ProcessLock::ProcessLock(OfProcess what) : what_(what) {
  enter(static_cast<std::size_t>(what_));
}

ProcessLock::~ProcessLock() {
  leave(static_cast<std::size_t>(what_));
}

}  // namespace lath
