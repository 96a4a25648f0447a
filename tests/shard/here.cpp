// Operations of a thread that is the shard: the same ones, with the same consequences, as if a frame had come.
#include "shard_fixture.hpp"

namespace lath {
namespace {

class HereTest : public ShardTest {
 protected:
  explicit HereTest(std::uint32_t nodes = 1) : ShardTest(nodes) {}

  std::optional<Answer> here(const TestOperation& operation) {
    return shard_->execute_here({operation.opcode, as_bytes(operation.key), as_bytes(operation.argument)}, turn_, outbox_);
  }
  bool is_done(const TestOperation& operation) {
    const auto answer = here(operation);
    return answer && answer->status == Code::kOk;
  }
  std::string read(const TestOperation& operation) {
    const auto answer = here(operation);
    return answer && answer->status == Code::kOk ? std::string(as_text(answer->payload)) : "none";
  }
};

class TwoNodesHereTest : public HereTest {
 protected:
  TwoNodesHereTest() : HereTest(2) {}
};

TEST_F(HereTest, frames_and_calls_see_what_the_other_wrote) {
  const std::string long_value(5000, 'v');
  EXPECT_TRUE(is_done({Opcode::kPut, "short", "abc"}));
  EXPECT_TRUE(is_done({Opcode::kPut, "a key of more than eight bytes", long_value}));
  EXPECT_TRUE(is_done(add("n", 3)));
  EXPECT_EQ(ask(1, {Opcode::kGet, "short", ""}), std::pair(Code::kOk, std::string("abc")));
  EXPECT_EQ(ask(2, {Opcode::kGet, "a key of more than eight bytes", ""}).second, long_value);
  EXPECT_EQ(ask(3, add("n", 4)).first, Code::kOk);
  EXPECT_EQ(read({Opcode::kCounterGet, "n", ""}), packed(std::int64_t{7}));
  EXPECT_EQ(read({Opcode::kGet, "short", ""}), "abc");
  EXPECT_EQ(read({Opcode::kGet, "a key of more than eight bytes", ""}), long_value);
  EXPECT_TRUE(is_done({Opcode::kErase, "short", ""}));
  EXPECT_EQ(ask(4, {Opcode::kGet, "short", ""}).first, Code::kNotFound);
  const auto none = here({Opcode::kGet, "short", ""});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->status, Code::kNotFound);
  EXPECT_EQ(counters().updates.value(), 5U);
}

TEST_F(HereTest, what_has_to_wait_or_fails_is_to_be_sent) {
  EXPECT_TRUE(is_done({Opcode::kPut, "k", "v"}));
  EXPECT_FALSE(here({Opcode::kWait, "k", packed(std::uint64_t{0})}));
  EXPECT_FALSE(here({Opcode::kFlush, "", std::string(1, '\0')}));
  EXPECT_FALSE(here({Opcode::kShardStats, "", ""}));
  EXPECT_FALSE(here(add("k", 1)));  // of another type
  EXPECT_FALSE(here({Opcode::kCounterGet, "k", ""}));
  EXPECT_EQ(ask(1, add("k", 1)).first, Code::kWrongType);
  EXPECT_EQ(read({Opcode::kGet, "k", ""}), "v");
}

TEST_F(HereTest, a_shard_without_a_view_does_nothing_here) {
  Shard fresh(ShardOptions{.self = kSelf}, Store({.self = kSelf, .memory_bytes = 1 << 20, .hash = &key_hash}, extents_));
  EXPECT_FALSE(fresh.execute_here({Opcode::kPut, as_bytes("k"), as_bytes("v")}, turn_, outbox_));
}

TEST_F(HereTest, who_waits_by_message_is_answered_by_a_call) {
  EXPECT_TRUE(is_done({Opcode::kPut, "k", "old"}));
  const auto version = ask(1, {Opcode::kWait, "k", packed(std::uint64_t{0})});
  ASSERT_EQ(version.first, Code::kOk);
  EXPECT_EQ(ask(2, {Opcode::kWait, "k", version.second}).first, Code::kInProgress);
  EXPECT_TRUE(is_done({Opcode::kPut, "k", "new"}));
  const auto told = replies();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().to, kClient);
  EXPECT_EQ(told.front().answers.front().first, Code::kOk);
}

TEST_F(TwoNodesHereTest, updates_go_to_the_replicas_once_a_round) {
  sent();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(is_done({Opcode::kPut, "hot", std::to_string(i)}));
  std::size_t batches = 0;
  for (int round = 0; round < 3; ++round) {
    for (const Sent& one : sent(1'000'000)) {
      if (kind_of(as_bytes(one.bytes)) != FrameKind::kMergeBatch) continue;
      ++batches;
      EXPECT_EQ(std::get<Place>(one.to), (Place{NodeId{1}, ShardId{0}}));
      EXPECT_NE(one.bytes.find("hot"), std::string::npos);
    }
  }
  EXPECT_EQ(batches, 1U);
}

TEST_F(TwoNodesHereTest, keys_of_others_are_to_be_sent) {
  const auto alone = view_of(2, {.nodes = 1, .shards = 1});
  shard_->set_view(*alone);
  std::size_t ours = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string key = std::to_string(i);
    const bool is_ours = alone->ring.primary(key_hash(as_bytes(key))) == Place{NodeId{0}, ShardId{0}};
    EXPECT_EQ(is_done({Opcode::kPut, key, "v"}), is_ours) << key;
    EXPECT_EQ(here({Opcode::kGet, key, ""}).has_value(), is_ours) << key;
    ours += is_ours ? 1U : 0U;
  }
  EXPECT_GT(ours, 20U);
  EXPECT_LT(ours, 80U);
}

}  // namespace
}  // namespace lath
