// Connections in the making: who does not answer is told of in time, and keeps nobody waiting.
#include "transport/tcp_dials.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/descriptor.hpp"
#include "lath/limits.hpp"
#include "test_port.hpp"
#include "tests/few_descriptors.hpp"

namespace lath {

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

class TcpDialsTest : public ::testing::Test {
 protected:
  TcpDialsTest() { dials_.wake_by(waits_.number()); }

  bool is_woken(int timeout_ms) const {
    pollfd watched = {.fd = waits_.number(), .events = POLLIN, .revents = 0};
    return poll(&watched, 1, timeout_ms) == 1;
  }
  std::vector<TcpDials::Answer> answers_by(TimeNs now_ns) {
    std::vector<TcpDials::Answer> answers;
    for (int turn = 0; turn < 200 && answers.empty(); ++turn) {
      answers = dials_.take(now_ns += 100'000);
      if (answers.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return answers;
  }
  std::string error_of(const std::vector<TcpPort>& ports, TimeNs now_ns = 0) {
    EXPECT_TRUE(dials_.begin(peer_, ports, 6 * kSecond));
    const auto answers = answers_by(now_ns);
    EXPECT_EQ(answers.size(), 1U);
    return answers.size() == 1 && answers[0].error ? answers[0].error->text : "";
  }

  Descriptor waits_{epoll_create1(EPOLL_CLOEXEC)};  // as the transport's
  TcpDials dials_;
  const PeerId peer_ = {.index = 3, .generation = 4};
};

std::size_t descriptors_open() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator()));
}

}  // namespace

TEST_F(TcpDialsTest, a_port_that_answers_wakes_and_is_told_once) {
  const TestPort port(TestPort::Kind::kAnswers);
  const std::size_t before = descriptors_open();
  ASSERT_TRUE(dials_.begin(peer_, std::vector{port.where()}, 6 * kSecond));
  EXPECT_FALSE(dials_.empty());
  EXPECT_TRUE(is_woken(5000));
  {
    const auto answers = answers_by(0);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].peer, peer_);
    EXPECT_FALSE(answers[0].error) << answers[0].error->text;
    EXPECT_TRUE(answers[0].socket);
    EXPECT_TRUE(dials_.empty());
    EXPECT_FALSE(is_woken(0)) << "the socket is watched by who takes it";
  }
  EXPECT_EQ(descriptors_open(), before);
}

TEST_F(TcpDialsTest, a_port_that_is_closed_is_told_at_once) {
  const TestPort port(TestPort::Kind::kClosed);
  const std::string error = error_of({port.where()});
  EXPECT_TRUE(error.starts_with("the peer takes no connection at " + text_of(port.where()))) << error;
}

TEST_F(TcpDialsTest, a_silent_port_is_told_when_its_time_is_over) {
  const TestPort port(TestPort::Kind::kSilent);
  ASSERT_TRUE(dials_.begin(peer_, std::vector{port.where()}, 6 * kSecond));
  EXPECT_TRUE(answers_by(0).empty());
  EXPECT_FALSE(is_woken(50)) << "what is undecided keeps nobody awake";
  const auto answers = dials_.take(6 * kSecond);
  ASSERT_EQ(answers.size(), 1U);
  ASSERT_TRUE(answers[0].error);
  EXPECT_EQ(answers[0].error->code, Code::kUnreachable);
  EXPECT_TRUE(answers[0].error->text.starts_with("the peer does not answer at " + text_of(port.where()) + " within 6 s"))
      << answers[0].error->text;
}

// No event follows what the kernel says within connect(2): whoever would sleep is told before.
TEST_F(TcpDialsTest, what_is_decided_at_once_is_there_to_be_taken) {
  const TcpPort nowhere = {.ip_version = 4, .unused = 0, .port = 9, .ip = {255, 255, 255, 255}};
  ASSERT_TRUE(dials_.begin(peer_, std::vector{nowhere}, 6 * kSecond));
  EXPECT_TRUE(dials_.has_answers());
  EXPECT_FALSE(is_woken(0));
  const auto answers = dials_.take(0);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].error);
  EXPECT_FALSE(dials_.has_answers());
  const TestPort silent(TestPort::Kind::kSilent);
  ASSERT_TRUE(dials_.begin(peer_, std::vector{silent.where()}, 6 * kSecond));
  EXPECT_FALSE(dials_.has_answers());
}

