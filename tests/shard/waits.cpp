// What a shard does with waits: answered when the key has moved, by whatever moved it.
#include "shard_fixture.hpp"

namespace lath {
namespace {

class Waits : public ShardTest {
 protected:
  explicit Waits(std::uint32_t nodes = 1) : ShardTest(nodes) { sent(); }  // the sweep of an empty table

  std::pair<Code, std::string> wait(const std::string& key, std::uint64_t since) {
    ++sequence_;
    return ask(sequence_, {Opcode::kWait, key, packed(since)});
  }
  Code update(const TestOperation& operation) { return ask(++sequence_, operation).first; }
  std::uint64_t version_of(const std::string& key) {
    const auto [status, payload] = wait(key, 0);
    EXPECT_EQ(status, Code::kOk);
    return number(payload);
  }
  static std::uint64_t number(const std::string& payload) {
    std::uint64_t value = 0;
    EXPECT_EQ(payload.size(), sizeof value);
    std::memcpy(&value, payload.data(), std::min(payload.size(), sizeof value));
    return value;
  }
  // The answers of waits that were parked before, after this update.
  std::vector<std::uint64_t> versions_after(const TestOperation& operation) {
    const std::uint32_t own = ++sequence_;
    handle(request(own, {operation}));
    std::vector<std::uint64_t> versions;
    for (const TestReply& reply : replies()) {
      if (reply.header.sequence == own) continue;
      EXPECT_EQ(reply.answers.at(0).first, Code::kOk);
      versions.push_back(number(reply.answers.at(0).second));
    }
    return versions;
  }

  std::uint32_t sequence_ = 0;
};

TEST_F(Waits, are_answered_at_once_where_the_key_has_moved) {
  ask(1, {Opcode::kPut, "k", "v"});
  const auto [status, version] = ask(2, {Opcode::kWait, "k", packed(std::uint64_t{0})});
  EXPECT_EQ(status, Code::kOk);
  EXPECT_EQ(ask(3, {Opcode::kWait, "k", version}).first, Code::kInProgress);
  EXPECT_EQ(counters().waiters.value(), 1U);
  EXPECT_EQ(ask(4, {Opcode::kWait, "k", "short"}).first, Code::kInvalid);
}

TEST_F(Waits, are_answered_by_an_update_and_only_of_that_key) {
  for (int time = 0; time < 2; ++time) {  // again: it is parked once, and said to be
    handle(request(1, {{Opcode::kGet, "k", ""}, {Opcode::kWait, "k", packed(std::uint64_t{0})}}));
    const auto said = replies();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].answers.at(1).first, Code::kInProgress);
  }
  handle(request(2, {{Opcode::kPut, "other", "v"}}));
  EXPECT_EQ(replies().size(), 1U);
  handle(request(3, {{Opcode::kPut, "k", "v"}}));
  const auto all = replies();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].header.sequence, 1U);
  EXPECT_EQ(all[0].header.first, 1U);
  EXPECT_EQ(all[0].answers.at(0).first, Code::kOk);
  EXPECT_EQ(counters().waiters.value(), 0U);
}

TEST_F(Waits, of_a_connection_that_ended_are_forgotten) {
  EXPECT_EQ(ask(1, {Opcode::kPut, "other", "x"}).first, Code::kOk);  // the count of sessions is as of the last update
  EXPECT_EQ(ask(2, {Opcode::kWait, "k", packed(std::uint64_t{0})}).first, Code::kInProgress);
  shard_->peer_failed(PeerId{8, 8});
  sent();
  EXPECT_EQ(counters().waiters.value(), 1U);
  EXPECT_EQ(counters().sessions.value(), 1U);
  shard_->peer_failed(kClient);
  sent();
  EXPECT_EQ(counters().waiters.value(), 0U);
  EXPECT_EQ(counters().sessions.value(), 0U);
}

TEST_F(Waits, have_a_bound_and_full_is_an_answer) {
  for (std::size_t call = 0; call < kWaitersMax; call += 512) {
    FrameBuffer frame;
    begin_request(frame, {.count = 512, .sequence = 1, .session = 1000 + call, .epoch = view_->epoch, .oldest = 1});
    const std::string since = packed(std::uint64_t{0});
    for (int index = 0; index < 512; ++index) {
      const std::string key = "k" + std::to_string(call) + "." + std::to_string(index);
      append_operation(frame, {Opcode::kWait, as_bytes(key), as_bytes(since)});
    }
    handle(frame);
  }
  sent();
  EXPECT_EQ(counters().waiters.value(), kWaitersMax);
  EXPECT_EQ(ask(1, {Opcode::kWait, "one more", packed(std::uint64_t{0})}).first, Code::kCrowded);
  EXPECT_EQ(counters().refused_crowded.value(), 1U);
}

// One update that makes a key of each kind, one that changes it.
const std::vector<std::pair<TestOperation, TestOperation>>& kinds() {
  static const std::vector<std::pair<TestOperation, TestOperation>> all = {
      {{Opcode::kPut, "k", "one"}, {Opcode::kPut, "k", "two"}},
      {{Opcode::kPut, "k", std::string(3000, '1')}, {Opcode::kPut, "k", std::string(3000, '2')}},
      {{Opcode::kCounterAdd, "k", packed(std::int64_t{1})}, {Opcode::kCounterAdd, "k", packed(std::int64_t{-1})}},
      {{Opcode::kSetAdd, "k", std::string(2000, 'x')}, {Opcode::kSetRemove, "k", std::string(2000, 'x')}},
  };
  return all;
}

