// What a shard does with request frames: applied once, answered in order, refused where it must.
#include "shard_fixture.hpp"

namespace lath {
namespace {

class Requests : public ShardTest {};

TEST_F(Requests, are_answered_in_one_frame_in_order) {
  handle(request(1, {{Opcode::kPut, "a", "1"}, {Opcode::kGet, "a", ""}, {Opcode::kGet, "b", ""}, add("a", 1)}));
  const auto all = replies();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].to, kClient);
  EXPECT_EQ(all[0].header.sequence, 1U);
  EXPECT_FALSE(all[0].header.other_view);
  ASSERT_EQ(all[0].answers.size(), 4U);
  EXPECT_EQ(all[0].answers[0].first, Code::kOk);
  EXPECT_EQ(all[0].answers[1], (std::pair<Code, std::string>(Code::kOk, "1")));
  EXPECT_EQ(all[0].answers[2].first, Code::kNotFound);
  EXPECT_EQ(all[0].answers[3].first, Code::kWrongType);
}

TEST_F(Requests, a_frame_that_comes_again_is_answered_but_not_applied) {
  const FrameBuffer frame = request(1, {add("n", 5), {Opcode::kGet, "n", ""}, add("n", 2)});
  handle(frame);
  const auto first = replies();
  handle(frame, PeerId{9, 9});
  const auto again = replies();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].to, (PeerId{9, 9}));
  EXPECT_EQ(again[0].answers, first[0].answers) << "the failed read and the additions' answers are the same";
  EXPECT_EQ(counter("n"), packed(std::int64_t{7}));
  EXPECT_EQ(counters().repeats_answered.value(), 1U);
}

// Where a session has gone over to another connection, frames of the old one may come after those of the new one, and its end after both.
TEST_F(Requests, that_come_late_by_a_connection_that_is_over_do_not_take_the_session_back_to_it) {
  const PeerId old{9, 9};
  handle(request(1, {add("n", 1)}), old);
  const FrameBuffer late = request(2, {add("n", 10)});
  oldest_ = 3;
  const FrameBuffer fresh = request(3, {add("n", 100)});
  handle(fresh);
  handle(late, old);
  shard_->peer_failed(old);
  handle(fresh);
  EXPECT_EQ(replies().size(), 3U) << "the late one is dropped";
  EXPECT_EQ(counter("n"), packed(std::int64_t{101}));
  EXPECT_EQ(counters().repeats_answered.value(), 1U);
}

TEST_F(Requests, a_refusal_is_remembered_as_well) {
  EXPECT_EQ(ask(1, {Opcode::kPut, "p", "x"}).first, Code::kOk);
  EXPECT_EQ(ask(2, add("p", 1)).first, Code::kWrongType);
  EXPECT_EQ(ask(3, {Opcode::kErase, "p", ""}).first, Code::kOk);
  EXPECT_EQ(ask(2, add("p", 1)).first, Code::kWrongType) << "by now it could be applied; but it was answered";
}

TEST_F(Requests, of_a_wrong_type_are_answered_with_the_types_that_are_held) {
  const auto held = [](Tag key, Tag field) { return packed(key) + packed(field); };
  EXPECT_EQ(ask(1, {Opcode::kMapUpdate, "m", std::string("\1\0f", 3) + packed(Opcode::kGrowSetAdd) + "e"}).first, Code::kOk);
  const auto field = ask(2, {Opcode::kMapRead, "m", std::string("\1\0f", 3) + packed(Opcode::kGet)});
  EXPECT_EQ(field, (std::pair(Code::kWrongType, held(Tag::kMap, Tag::kGrowSet))));
  EXPECT_EQ(ask(3, {Opcode::kPut, "m", "v"}), (std::pair(Code::kWrongType, held(Tag::kMap, Tag{}))));
  EXPECT_EQ(ask(4, {Opcode::kPut, "p", "v"}).first, Code::kOk);
  const auto refused = std::pair(Code::kWrongType, held(Tag::kLww, Tag{}));
  EXPECT_EQ(ask(5, add("p", 1)), refused);
  EXPECT_EQ(ask(6, {Opcode::kErase, "p", ""}).first, Code::kOk);
  EXPECT_EQ(ask(5, add("p", 1)), refused) << "the answer that was given is given again";
}

TEST_F(Requests, that_come_out_of_order_are_each_applied_once) {
  for (const std::uint32_t sequence : {3U, 1U, 2U, 3U, 1U, 32U, 2U}) {
    EXPECT_EQ(ask(sequence, add("n", 1)).first, Code::kOk);
  }
  EXPECT_EQ(counter("n"), packed(std::int64_t{4}));
}

