// A session whose frames arrive: sharing frames, windows, answers, time.
#include <set>

#include "session_fixture.hpp"

namespace lath::test {

TEST_F(SessionTest, operations_for_one_shard_share_a_frame) {
  std::int64_t count = 0;
  char value[8] = {};
  std::size_t size = 0;
  const RequestId written = put("a");
  const RequestId read = submit(Opcode::kGet, "b", {}, AnswerTarget::bytes({value, sizeof value, &size}));
  const RequestId counted = submit(Opcode::kCounterGet, "c", {}, AnswerTarget::word(&count));
  EXPECT_TRUE(sink.frames.empty()) << "nothing leaves before the turn";
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame frame = sink.take();
  ASSERT_EQ(frame.operations.size(), 3U);
  EXPECT_EQ(frame.header.sequence, 1U);
  EXPECT_EQ(frame.operations[2].opcode, Opcode::kCounterGet);
  EXPECT_EQ(session->take(written), Code::kInProgress);
  reply(frame, {{Code::kOk, {}}, {Code::kOk, "hello"}, {Code::kOk, word(std::int64_t{-5})}});
  EXPECT_EQ(session->take(written), Code::kOk);
  EXPECT_EQ(session->take(read), Code::kOk);
  EXPECT_EQ(session->take(counted), Code::kOk);
  EXPECT_EQ(std::string_view(value, size), "hello");
  EXPECT_EQ(count, -5);
  EXPECT_EQ(session->requests_in_use(), 0U);
  EXPECT_EQ(session->take(read), std::nullopt) << "told once";
}

TEST_F(SessionTest, a_frame_ends_at_its_limit_of_operations_and_at_its_goal_of_bytes) {
  for (std::size_t i = 0; i < kFrameOperationsMax + 1; ++i) submit(Opcode::kErase, "k");
  turn();
  ASSERT_EQ(sink.frames.size(), 2U);
  EXPECT_EQ(sink.take().operations.size(), kFrameOperationsMax);
  EXPECT_EQ(sink.take().operations.size(), 1U);
  const std::string half(kFrameBytesGoal / 2, 'x');
  for (int i = 0; i < 3; ++i) submit(Opcode::kPut, "k", half);
  turn();
  EXPECT_EQ(sink.frames.size(), 3U);
}

TEST_F(SessionTest, one_shards_window_is_32_frames_and_the_rest_waits) {
  std::vector<SentFrame> sent;
  for (std::size_t i = 0; i < kFramesUnderWayMax + 5; ++i) {
    put("k");
    turn();
  }
  ASSERT_EQ(sink.frames.size(), kFramesUnderWayMax);
  const SentFrame first = sink.take();
  reply(first, {{Code::kOk, {}}});
  EXPECT_EQ(count_sent_now(), 1U) << "what waited has coalesced";
  EXPECT_EQ(sink.frames.back().operations.size(), 5U);
  EXPECT_EQ(sink.frames.back().header.oldest, 2U) << "the shard may forget what was answered";
}

TEST_F(SessionTest, an_answer_that_does_not_fit_says_how_much_there_is) {
  char value[2] = {'.', '.'};
  std::size_t size = 0;
  const RequestId read = submit(Opcode::kGet, "key", {}, AnswerTarget::bytes({value, sizeof value, &size}));
  turn();
  reply(sink.take(), {{Code::kOk, "long"}});
  EXPECT_EQ(session->take(read), Code::kTooSmall);
  EXPECT_EQ(size, 4U);
  EXPECT_EQ(value[0], '.');
  EXPECT_EQ(error_text(), "get of key \"key\" at node 0 shard 0: the buffer is too small; the size out says what is needed");
}

TEST_F(SessionTest, a_reply_split_over_frames_is_put_together_in_any_order) {
  const RequestId a = put("a");
  const RequestId b = put("b");
  turn();
  const SentFrame frame = sink.take();
  reply(frame, {{Code::kFull, {}}}, 1);
  EXPECT_EQ(session->take(a), Code::kInProgress);
  reply(frame, {{Code::kOk, {}}}, 0);
  EXPECT_EQ(session->take(a), Code::kOk);
  EXPECT_EQ(session->take(b), Code::kFull);
}

TEST_F(SessionTest, garbage_and_foreign_replies_are_counted_and_dropped) {
  const RequestId id = put("a");
  turn();
  const SentFrame frame = sink.take();
  const std::vector<std::byte> good = reply_to(frame.header, {{Code::kOk, {}}});
  for (std::size_t size = 0; size < good.size(); ++size) session->handle(0, Bytes(good).first(size), now);
  reply(frame, {{Code::kOk, {}}}, 1);  // an answer to an operation that is not there
  session->handle(9, good, now);       // from a stream that is not there
  RequestHeader other = frame.header;
  other.sequence = 77;
  session->handle(0, reply_to(other, {{Code::kOk, {}}}), now);
  EXPECT_EQ(session->take(id), Code::kInProgress);
  EXPECT_EQ(session->counters().replies_dropped, good.size() + 3);
  reply(frame, {{Code::kOk, {}}});
  EXPECT_EQ(session->take(id), Code::kOk);
}

TEST_F(SessionTest, a_session_has_4096_requests_under_way_and_refuses_one_more_with_a_text) {
  for (std::size_t i = 0; i < kRequestsUnderWayMax; ++i) ASSERT_TRUE(put("k"));
  EXPECT_FALSE(put("one more"));
  EXPECT_EQ(session->last_failure().code, Code::kFull);
  EXPECT_NE(error_text().find("4096 requests under way"), std::string::npos);
  session->begin_call();
  EXPECT_FALSE(put("and another"));
  EXPECT_NE(error_text().find("and another"), std::string::npos) << "an older call's error: " << error_text();
}

// As many frames under way as may be, without a pause, and one wait that is never answered.
TEST_F(SessionTest, a_session_that_never_rests_goes_on_under_another_id_where_its_numbers_end) {
  constexpr std::uint32_t kPerId = 100;
  use(SessionSettings{.ack_nodes = 1, .local = {}, .frames_per_id = kPerId});
  const RequestId waiting = submit(Opcode::kWait, "w", word(std::uint64_t{0}), {}, 1'000'000 * kMs);
  turn();
  std::map<std::uint64_t, std::set<std::uint32_t>> seen;  // the numbers of each id
  std::deque<SentFrame> unanswered;
  std::set<std::string> applied;
  std::size_t begun = 0;
  std::vector<RequestId> open;
  const auto fill = [&] {
    std::erase_if(open, [&](RequestId id) { return session->take(id) == Code::kOk; });
    while (begun < 1000 && open.size() < 2 * kFramesUnderWayMax) {
      open.push_back(put("k" + std::to_string(begun++)));
      turn();
    }
  };
  for (fill(); !sink.frames.empty() || !unanswered.empty(); fill()) {
    for (; !sink.frames.empty(); unanswered.push_back(sink.take())) {
      const RequestHeader& header = sink.frames.front().header;
      EXPECT_LE(header.sequence, kPerId);
      EXPECT_TRUE(seen[header.session].insert(header.sequence).second) << "a number means two frames";
      EXPECT_LT(header.sequence - header.oldest, kFramesUnderWayMax);
    }
    const SentFrame frame = std::move(unanswered.front());
    unanswered.pop_front();
    std::vector<ScriptedAnswer> answers;
    for (const Operation& operation : frame.operations) {
      answers.push_back({operation.opcode == Opcode::kWait ? Code::kInProgress : Code::kOk, {}});
      if (operation.opcode != Opcode::kPut) continue;
      EXPECT_TRUE(applied.insert(std::string(as_text(operation.key))).second);
    }
    reply(frame, answers);
    turn();
  }
  EXPECT_EQ(applied.size(), 1000U);
  EXPECT_TRUE(open.empty());
  EXPECT_GE(seen.size(), 2U);
  EXPECT_EQ(session->take(waiting), Code::kInProgress);
}

TEST_F(SessionTest, a_shard_at_which_too_many_wait_is_told_apart_from_one_without_memory) {
  const RequestId crowded = put("a");
  turn();
  reply(sink.take(), {{Code::kCrowded, {}}});
  EXPECT_EQ(session->take(crowded), Code::kFull);
  EXPECT_NE(error_text().find("65536 frames at the shard wait until other nodes hold"), std::string::npos) << error_text();
  const RequestId full = put("a");
  turn();
  reply(sink.take(), {{Code::kFull, {}}});
  EXPECT_EQ(session->take(full), Code::kFull);
  EXPECT_NE(error_text().find("--memory"), std::string::npos) << error_text();
}

TEST_F(SessionTest, a_request_without_an_answer_ends_at_its_time_and_its_late_answer_meets_nothing) {
  std::int64_t value = 42;
  const RequestId read = submit(Opcode::kCounterGet, "steps", {}, AnswerTarget::word(&value), 20 * kMs);
  turn();
  const SentFrame frame = sink.take();
  turn(20 * kMs);
  EXPECT_EQ(session->take(read), Code::kInProgress);
  turn(1);
  EXPECT_EQ(session->take(read), Code::kTimeout);
  EXPECT_EQ(error_text(), "counter get of key \"steps\" at node 0 shard 0: no answer in time; allow more time, or see lath doctor");
  reply(frame, {{Code::kOk, word(std::int64_t{1})}});
  EXPECT_EQ(value, 42);
  EXPECT_EQ(session->requests_in_use(), 0U);
}

TEST_F(SessionTest, a_request_that_never_left_is_not_sent_once_its_time_is_over) {
  sink.answer = Sent::kBusy;
  const RequestId id = submit(Opcode::kPut, "k", "v", {}, 5 * kMs);
  turn();
  turn(6 * kMs);
  EXPECT_EQ(session->take(id), Code::kTimeout);
  EXPECT_NE(error_text().find("nothing was applied"), std::string::npos);
  sink.answer = Sent::kAccepted;
  turn(kMs);
  EXPECT_TRUE(sink.frames.empty());
}

TEST_F(SessionTest, a_cancelled_request_leaves_its_room_alone) {
  std::int64_t value = 42;
  const RequestId read = submit(Opcode::kCounterGet, "k", {}, AnswerTarget::word(&value));
  turn();
  EXPECT_TRUE(session->cancel(read));
  EXPECT_FALSE(session->cancel(read));
  reply(sink.take(), {{Code::kOk, word(std::int64_t{1})}});
  EXPECT_EQ(value, 42);
}

TEST_F(SessionTest, waits_that_stay_unanswered_do_not_hold_up_what_comes_after) {
  const RequestId waiting = submit(Opcode::kWait, "k", word(std::uint64_t{0}), AnswerTarget::word(nullptr), 1'000'000 * kMs);
  turn();
  sink.frames.clear();
  for (std::size_t i = 0; i < 3 * kFramesUnderWayMax; ++i) {
    const RequestId written = put("k");
    turn();
    ASSERT_FALSE(sink.frames.empty()) << i;
    const SentFrame frame = sink.take();
    ASSERT_LT(frame.header.sequence - frame.header.oldest, kFramesUnderWayMax);
    for (std::size_t op = 0; op < frame.operations.size(); ++op) {
      if (frame.operations[op].opcode == Opcode::kPut) reply(frame, {{Code::kOk, {}}}, static_cast<std::uint16_t>(op));
    }
    ASSERT_EQ(session->take(written), Code::kOk);
  }
  EXPECT_EQ(session->take(waiting), Code::kInProgress);
}

TEST_F(SessionTest, a_key_goes_to_the_local_node_where_that_holds_it_and_always_to_the_same_shard) {
  use(4, 2, NodeId{2});
  std::map<std::string, Place> first;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) put("key" + std::to_string(i));
    turn();
    for (const SentFrame& frame : sink.frames) {
      for (const Operation& operation : frame.operations) {
        const std::string key(as_text(operation.key));
        const Place place = first.emplace(key, frame.place).first->second;
        EXPECT_EQ(place, frame.place);
        Place replicas[2];
        ASSERT_EQ(views->current()->replicas(key_hash(operation.key), operation.key, replicas), 2U);
        const bool local = replicas[0].node == NodeId{2} || replicas[1].node == NodeId{2};
        EXPECT_EQ(frame.place.node, local ? NodeId{2} : replicas[0].node);
      }
    }
    sink.frames.clear();
  }
  EXPECT_EQ(first.size(), 200U);
}

}  // namespace lath::test