TEST_F(Waits, for_anything_are_not_answered_by_an_erase_nor_by_what_is_left_of_it) {
  for (const auto& [make, change] : kinds()) {
    ASSERT_EQ(update(make), Code::kOk);
    ASSERT_EQ(update({Opcode::kErase, "k", ""}), Code::kOk);
    EXPECT_EQ(wait("k", 0).first, Code::kInProgress);
    const auto versions = versions_after(make);
    ASSERT_EQ(versions.size(), 1U);
    EXPECT_NE(versions[0], 0U);
    ASSERT_EQ(update({Opcode::kErase, "k", ""}), Code::kOk);
  }
}

TEST_F(Waits, past_a_version_are_answered_by_a_change_and_by_an_erase) {
  for (const auto& [make, change] : kinds()) {
    ASSERT_EQ(update(make), Code::kOk);
    const std::uint64_t made = version_of("k");
    EXPECT_EQ(wait("k", made).first, Code::kInProgress);
    const auto changed = versions_after(change);
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_NE(changed[0], made);
    EXPECT_EQ(number(wait("k", made).second), changed[0]) << "whoever comes later is told as well";
    EXPECT_EQ(wait("k", changed[0]).first, Code::kInProgress);
    EXPECT_EQ(versions_after({Opcode::kErase, "k", ""}), std::vector<std::uint64_t>{0});
    EXPECT_EQ(wait("k", changed[0]), (std::pair<Code, std::string>(Code::kOk, packed(std::uint64_t{0}))));
  }
}

class ReplicatedWaits : public Waits {
 protected:
  ReplicatedWaits() : Waits(2) {}
  void hear_of_other(Stamp horizon) {
    FrameBuffer frame;
    begin_merge_batch(frame, {.count = 0, .sender = kOther, .number = 1, .clock = {}, .horizon = horizon, .epoch = view_->epoch});
    handle(frame, kPeer);
  }
};

TEST_F(ReplicatedWaits, past_a_version_are_answered_by_a_tombstone_and_of_anything_are_not) {
  for (const auto& [make, change] : kinds()) {
    ASSERT_EQ(update(make), Code::kOk);
    const std::uint64_t made = version_of("k");
    EXPECT_EQ(wait("k", made).first, Code::kInProgress);
    EXPECT_EQ(versions_after({Opcode::kErase, "k", ""}), std::vector<std::uint64_t>{0});
    EXPECT_EQ(wait("k", made), (std::pair<Code, std::string>(Code::kOk, packed(std::uint64_t{0}))));
    EXPECT_EQ(wait("k", 0).first, Code::kInProgress);
    EXPECT_EQ(versions_after(make).size(), 1U);
    ASSERT_EQ(update({Opcode::kErase, "k", ""}), Code::kOk);
  }
}

TEST_F(ReplicatedWaits, of_what_is_not_here_are_answered_once_the_other_has_nothing_more_to_send) {
  EXPECT_EQ(wait("k", 77).first, Code::kInProgress) << "it may be on its way";
  turn_.now_ns += 60'000'000'000;
  EXPECT_EQ(wait("k", 77).first, Code::kInProgress) << "the other replica has not been heard of";
  hear_of_other({5000});
  sent();
  const auto [status, version] = wait("k", 77);
  EXPECT_EQ(status, Code::kOk);
  EXPECT_EQ(version, packed(std::uint64_t{0}));
  EXPECT_EQ(wait("k", 0).first, Code::kInProgress);
}

TEST_F(ReplicatedWaits, of_a_shard_that_has_just_begun_know_that_a_key_may_be_on_its_way) {
  hear_of_other({5000});
  sent();
  EXPECT_EQ(wait("k", 77).first, Code::kInProgress) << "who had it before is not known";
  handle(batch(2, "k", "v", 400), kPeer);
  EXPECT_EQ(replies().size(), 1U);
}

TEST_F(ReplicatedWaits, are_not_answered_by_an_older_value) {
  const std::uint64_t newer = 900;
  EXPECT_EQ(wait("k", newer).first, Code::kInProgress);
  handle(batch(1, "k", "older", 400), kPeer);
  EXPECT_TRUE(replies().empty());
  EXPECT_EQ(wait("k", newer).first, Code::kInProgress);
  handle(batch(2, "k", "newer", newer + 1), kPeer);
  EXPECT_EQ(replies().size(), 2U);
}

TEST_F(ReplicatedWaits, flushes_that_are_asked_again_say_who_has_not_acknowledged) {
  ASSERT_EQ(update({Opcode::kPut, "k", "v"}), Code::kOk);
  const std::uint32_t flush = ++sequence_;
  handle(request(flush, {{Opcode::kFlush, "", std::string(1, 0)}}));
  EXPECT_TRUE(replies().empty());
  handle(request(flush, {{Opcode::kFlush, "", std::string(1, 0)}}));
  const auto all = replies();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].answers.at(0).first, Code::kInProgress);
  LaggingNodes expected{.count = 1, .named = {NodeId{1}}};
  EXPECT_EQ(read_lagging(as_bytes(all[0].answers.at(0).second)), expected);
}

}  // namespace
}  // namespace lath