TEST_F(Requests, beyond_the_window_or_below_the_oldest_are_dropped) {
  EXPECT_EQ(ask(kFramesUnderWayMax + 1, add("n", 1)).first, Code::kInProgress);
  EXPECT_EQ(counters().dropped_beyond.value(), 1U);
  oldest_ = 10;
  EXPECT_EQ(ask(10, add("n", 1)).first, Code::kOk);
  oldest_ = 1;
  EXPECT_EQ(ask(9, add("n", 1)).first, Code::kInProgress) << "the session has had its answer";
  EXPECT_EQ(counters().dropped_stale.value(), 1U);
  EXPECT_EQ(counter("n"), packed(std::int64_t{1}));
}

// An 8,192 ranks' job adds to one key, and the shard stalls for longer than they wait before they ask again.
TEST_F(Requests, of_many_sessions_that_all_come_again_are_applied_once) {
  constexpr std::uint64_t kSessions = 8'192;
  for (int times = 0; times < 2; ++times) {
    for (std::uint64_t session = 1; session <= kSessions; ++session) {
      FrameBuffer frame;
      begin_request(frame, {.count = 1, .sequence = 1, .session = session, .epoch = view_->epoch, .oldest = 1});
      const std::string amount = packed(std::int64_t{1});
      append_operation(frame, {Opcode::kCounterAdd, as_bytes("n"), as_bytes(amount)});
      handle(frame);
    }
    sent();
  }
  EXPECT_EQ(counter("n"), packed(static_cast<std::int64_t>(kSessions)));
  EXPECT_EQ(counters().sessions_forgotten.value(), 0U);
}

TEST_F(Requests, sessions_are_remembered_up_to_a_bound) {
  for (std::uint64_t session = 1; session <= kSessionsRememberedMax + 10; ++session) {
    FrameBuffer frame;
    begin_request(frame, {.count = 1, .sequence = 1, .session = session, .epoch = view_->epoch, .oldest = 1});
    const std::string amount = packed(std::int64_t{1});
    append_operation(frame, {Opcode::kCounterAdd, as_bytes("n"), as_bytes(amount)});
    handle(frame);
    if (session > kSessionsRememberedMax) handle(frame);  // the newest are remembered
  }
  sent();
  EXPECT_EQ(counters().sessions.value(), kSessionsRememberedMax);
  EXPECT_EQ(counters().sessions_forgotten.value(), 10U);
  EXPECT_EQ(counter("n"), packed(static_cast<std::int64_t>(kSessionsRememberedMax + 10)));
}

TEST_F(Requests, routed_by_another_view_are_executed_only_where_the_key_is_here) {
  epoch_ = view_->epoch + 1;
  EXPECT_EQ(ask(1, {Opcode::kPut, "k", "v"}).first, Code::kOk) << "this is the only node";
  const auto elsewhere = view_of(1, {.nodes = 1, .shards = 1});
  View others;
  NodeEntry entry;
  entry.id = NodeId{5};
  entry.shard_addresses.resize(1);
  others.merge(entry);
  const auto foreign = ClusterView::make(others, Placement{});
  shard_->set_view(*foreign);
  for (const Opcode opcode : {Opcode::kPut, Opcode::kGet}) EXPECT_EQ(ask(2, {opcode, "k", ""}).first, Code::kWrongOwner);
  EXPECT_EQ(ask(3, {Opcode::kWait, "k", packed(std::uint64_t{0})}).first, Code::kWrongOwner);
  EXPECT_EQ(counters().wrong_owner.value(), 3U);
  handle(request(4, {{Opcode::kGet, "k", ""}}));
  EXPECT_TRUE(replies().at(0).header.other_view) << "by which the session learns that views differ";
  shard_->set_view(*view_);
  EXPECT_EQ(ask(5, {Opcode::kGet, "k", ""}).second, "v") << "what was refused was not applied";
}

