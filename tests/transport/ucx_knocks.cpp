// Hosts are asked whether they answer before UCX connects to them: whoever does not is told of in time, and keeps nobody waiting.
#include "transport/ucx_knocks.hpp"

#include <arpa/inet.h>
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
#include "tests/few_descriptors.hpp"
#include "transport/ucx_wire.hpp"
#include "ucx_port.hpp"

namespace lath {

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

class UcxKnocksTest : public ::testing::Test {
 protected:
  UcxKnocksTest() { knocks_.wake_by(waits_.number()); }

  bool is_woken(int timeout_ms) const {
    pollfd watched = {.fd = waits_.number(), .events = POLLIN, .revents = 0};
    return poll(&watched, 1, timeout_ms) == 1;
  }
  std::vector<UcxKnocks::Answer> answers_by(TimeNs now_ns) {
    std::vector<UcxKnocks::Answer> answers;
    for (int turn = 0; turn < 200 && answers.empty(); ++turn) {
      answers = knocks_.take(now_ns += 100'000);
      if (answers.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return answers;
  }
  std::string error_of(const std::vector<UcxListener>& ports, TimeNs now_ns = 0) {
    EXPECT_TRUE(knocks_.begin(peer_, ports, 6 * kSecond));
    const auto answers = answers_by(now_ns);
    EXPECT_EQ(answers.size(), 1U);
    return answers.size() == 1 && answers[0].error ? answers[0].error->text : "";
  }

  Descriptor waits_{epoll_create1(EPOLL_CLOEXEC)};  // as the transport's
  UcxKnocks knocks_;
  const PeerId peer_ = {.index = 3, .generation = 4};
};

std::size_t descriptors_open() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator()));
}

}  // namespace

TEST_F(UcxKnocksTest, a_port_that_answers_wakes_and_is_told_once) {
  const UcxPort port(UcxPort::Kind::kAnswers);
  const std::size_t before = descriptors_open();
  ASSERT_TRUE(knocks_.begin(peer_, std::vector{port.where()}, 6 * kSecond));
  EXPECT_FALSE(knocks_.empty());
  EXPECT_TRUE(is_woken(5000));
  const auto answers = answers_by(0);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].peer, peer_);
  EXPECT_FALSE(answers[0].error) << answers[0].error->text;
  EXPECT_TRUE(knocks_.empty());
  EXPECT_FALSE(is_woken(0));
  EXPECT_EQ(descriptors_open(), before);
}

TEST_F(UcxKnocksTest, a_port_that_is_closed_is_told_at_once) {
  const UcxPort port(UcxPort::Kind::kClosed);
  const std::string error = error_of({port.where()});
  EXPECT_TRUE(error.starts_with(text_of(port.where()) + " takes no connection")) << error;
}

TEST_F(UcxKnocksTest, a_silent_port_is_told_when_its_time_is_over) {
  const UcxPort port(UcxPort::Kind::kSilent);
  ASSERT_TRUE(knocks_.begin(peer_, std::vector{port.where()}, 6 * kSecond));
  EXPECT_TRUE(answers_by(0).empty());
  EXPECT_FALSE(is_woken(50)) << "what is undecided keeps nobody awake";
  const auto answers = knocks_.take(6 * kSecond);
  ASSERT_EQ(answers.size(), 1U);
  ASSERT_TRUE(answers[0].error);
  EXPECT_EQ(answers[0].error->code, Code::kUnreachable);
  EXPECT_TRUE(answers[0].error->text.starts_with(text_of(port.where()) + " does not answer within 6 s")) << answers[0].error->text;
}

// No event follows what the kernel says within connect(2): whoever would sleep is told before.
TEST_F(UcxKnocksTest, what_is_decided_at_once_is_there_to_be_taken) {
  const UcxListener nowhere = {.ip_version = 4, .unused = 0, .port = 9, .ip = {255, 255, 255, 255}};
  ASSERT_TRUE(knocks_.begin(peer_, std::vector{nowhere}, 6 * kSecond));
  EXPECT_TRUE(knocks_.has_answers());
  EXPECT_FALSE(is_woken(0));
  const auto answers = knocks_.take(0);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].error);
  EXPECT_FALSE(knocks_.has_answers());
  const UcxPort silent(UcxPort::Kind::kSilent);
  ASSERT_TRUE(knocks_.begin(peer_, std::vector{silent.where()}, 6 * kSecond));
  EXPECT_FALSE(knocks_.has_answers());
}

TEST_F(UcxKnocksTest, one_port_that_answers_is_enough) {
  const UcxPort silent(UcxPort::Kind::kSilent);
  const UcxPort closed(UcxPort::Kind::kClosed);
  const UcxPort answers(UcxPort::Kind::kAnswers);
  EXPECT_EQ(error_of({silent.where(), closed.where(), answers.where()}), "");
}

TEST_F(UcxKnocksTest, a_closed_port_does_not_speak_for_one_that_may_answer_yet) {
  const UcxPort silent(UcxPort::Kind::kSilent);
  const UcxPort closed(UcxPort::Kind::kClosed);
  ASSERT_TRUE(knocks_.begin(peer_, std::vector{silent.where(), closed.where()}, 6 * kSecond));
  EXPECT_TRUE(answers_by(0).empty());
  const auto answers = knocks_.take(6 * kSecond);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_NE(answers[0].error->text.find("takes no connection"), std::string::npos) << answers[0].error->text;
}

