// A child of fork() finds the locks of the process free.
#include "base/process_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace lath {

namespace {

constexpr OfProcess kAll[] = {OfProcess::kUcx, OfProcess::kClosedStores, OfProcess::kLoggers};

// Twice, since a lock nests.
void take_all() {
  for (const OfProcess what : kAll) {
    const ProcessLock outer(what);
    const ProcessLock inner(what);
  }
}

// Whether a child that is forked now gets all of them in time.
bool child_takes_all() {
  const pid_t child = fork();
  if (child == 0) {
    alarm(5);
    take_all();
    _exit(0);
  }
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

TEST(ProcessLock, is_free_in_a_child_though_another_thread_had_it_all_the_time) {
  for (const OfProcess what : kAll) {
    std::atomic<bool> stop{false};
    std::atomic<bool> begun{false};
    std::thread busy([&] {
      while (!stop) {
        const ProcessLock lock(what);
        begun = true;
        std::this_thread::yield();
      }
    });
    while (!begun) std::this_thread::yield();
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(child_takes_all());
    stop = true;
    busy.join();
  }
}

TEST(ProcessLock, keeps_nobody_from_forking_who_has_it) {
  const ProcessLock lock(OfProcess::kUcx);
  EXPECT_TRUE(child_takes_all());
}

}  // namespace lath
