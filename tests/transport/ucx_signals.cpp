// When the wake-ups that UCX's shared memory leaves unread are looked for: soon after an arming, and ever less often where none comes.
#include "transport/ucx_signals.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace lath {

namespace {

// An event descriptor that watches a datagram socket, as a worker's does.
class UcxSignalsLook : public ::testing::Test {
 protected:
  UcxSignalsLook() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends_.data()), 0);
    epoll_event event = {.events = EPOLLIN, .data = {.u64 = 7}};
    EXPECT_EQ(epoll_ctl(event_fd_, EPOLL_CTL_ADD, ends_[0], &event), 0);
    signals_.watch(event_fd_);
    signals_.connected();
  }
  ~UcxSignalsLook() override {
    for (const int end : ends_) close(end);
    close(event_fd_);
  }
  // Of so many receipts, how many looked.
  unsigned receive(unsigned count) {
    unsigned looks = 0;
    for (; count > 0; --count) {
      if (!signals_.may_have_come()) continue;
      signals_.take();
      ++looks;
    }
    return looks;
  }
  void signal() { ASSERT_EQ(send(ends_[1], "s", 1, MSG_DONTWAIT), 1); }
  bool is_unread() {
    char byte = 0;
    return recv(ends_[0], &byte, sizeof byte, MSG_DONTWAIT | MSG_PEEK) == 1;
  }

  int event_fd_ = epoll_create1(EPOLL_CLOEXEC);
  std::array<int, 2> ends_{};
  UcxSignals signals_;
};

}  // namespace

TEST_F(UcxSignalsLook, comes_with_the_first_receipt_after_an_arming) {
  signals_.armed();
  signal();
  EXPECT_EQ(receive(1), 1U);
  EXPECT_FALSE(is_unread());
  EXPECT_EQ(receive(1000), 0U) << "an arming brings one";
}

TEST_F(UcxSignalsLook, is_ever_rarer_where_none_comes_and_yet_finds_one_that_does) {
  signals_.armed();
  EXPECT_LE(receive(100'000), 120U) << "10 that double, then every 1024th";
  signal();
  receive(1024);
  EXPECT_FALSE(is_unread());
  EXPECT_EQ(receive(10'000), 0U);
}

TEST_F(UcxSignalsLook, is_at_once_again_with_the_next_arming) {
  signals_.armed();
  receive(100'000);
  signals_.armed();
  signal();
  EXPECT_EQ(receive(1), 1U);
  EXPECT_FALSE(is_unread());
}

}  // namespace lath