TEST_F(UcxKnocksTest, what_is_dropped_leaves_nothing_though_a_child_holds_it) {
  const UcxPort silent(UcxPort::Kind::kSilent);
  const UcxPort answers(UcxPort::Kind::kAnswers);
  const std::size_t before = descriptors_open();
  const PeerId other = {.index = 9, .generation = 1};
  ASSERT_TRUE(knocks_.begin(peer_, std::vector{answers.where()}, 6 * kSecond));
  ASSERT_TRUE(knocks_.begin(other, std::vector{silent.where()}, 6 * kSecond));
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
  knocks_.drop_if([&](PeerId peer) { return peer == peer_; });
  EXPECT_FALSE(is_woken(50));
  EXPECT_TRUE(knocks_.take(kSecond).empty());
  knocks_.drop_if([](PeerId) { return true; });
  EXPECT_TRUE(knocks_.empty());
  EXPECT_EQ(descriptors_open(), before + 1);  // the gate
  close(gate[1]);
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(UcxKnocksTest, without_ports_or_descriptors_nobody_is_knocked_at) {
  EXPECT_FALSE(knocks_.begin(peer_, {}, kSecond));
  EXPECT_TRUE(knocks_.empty());
  const UcxPort port(UcxPort::Kind::kAnswers);
  for (const rlim_t spare : {rlim_t{0}, rlim_t{1}}) {
    const testing::FewDescriptors few(spare);
    ASSERT_TRUE(few.held());
    EXPECT_FALSE(knocks_.begin(peer_, std::vector{port.where()}, kSecond));
    EXPECT_TRUE(knocks_.empty());
  }
  EXPECT_EQ(error_of({port.where()}), "");
}

TEST(UcxListeners, are_the_sockets_that_have_begun_to_listen_and_that_an_address_names) {
  const UcxPort before(UcxPort::Kind::kAnswers);
  const std::vector<UcxListener> then = ucx_listeners_now();
  const UcxPort ours(UcxPort::Kind::kAnswers);
  const UcxPort another(UcxPort::Kind::kAnswers);
  const UcxPort closed(UcxPort::Kind::kClosed);
  const std::vector<UcxListener> now = ucx_listeners_now();
  for (const UcxPort* each : {&before, &ours, &another}) EXPECT_EQ(std::ranges::count(now, each->where()), 1);
  EXPECT_EQ(std::ranges::count(now, closed.where()), 0);
  std::vector<std::byte> address(7);
  const std::uint16_t port = htons(ours.where().port);
  for (const Bytes part : {Bytes(std::as_bytes(std::span(ours.where().ip).first(4))), Bytes(std::as_bytes(std::span(&port, 1)))})
    address.insert(address.end(), part.begin(), part.end());
  EXPECT_EQ(ucx_listeners_since(then, now, address), std::vector{ours.where()});
}

TEST(UcxListeners, are_told_from_one_another) {
  UcxListener six = {.ip_version = 6, .unused = 0, .port = 7, .ip = {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
  EXPECT_EQ(text_of(six), "[fd00::2]:7");
  EXPECT_FALSE(is_loopback(six));
  six.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_TRUE(is_loopback(six));
  const UcxListener four = {.ip_version = 4, .unused = 0, .port = 65535, .ip = {10, 0, 0, 1}};
  EXPECT_EQ(text_of(four), "10.0.0.1:65535");
  EXPECT_FALSE(is_loopback(four));
  EXPECT_FALSE(is_same_ip(four, six));
  sockaddr_storage name = {};
  EXPECT_EQ(fill_in(six, name), sizeof(sockaddr_in6));
  EXPECT_EQ(name.ss_family, AF_INET6);
}

TEST(UcxWire, addresses_survive_damage) {
  const std::vector<std::byte> worker(100, std::byte{3});
  std::vector<UcxListener> listeners(kUcxListenersMax + 1, {.ip_version = 4, .unused = 0, .port = 5, .ip = {10, 0, 0, 1}});
  const Address address = ucx_wrap_address(worker, listeners, true);
  const auto unwrapped = ucx_unwrap_address(address);
  ASSERT_TRUE(unwrapped);
  EXPECT_TRUE(unwrapped->has_rdma);
  EXPECT_TRUE(std::ranges::equal(unwrapped->worker, worker));
  listeners.pop_back();
  EXPECT_EQ(ucx_listeners_in(*unwrapped), listeners);
  for (std::size_t length = 0; length < address.size(); ++length) EXPECT_FALSE(ucx_unwrap_address(Bytes(address).first(length)));
  for (std::size_t at = 0; at < address.size(); ++at) {
    Address damaged = address;
    damaged[at] ^= std::byte{1};
    EXPECT_FALSE(ucx_unwrap_address(damaged)) << at;
  }
  const Address large = ucx_wrap_address(std::vector<std::byte>(kAddressBytesMax - 60), listeners);
  ASSERT_TRUE(ucx_unwrap_address(large)) << "listeners are left out where there is no room for all";
  EXPECT_EQ(ucx_listeners_in(*ucx_unwrap_address(large)).size(), 2U);
}

}  // namespace lath