TEST_F(Requests, that_are_brief_mean_what_the_last_whole_one_of_their_connection_said) {
  const auto whole = [&](std::uint32_t sequence, std::uint8_t context, std::uint64_t epoch) {
    FrameBuffer frame;
    begin_request(
        frame,
        {.count = 1, .sequence = sequence, .session = 5, .epoch = epoch, .oldest = sequence, .ack_nodes = 1, .context = context});
    append_operation(frame, {Opcode::kCounterAdd, as_bytes("n"), as_bytes(packed(std::int64_t{1}))});
    return frame;
  };
  const auto brief = [&](std::uint32_t sequence, std::uint8_t context) {
    FrameBuffer frame;
    begin_request(frame, {.count = 1, .sequence = sequence, .oldest = sequence, .context = context, .brief = true});
    append_operation(frame, {Opcode::kCounterAdd, as_bytes("n"), as_bytes(packed(std::int64_t{1}))});
    return frame;
  };
  handle(brief(1, 1));
  EXPECT_TRUE(replies().empty()) << "nothing was said yet";
  EXPECT_EQ(counters().dropped_stale.value(), 1U);
  handle(whole(1, 1, view_->epoch));
  EXPECT_EQ(replies().size(), 1U);
  handle(brief(2, 1));
  EXPECT_EQ(replies().size(), 1U);
  handle(brief(2, 1));
  EXPECT_EQ(replies().size(), 1U) << "a repeated one is answered";
  EXPECT_EQ(counter("n"), packed(std::int64_t{2})) << "and not applied";
  handle(brief(3, 2));
  handle(brief(3, 1), PeerId{kClient.index, kClient.generation + 1});
  EXPECT_TRUE(replies().empty()) << "another context, and another connection in the same slot";
  handle(whole(3, 2, view_->epoch + 1));
  EXPECT_TRUE(replies().at(0).header.other_view);
  handle(brief(4, 1));
  EXPECT_TRUE(replies().empty()) << "the context before is over";
  handle(brief(4, 2));
  EXPECT_TRUE(replies().at(0).header.other_view) << "by the whole epoch of the context";
  shard_->peer_failed(kClient);
  handle(brief(5, 2));
  EXPECT_TRUE(replies().empty());
  EXPECT_EQ(counter("n"), packed(std::int64_t{4}));
}

TEST_F(Requests, that_are_garbage_are_counted_and_apply_nothing) {
  const FrameBuffer good = request(1, {add("n", 1), {Opcode::kPut, "k", "value"}});
  for (std::size_t size = 0; size < good.size(); ++size) {
    shard_->handle({kClient, good.bytes().first(size)}, turn_, outbox_);
  }
  EXPECT_EQ(counters().dropped_garbage.value(), good.size());
  Random random(1);
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> bytes(good.bytes().begin(), good.bytes().end());
    for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips) {
      bytes[random.below(bytes.size())] = static_cast<std::byte>(random.next());
    }
    if (round % 2 == 0) bytes.resize(random.below(bytes.size()));
    shard_->handle({kClient, bytes}, turn_, outbox_);
    if (round % 100 == 0) sent();
  }
  EXPECT_GT(counters().dropped_garbage.value(), 10000U);
  sent();
  session_ = 0x123456789abcdef;  // that no damaged byte makes of the one above
  EXPECT_EQ(ask(1, {Opcode::kPut, "after", "x"}).first, Code::kOk) << "the shard lives on";
}

TEST_F(Requests, large_answers_are_split_over_frames) {
  std::vector<TestOperation> operations;
  for (int index = 0; index < 40; ++index)
    operations.push_back({Opcode::kPut, "k" + std::to_string(index), std::string(1000, 'x')});
  handle(request(1, operations));
  sent();
  for (TestOperation& operation : operations) operation = {Opcode::kGet, operation.key, ""};
  handle(request(2, operations));
  const auto all = replies();
  EXPECT_GE(all.size(), 4U);
  std::uint16_t next = 0;
  for (const TestReply& reply : all) {
    EXPECT_EQ(reply.header.first, next);
    next = static_cast<std::uint16_t>(next + reply.header.count);
    for (const auto& [status, payload] : reply.answers) EXPECT_EQ(payload.size(), 1000U);
  }
  EXPECT_EQ(next, 40U);
}

TEST_F(Requests, stats_are_answered_as_text) {
  ask(1, {Opcode::kPut, "k", "v"});
  const std::string stats = ask(2, {Opcode::kShardStats, "", ""}).second;
  EXPECT_NE(stats.find("updates=1"), std::string::npos);
  EXPECT_NE(stats.find("keys=1"), std::string::npos);
}

class SmallShard : public ShardTest {
 protected:
  SmallShard() : ShardTest(1, 1 << 20) {}
};

TEST_F(SmallShard, answers_full_and_goes_on) {
  std::uint32_t sequence = 0;
  Code last = Code::kOk;
  while (last == Code::kOk && sequence < 100000) {
    oldest_ = ++sequence;
    last = ask(sequence, {Opcode::kPut, "key" + std::to_string(sequence), std::string(1000, 'x')}).first;
  }
  EXPECT_EQ(last, Code::kFull);
  EXPECT_EQ(counters().refused_full.value(), 1U);
  oldest_ = ++sequence;
  EXPECT_EQ(ask(sequence, {Opcode::kGet, "key1", ""}).second.size(), 1000U);
  oldest_ = ++sequence;
  EXPECT_EQ(ask(sequence, {Opcode::kErase, "key1", ""}).first, Code::kOk);
}

}  // namespace
}  // namespace lath