TEST_F(TcpDialsTest, one_port_that_answers_is_enough) {
  const TestPort silent(TestPort::Kind::kSilent);
  const TestPort closed(TestPort::Kind::kClosed);
  const TestPort answers(TestPort::Kind::kAnswers);
  EXPECT_EQ(error_of({silent.where(), closed.where(), answers.where()}), "");
}

TEST_F(TcpDialsTest, a_closed_port_does_not_speak_for_one_that_may_answer_yet) {
  const TestPort silent(TestPort::Kind::kSilent);
  const TestPort closed(TestPort::Kind::kClosed);
  ASSERT_TRUE(dials_.begin(peer_, std::vector{silent.where(), closed.where()}, 6 * kSecond));
  EXPECT_TRUE(answers_by(0).empty());
  const auto answers = dials_.take(6 * kSecond);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_NE(answers[0].error->text.find("takes no connection"), std::string::npos) << answers[0].error->text;
}

TEST_F(TcpDialsTest, what_is_dropped_leaves_nothing_though_a_child_holds_it) {
  const TestPort silent(TestPort::Kind::kSilent);
  const TestPort answers(TestPort::Kind::kAnswers);
  const std::size_t before = descriptors_open();
  const PeerId other = {.index = 9, .generation = 1};
  ASSERT_TRUE(dials_.begin(peer_, std::vector{answers.where()}, 6 * kSecond));
  ASSERT_TRUE(dials_.begin(other, std::vector{silent.where()}, 6 * kSecond));
  ASSERT_TRUE(is_woken(5000));
  int gate[2] = {-1, -1};
  ASSERT_EQ(pipe(gate), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(gate[1]);
    char byte = 0;
    _exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);  // until the parent has looked
  }
  close(gate[0]);
  dials_.drop_if([&](PeerId peer) { return peer == peer_; });
  EXPECT_FALSE(is_woken(50));
  EXPECT_TRUE(dials_.take(kSecond).empty());
  dials_.drop_if([](PeerId) { return true; });
  EXPECT_TRUE(dials_.empty());
  EXPECT_EQ(descriptors_open(), before + 1);  // the gate
  close(gate[1]);
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(TcpDialsTest, without_ports_or_descriptors_nobody_is_dialed) {
  EXPECT_FALSE(dials_.begin(peer_, {}, kSecond));
  EXPECT_TRUE(dials_.empty());
  const TestPort port(TestPort::Kind::kAnswers);
  for (const rlim_t spare : {rlim_t{0}, rlim_t{1}}) {
    const testing::FewDescriptors few(spare);
    ASSERT_TRUE(few.held());
    EXPECT_FALSE(dials_.begin(peer_, std::vector{port.where()}, kSecond));
    EXPECT_TRUE(dials_.empty());
  }
  EXPECT_EQ(error_of({port.where()}), "");
}

TEST(TcpPorts, are_told_from_one_another) {
  TcpPort six = {.ip_version = 6, .unused = 0, .port = 7, .ip = {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
  EXPECT_EQ(text_of(six), "[fd00::2]:7");
  EXPECT_FALSE(is_loopback(six));
  six.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_TRUE(is_loopback(six));
  const TcpPort four = {.ip_version = 4, .unused = 0, .port = 65535, .ip = {10, 0, 0, 1}};
  EXPECT_EQ(text_of(four), "10.0.0.1:65535");
  EXPECT_FALSE(is_loopback(four));
  EXPECT_FALSE(is_same_ip(four, six));
  sockaddr_storage name = {};
  EXPECT_EQ(fill_in(six, name), sizeof(sockaddr_in6));
  EXPECT_EQ(name.ss_family, AF_INET6);
}

}  // namespace lath
