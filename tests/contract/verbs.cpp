// That the network over verbs is one: the devices' own counters grow by what is sent.
#include <filesystem>
#include <fstream>

#include "suite.hpp"

namespace lath {

namespace {

// Of all RDMA devices of this host, as they count.
std::size_t packets_sent() {
  std::size_t sum = 0;
  for (const auto& device : std::filesystem::directory_iterator("/sys/class/infiniband")) {
    std::ifstream file(device.path() / "ports/1/hw_counters/sent_pkts");
    std::size_t packets = 0;
    if (file >> packets) sum += packets;
  }
  return sum;
}

class OverVerbs : public Contract {};

}  // namespace

TEST_P(OverVerbs, every_frame_is_a_packet_of_the_device) {
  constexpr std::size_t kFrames = 200;
  Party a = open();
  auto echo = network_->start_echo();
  const auto peer = a->connect(echo->address());
  ASSERT_TRUE(peer);
  ASSERT_EQ(send(a, *peer, pattern(64, 1), {&a}), Sent::kAccepted);
  ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == 1; }));
  EXPECT_EQ(a->path(*peer).substr(0, 8), "rc_verbs");
  const std::size_t before = packets_sent();
  for (std::size_t sent = 1; sent <= kFrames; ++sent) {
    ASSERT_EQ(send(a, *peer, pattern(64, sent), {&a}), Sent::kAccepted);
    ASSERT_TRUE(run({&a}, [&] { return a.seen.frames.size() == sent + 1; }));
  }
  EXPECT_GE(packets_sent() - before, 2 * kFrames) << "there and back";
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OverVerbs);
INSTANTIATE_TEST_SUITE_P(UcxVerbs, OverVerbs, ::testing::ValuesIn(verbs_networks()));

}  // namespace lath
