// Whom UCX does not reach, of a transport that has another way and of one that has none.
#include "suite.hpp"

namespace lath {

namespace {

class Joined : public Contract {
 protected:
  // Greets a peer that is stopped, until that is given up; it goes on then.
  void fail_to_reach(Party& a, EchoPeer& echo) {
    echo.stop();
    ASSERT_TRUE(a->connect(echo.address()));
    EXPECT_FALSE(run(
        {&a}, [&] { return !a.seen.failed.empty(); }, 0.2));
    network_->skip(kGreetingNsMax);
    ASSERT_TRUE(run({&a}, [&] { return !a.seen.failed.empty(); }));
    EXPECT_EQ(a.seen.reasons[0].code, Code::kUnreachable);
    echo.resume();
  }
  // Connects anew, and gives the way by which a frame went there and back.
  std::string way_to(Party& a, EchoPeer& echo) {
    const auto peer = a->connect(echo.address());
    if (!peer) return peer.error().text;
    EXPECT_EQ(send(a, *peer, pattern(8, 1), {&a}), Sent::kAccepted);
    EXPECT_TRUE(run({&a}, [&] { return !a.seen.frames.empty(); }));
    return a->path(*peer);
  }
};

class JoinedWithTcp : public Joined {};
class JoinedWithoutTcp : public Joined {};

}  // namespace

TEST_P(JoinedWithTcp, goes_over_tcp_to_whom_ucx_has_not_reached) {
  Party a = open();
  auto echo = network_->start_echo();
  fail_to_reach(a, *echo);
  EXPECT_EQ(way_to(a, *echo), "tcp");
}

TEST_P(JoinedWithoutTcp, greets_again_whom_ucx_has_not_reached) {
  Party a = open();
  auto echo = network_->start_echo();
  fail_to_reach(a, *echo);
  const std::string way = way_to(a, *echo);
  EXPECT_TRUE(way.find("posix") != std::string::npos || way.find("sysv") != std::string::npos) << way;
}

INSTANTIATE_TEST_SUITE_P(JointSharedMemory, JoinedWithTcp, ::testing::Values(&make_joint_shared_memory));
INSTANTIATE_TEST_SUITE_P(JointMemoryAlone, JoinedWithoutTcp, ::testing::Values(&make_joint_memory_alone));

}  // namespace lath
