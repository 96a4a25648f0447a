// A session whose frames and shards get lost: decision 4.
#include "session_fixture.hpp"

namespace lath::test {

TEST_F(SessionTest, a_lost_frame_is_sent_again_unchanged_with_growing_pauses) {
  add("steps");
  turn();
  const SentFrame first = sink.take();
  turn(49 * kMs);
  EXPECT_TRUE(sink.frames.empty());
  std::vector<TimeNs> sent_at;
  for (int i = 0; i < 6000; ++i) {
    turn(kMs);
    if (sink.frames.empty()) continue;
    sent_at.push_back(now);
    EXPECT_EQ(sink.take().bytes, first.bytes);
  }
  ASSERT_GE(sent_at.size(), 8U);
  EXPECT_GE(sent_at[1] - sent_at[0], 100 * kMs);
  EXPECT_GE(sent_at[2] - sent_at[1], 200 * kMs);
  EXPECT_EQ(sent_at[7] - sent_at[6], 1000 * kMs) << "at most a second";
}

TEST_F(SessionTest, a_frame_that_is_sent_again_lets_the_shard_forget_more) {
  put("a");
  turn();
  add("b");
  turn();
  const SentFrame first = sink.take();
  sink.frames.clear();
  reply(first, {{Code::kOk, {}}});
  turn(60 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_EQ(sink.frames.front().header.sequence, 2U);
  EXPECT_EQ(sink.frames.front().header.oldest, 2U);
}

TEST_F(SessionTest, a_repeated_reply_is_dropped) {
  std::int64_t value = 0;
  const RequestId read = submit(Opcode::kCounterGet, "k", {}, AnswerTarget::word(&value));
  turn();
  const SentFrame frame = sink.take();
  reply(frame, {{Code::kOk, word(std::int64_t{1})}});
  reply(frame, {{Code::kOk, word(std::int64_t{2})}});
  EXPECT_EQ(session->take(read), Code::kOk);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(session->counters().replies_dropped, 1U);
}

TEST_F(SessionTest, an_operation_at_the_wrong_shard_follows_the_new_view) {
  const RequestId id = add("k");
  turn();
  const SentFrame frame = sink.take();
  const std::uint64_t old_epoch = frame.header.epoch;
  reply(frame, {{Code::kWrongOwner, {}}});
  EXPECT_EQ(views->asked, 1);
  EXPECT_EQ(session->take(id), Code::kInProgress);
  views->merge(node_entry(1));
  turn();
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame again = sink.take();
  EXPECT_NE(again.header.epoch, old_epoch);
  ASSERT_EQ(again.operations.size(), 1U);
  EXPECT_EQ(as_text(again.operations[0].key), "k");
  EXPECT_EQ(as_text(again.operations[0].argument), word(std::int64_t{1}));
  reply(again, {{Code::kOk, {}}});
  EXPECT_EQ(session->take(id), Code::kOk);
}

TEST_F(SessionTest, shards_that_never_agree_end_the_operation_after_a_bounded_number_of_tries) {
  const RequestId id = add("k");
  std::size_t tries = 0;
  for (int i = 0; i < 5000 && session->is_under_way(id); ++i) {
    turn(kMs);
    while (!sink.frames.empty()) {
      ++tries;
      reply(sink.take(), {{Code::kWrongOwner, {}}});
    }
  }
  EXPECT_EQ(session->take(id), Code::kUnreachable);
  EXPECT_EQ(tries, kReroutesMax + 1);
  EXPECT_NE(error_text().find("views do not come to agree"), std::string::npos);
}

TEST_F(SessionTest, what_a_shard_puts_off_is_asked_again_after_a_pause) {
  const RequestId id = add("k");
  turn();
  reply(sink.take(), {{Code::kLater, {}}});
  turn();
  EXPECT_TRUE(sink.frames.empty());
  EXPECT_EQ(session->take(id), Code::kInProgress);
  turn(2 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U);
  reply(sink.take(), {{Code::kOk, {}}});
  EXPECT_EQ(session->take(id), Code::kOk);
  EXPECT_EQ(views->asked, 0);  // the place was right
}

// Each shard that can be reached puts off what it is asked.
class PutOff : public SessionTest {
 protected:
  void until_ended(RequestId id) {
    const TimeNs begun = now;
    for (int i = 0; i < 60000 && session->is_under_way(id); ++i) {
      turn(kMs);
      while (!sink.frames.empty()) {
        ++tries_;
        reply(sink.take(), {{Code::kLater, {}}});
      }
    }
    took_ = now - begun;
  }

  std::size_t tries_ = 0;
  TimeNs took_ = 0;
};

TEST_F(PutOff, for_ever_ends_as_full) {
  const RequestId id = add("k");
  until_ended(id);
  EXPECT_EQ(session->take(id), Code::kFull);
  EXPECT_EQ(tries_, kReroutesMax + 1);
  EXPECT_GT(took_, 500 * kMs);
  EXPECT_NE(error_text().find("gave it no memory"), std::string::npos);
}

TEST_F(PutOff, a_map_erase_has_its_whole_time_and_says_what_it_waited_for) {
  const RequestId id = submit(Opcode::kMapErase, "m", "f", AnswerTarget::nothing());
  until_ended(id);
  EXPECT_EQ(session->take(id), Code::kTimeout);
  EXPECT_GT(took_, 5000 * kMs);
  EXPECT_LT(tries_, took_ / (50 * kMs)) << "it asks some 15 times a second";
  EXPECT_NE(error_text().find("map erase of"), std::string::npos) << error_text();
  EXPECT_NE(error_text().find("may hold older parts of it does not say so; nothing was applied"), std::string::npos)
      << error_text();
}

TEST_F(PutOff, a_map_erase_has_its_whole_time_also_where_its_first_replica_is_lost) {
  use(2, 2);
  sink.closed_node = 0;
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h"}) {  // of some the first is that, of some the other
    const RequestId id = submit(Opcode::kMapErase, key, "f", AnswerTarget::nothing());
    until_ended(id);
    EXPECT_EQ(session->take(id), Code::kTimeout);
    EXPECT_GT(took_, 5000 * kMs);
    EXPECT_NE(error_text().find("may hold older parts of it does not say so; nothing was applied"), std::string::npos)
        << error_text();
  }
}

TEST_F(SessionTest, a_frame_keeps_the_epoch_by_which_it_was_routed) {
  add("k");
  turn();
  const SentFrame first = sink.take();
  views->merge(node_entry(1));
  put("other");
  turn(60 * kMs);
  bool seen = false;
  for (const SentFrame& frame : sink.frames) {
    if (frame.header.sequence != 1 || frame.place != first.place) continue;
    seen = true;
    EXPECT_EQ(frame.header.epoch, first.header.epoch);
  }
  EXPECT_TRUE(seen);
}

TEST_F(SessionTest, frames_are_brief_once_their_connection_has_carried_a_whole_one) {
  put("k");
  sink.answer = Sent::kBusy;
  turn();
  sink.answer = Sent::kAccepted;
  turn();
  const SentFrame first = sink.take();
  EXPECT_FALSE(first.header.brief) << "nothing has left before it";
  reply(first, {{Code::kOk, {}}});
  put("k");
  turn();
  EXPECT_TRUE(sink.take().header.brief);
  turn(60 * kMs);
  ASSERT_FALSE(sink.frames.empty());
  EXPECT_FALSE(sink.take().header.brief) << "what is sent again is whole: the first may have been lost with all it said";
  views->merge(node_entry(1, 1, NodeState::kLeaving));
  turn();
  put("k");
  turn();
  ASSERT_FALSE(sink.frames.empty());
  EXPECT_FALSE(sink.frames.back().header.brief) << "another epoch";
}

TEST_F(SessionTest, what_is_routed_by_two_views_does_not_share_a_frame) {
  put("a");
  views->merge(node_entry(1, 1, NodeState::kLeaving));
  sink.answer = Sent::kBusy;
  turn();
  put("b");
  sink.answer = Sent::kAccepted;
  turn();
  ASSERT_EQ(sink.frames.size(), 2U);
  EXPECT_NE(sink.frames[0].header.epoch, sink.frames[1].header.epoch);
}

TEST_F(SessionTest, after_a_lost_connection_idempotent_operations_go_to_the_next_replica_and_additions_are_unknown) {
  use(2, 2);
  const RequestId written = put("k");
  const RequestId counted = add("k");
  turn();
  const SentFrame frame = sink.take();
  session->place_failed(frame.stream, now);
  EXPECT_EQ(session->take(counted), Code::kUnknown);
  EXPECT_NE(error_text().find("may have been applied, once"), std::string::npos);
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame again = sink.take();
  EXPECT_NE(again.place.node, frame.place.node);
  ASSERT_EQ(again.operations.size(), 1U);
  reply(again, {{Code::kOk, {}}});
  EXPECT_EQ(session->take(written), Code::kOk);
}

TEST_F(SessionTest, over_another_connection_the_same_place_is_asked_at_once_what_may_be_asked_twice) {
  const RequestId written = put("k");
  const RequestId counted = add("k");
  turn();
  const SentFrame frame = sink.take();
  sink.has_another = true;
  session->connection_failed(frame.stream, now, sink);
  EXPECT_EQ(session->take(counted), Code::kUnknown);
  turn(2 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame again = sink.take();
  EXPECT_EQ(again.place, frame.place);
  EXPECT_FALSE(again.header.brief) << "the new connection knows nothing of the old one's context";
  ASSERT_EQ(again.operations.size(), 1U);
  reply(again, {{Code::kOk, {}}});
  EXPECT_EQ(session->take(written), Code::kOk);
}

TEST_F(SessionTest, an_addition_that_never_left_goes_to_the_next_replica) {
  use(2, 2);
  sink.closed_node = 0;
  std::vector<RequestId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(add("k" + std::to_string(i)));
  turn();
  turn();
  std::size_t operations = 0;
  while (!sink.frames.empty()) {
    const SentFrame frame = sink.take();
    EXPECT_EQ(frame.place.node, NodeId{1});
    operations += frame.operations.size();
    reply(frame, std::vector<ScriptedAnswer>(frame.operations.size()));
  }
  EXPECT_EQ(operations, 20U);
  for (const RequestId id : ids) EXPECT_EQ(session->take(id), Code::kOk);
}

TEST_F(SessionTest, of_a_shard_that_is_gone_it_is_told_that_it_does_not_answer_and_nothing_of_replicas) {
  const RequestId asked = session->submit_at(
      {NodeId{0}, ShardId{0}},
      {.operation = {Opcode::kShardStats, {}, {}}, .target = {}, .deadline = now + 1000 * kMs, .completion = {}}, now);
  turn();
  session->place_failed(sink.take().stream, now);
  EXPECT_EQ(session->take(asked), Code::kUnreachable);
  EXPECT_NE(error_text().find("at node 0 shard 0: the shard does not answer"), std::string::npos) << error_text();
  EXPECT_EQ(error_text().find("replica"), std::string::npos) << error_text();
}

// Another replica would take it beside the late one of the place, which drops it there.
TEST_F(SessionTest, over_another_connection_a_put_stays_with_its_place_though_that_was_silent) {
  use(2, 2);
  const RequestId written = put("k");
  turn();
  const SentFrame frame = sink.take();
  for (int time = 0; time < 10; ++time) turn(50 * kMs);  // asked again and again
  sink.frames.clear();
  sink.has_another = true;
  session->connection_failed(frame.stream, now, sink);
  turn(2 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame again = sink.take();
  EXPECT_EQ(again.place, frame.place);
  EXPECT_GT(again.header.oldest, frame.header.sequence) << "by which the place drops what comes late";
  reply(again, {{Code::kOk, {}}});
  EXPECT_EQ(session->take(written), Code::kOk);
}

TEST_F(SessionTest, over_another_connection_a_shard_is_asked_itself_what_never_left) {
  sink.answer = Sent::kBusy;
  const RequestId asked = session->submit_at(
      {NodeId{0}, ShardId{0}},
      {.operation = {Opcode::kShardStats, {}, {}}, .target = {}, .deadline = now + 1000 * kMs, .completion = {}}, now);
  turn();
  sink.answer = Sent::kAccepted;
  sink.has_another = true;
  session->connection_failed(0, now, sink);
  turn(2 * kMs);
  reply(sink.take(), {{Code::kOk, {}}});
  EXPECT_EQ(session->take(asked), Code::kOk);
}

TEST_F(SessionTest, no_replica_within_reach_ends_at_once_and_says_whether_it_may_have_been_applied) {
  const RequestId written = put("k");
  turn();
  session->place_failed(sink.take().stream, now);
  turn();
  EXPECT_EQ(session->take(written), Code::kUnknown) << "it had left";
  const RequestId later = put("k");
  EXPECT_EQ(session->take(later), Code::kUnreachable);
  turn(300 * kMs);
  const RequestId much_later = put("k");
  EXPECT_EQ(count_sent_now(), 1U) << "the place is tried again after a while";
  EXPECT_EQ(session->take(much_later), Code::kInProgress);
}

TEST_F(SessionTest, a_node_that_the_view_calls_dead_is_left_at_once) {
  use(2, 2);
  const RequestId id = put("k");
  turn();
  const SentFrame frame = sink.take();
  views->merge(node_entry(frame.place.node.value, 1, NodeState::kDead));
  turn();
  turn();
  EXPECT_EQ(sink.forgotten, std::vector<std::uint32_t>{frame.stream});
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_NE(sink.frames.front().place.node, frame.place.node);
  EXPECT_EQ(session->take(id), Code::kInProgress);
}

TEST_F(SessionTest, a_node_in_its_next_life_is_not_sent_what_its_last_may_have_counted) {
  const RequestId id = add("k");
  turn();
  const SentFrame frame = sink.take();
  views->merge(node_entry(0, 2));
  turn();
  EXPECT_EQ(session->take(id), Code::kUnknown);
  EXPECT_EQ(sink.forgotten.size(), 1U);
  turn(100 * kMs);
  EXPECT_TRUE(sink.frames.empty());
  const RequestId next = add("k");
  EXPECT_EQ(count_sent_now(), 1U);
  EXPECT_EQ(session->take(next), Code::kInProgress);
}

TEST_F(SessionTest, a_sum_of_arrays_is_an_addition_and_a_maximum_is_not) {
  use(2, 2);
  const std::string one = word(1.0F);
  const RequestId sum = submit(Opcode::kArrayMerge, "k", std::string("\x02\x00", 2) + one);
  const RequestId max = submit(Opcode::kArrayMerge, "k", std::string("\x00\x00", 2) + one);
  const RequestId field_put = submit(Opcode::kMapUpdate, "k",
                                     std::string("\x01\x00"
                                                 "f\x01v",
                                                 5));
  const RequestId field_add = submit(Opcode::kMapUpdate, "k",
                                     std::string("\x01\x00"
                                                 "f\x0c",
                                                 4) +
                                         word(std::int64_t{1}));
  turn();
  session->place_failed(sink.take().stream, now);
  EXPECT_EQ(session->take(sum), Code::kUnknown);
  EXPECT_EQ(session->take(max), Code::kInProgress);
  EXPECT_EQ(session->take(field_put), Code::kInProgress);
  EXPECT_EQ(session->take(field_add), Code::kUnknown);
}

}  // namespace lath::test
