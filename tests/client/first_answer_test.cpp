// What a session holds back for a peer that has not answered at all yet leaves with the progress that sees its first answer.
#include <gtest/gtest.h>

#include "client/session_driver.hpp"
#include "sim_shards.hpp"

namespace lath::test {
namespace {

// The peer's first answer comes with a poll, and is no event.
class OpensWithPoll final : public ForwardingTransport {
 public:
  using ForwardingTransport::ForwardingTransport;
  bool is_open(PeerId) const override { return open_; }
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override {
    open_ = answers;
    return ForwardingTransport::poll(messages_max, events);
  }

  bool answers = false;

 private:
  bool open_ = false;
};

constexpr TimeNs kLater = 1'000'000'000;

TEST(FirstAnswer, lets_what_waited_for_it_leave_within_the_same_progress) {
  SimShards shards(1, 1, 1);
  auto made = std::make_unique<OpensWithPoll>(shards.network.open(kSimCookie));
  OpensWithPoll& transport = *made;
  SessionDriver driver(SessionSettings{}, shards, Random(1), {.transport = std::move(made), .wait = {}, .clock = shards.clock});
  Code status = Code::kInProgress;
  std::size_t left = 1;
  const Operation put{Opcode::kPut, as_bytes("key"), as_bytes("value")};
  const TimeNs now = driver.read_clock();
  const Completion completion{&status, &left};
  driver.begin({.operation = put, .target = AnswerTarget::nothing(), .deadline = now + kLater, .completion = completion}, now);
  for (int turn = 0; turn < 3; ++turn) driver.progress();
  EXPECT_EQ(transport.counters().messages_sent, 0u) << "it was sent to a peer that never answered";
  transport.answers = true;
  driver.progress();
  EXPECT_EQ(transport.counters().messages_sent, 1u);
  for (int turn = 0; turn < 100 && left > 0; ++turn) {
    shards.step();
    driver.progress();
  }
  EXPECT_EQ(status, Code::kOk);
}

}  // namespace
}  // namespace lath::test
