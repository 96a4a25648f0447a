// Children that are forked while other threads of their parent are inside UCX: UCX's locks are not to be inherited in hands that the
// child has not got.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

// ThreadSanitizer lets no child of a process with threads start one, and a child of AddressSanitizer's can inherit its allocator's lock from a
// thread that allocated: one in some 10,000 hangs in there.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)

namespace {

constexpr std::size_t kChildren = 50;
constexpr std::size_t kChildrenAtOnce = 4;
constexpr std::size_t kHungMax = 4;            // then no more are forked
constexpr TimeNs kChildNsMax = 5'000'000'000;  // opening takes one some 20 ms

const SystemClock system_clock;

bool opens_and_closes() {
  const auto context = UcxContext::open();
  return context && UcxTransport::open(**context, 1, system_clock);
}

struct Child {
  pid_t process;
  TimeNs begun_ns;
};

struct Ended {
  std::size_t well = 0;
  std::size_t hung = 0;  // killed here
  std::size_t ill = 0;
};

// One that has used up its time is ended.
bool take_if_ended(const Child& child, Ended& ended) {
  int status = 0;
  if (waitpid(child.process, &status, WNOHANG) == child.process) {
    ++(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ended.well : ended.ill);
    return true;
  }
  if (system_clock.now_ns() < child.begun_ns + kChildNsMax) return false;
  kill(child.process, SIGKILL);
  waitpid(child.process, nullptr, 0);
  ++ended.hung;
  return true;
}

// Forks, a few milliseconds apart, children that open for themselves.
Ended fork_children() {
  Ended ended;
  std::vector<Child> running;
  std::size_t left = kChildren;
  while (left > 0 || !running.empty()) {
    std::erase_if(running, [&](const Child& child) { return take_if_ended(child, ended); });
    if (ended.hung >= kHungMax) left = 0;
    std::this_thread::sleep_for(std::chrono::microseconds(1000 + 37 * (left % 16)));
    if (left == 0 || running.size() == kChildrenAtOnce) continue;
    const pid_t child = fork();
    if (child == 0) _exit(opens_and_closes() ? 0 : 1);
    if (child > 0) running.push_back({.process = child, .begun_ns = system_clock.now_ns()});
    --left;
  }
  return ended;
}

// While `run` is run over and over by two threads.
template <class Run>
Ended fork_children_beside(Run&& run) {
  std::atomic<bool> stop{false};
  std::array<std::thread, 2> threads;
  for (std::thread& thread : threads) {
    thread = std::thread([&] {
      while (!stop) {
        EXPECT_TRUE(run());
        std::this_thread::sleep_for(std::chrono::microseconds(100));  // fork() waits for a lock that is not a fair one
      }
    });
  }
  const Ended ended = fork_children();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return ended;
}

// As any thread does that allocates much; UCX would have hooks in these calls.
bool maps_and_unmaps() {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  for (int i = 0; i < 100; ++i) {
    void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    *static_cast<volatile char*>(memory) = 1;
    munmap(memory, kBytes);
  }
  return true;
}

void expect_all_well(const Ended& ended) {
  EXPECT_EQ(ended.hung, 0U);
  EXPECT_EQ(ended.ill, 0U);
  EXPECT_EQ(ended.well, kChildren);
}

}  // namespace

TEST(UcxForks, a_child_opens_where_its_parent_was_opening_and_closing_contexts) {
  expect_all_well(fork_children_beside(&opens_and_closes));
}

TEST(UcxForks, a_child_opens_where_its_parent_was_opening_and_closing_transports) {
  const auto context = UcxContext::open();
  ASSERT_TRUE(context) << context.error().text;
  const auto kept = UcxTransport::open(**context, 1, system_clock);
  ASSERT_TRUE(kept) << kept.error().text;
  expect_all_well(fork_children_beside([&] { return UcxTransport::open(**context, 1, system_clock).has_value(); }));
}

TEST(UcxForks, a_child_opens_where_its_parent_was_mapping_memory) {
  // Where there is RDMA, only if the user says so: UCX has its hooks in these calls there, for its registration cache.
  std::error_code none;
  if (!std::filesystem::is_empty("/sys/class/infiniband", none) && !none) setenv("LATH_UCX_RCACHE_ENABLE", "n", 1);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context) << context.error().text;
  expect_all_well(fork_children_beside(&maps_and_unmaps));
}

#endif

}  // namespace lath
