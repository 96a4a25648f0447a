// What a shard tells sessions that want to read its memory by themselves.
#include "shard_fixture.hpp"
#include "wire/shard_memory.hpp"

namespace lath {

namespace {

struct ShardMemoryTest : ShardTest {
  void export_by(const Clock* clock) {
    shard_.emplace(ShardOptions{.self = kSelf, .export_clock = clock},
                   Store({.self = kSelf, .memory_bytes = 64 << 20, .hash = &key_hash}, extents_));
    shard_->set_view(*view_);
    EXPECT_EQ(ask(1, {Opcode::kPut, "key", "value"}).first, Code::kOk);
  }
  // Answers live as long as the next one.
  ShardMemory told(std::uint32_t sequence) {
    answer_ = ask(sequence, {Opcode::kShardMemory, "", ""});
    EXPECT_EQ(answer_.first, Code::kOk);
    const auto memory = read_shard_memory(as_bytes(answer_.second));
    EXPECT_TRUE(memory);
    return memory.value_or(ShardMemory{});
  }
  std::pair<Code, std::string> answer_;
  ManualClock clock_;
};

}  // namespace

TEST_F(ShardMemoryTest, tells_the_time_at_which_it_answers_not_that_at_which_its_turn_began) {
  export_by(&clock_);
  clock_.advance(1'000'000);
  turn_.now_ns = clock_.now_ns();
  clock_.advance(5'000'000'000);  // kept from its core since; the question was sent meanwhile
  const ShardMemory memory = told(2);
  EXPECT_EQ(memory.now_ns, clock_.now_ns()) << "who is told an earlier time trusts the memory of a dead shard for longer";
  EXPECT_EQ(memory.incarnation, kSelf.incarnation);
  EXPECT_NE(memory.root, 0U);
  EXPECT_EQ(memory.exports.size(), 1U);
}

TEST_F(ShardMemoryTest, tells_nothing_where_it_is_not_to_be_read) {
  export_by(nullptr);
  const ShardMemory memory = told(2);
  EXPECT_EQ(memory.root, 0U);
  EXPECT_TRUE(memory.exports.empty());
}

}  // namespace lath
