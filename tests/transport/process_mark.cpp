// Whether the process at the other end is still there.
#include "transport/process_mark.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lath {

// A child that has marked itself and waits to be ended.
class Child {
 public:
  Child() {
    int ends[2] = {};
    if (pipe(ends) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      const ProcessMark own = ProcessMark::own();
      const bool told = write(ends[1], &own, sizeof own) == static_cast<ssize_t>(sizeof own);
      while (told) pause();
      _exit(1);
    }
    marked_ = read(ends[0], &mark_, sizeof mark_) == static_cast<ssize_t>(sizeof mark_);
    close(ends[0]);
    close(ends[1]);
  }
  ~Child() { reap(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  void kill_it() const { kill(pid_, SIGKILL); }
  void reap() {
    if (pid_ <= 0) return;
    kill_it();
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  bool marked() const { return marked_; }
  const ProcessMark& mark() const { return mark_; }

 private:
  pid_t pid_ = 0;
  bool marked_ = false;
  ProcessMark mark_;
};

TEST(ProcessMark, a_process_has_ended_when_it_is_killed_and_when_it_is_reaped) {
  const ProcessMark own = ProcessMark::own();
  ASSERT_NE(own.machine, 0U);
  Child child;
  ASSERT_TRUE(child.marked());
  EXPECT_NE(child.mark(), own);
  EXPECT_FALSE(has_ended(child.mark(), own));
  child.kill_it();
  siginfo_t seen = {};
  ASSERT_EQ(waitid(P_ALL, 0, &seen, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(has_ended(child.mark(), own)) << "though its parent has not asked for it yet";
  child.reap();
  EXPECT_TRUE(has_ended(child.mark(), own));
}

TEST(ProcessMark, a_number_that_is_used_again_is_another_process) {
  const ProcessMark own = ProcessMark::own();
  EXPECT_FALSE(has_ended(own, own));
  ProcessMark before = own;
  before.started -= 1;
  EXPECT_TRUE(has_ended(before, own));
}

TEST(ProcessMark, of_other_machines_and_of_the_unknown_nothing_is_said) {
  const ProcessMark own = ProcessMark::own();
  ProcessMark other = own;
  other.machine += 1;
  other.number = 1U << 30;
  EXPECT_FALSE(has_ended(other, own));
  EXPECT_FALSE(has_ended(ProcessMark{}, own));
}

}  // namespace lath
