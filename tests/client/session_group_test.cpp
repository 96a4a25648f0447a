// Many operations on one record: they share it for as long as all goes well, and part where something does not.
#include "client/operation_group.hpp"
#include "session_fixture.hpp"

namespace lath::test {

class GroupTest : public SessionTest {
 protected:
  void add_put(std::string_view key) { group.add({Opcode::kPut, as_bytes(key), as_bytes("v")}, {}); }
  void add_count(std::string_view key) { group.add({Opcode::kCounterAdd, as_bytes(key), as_bytes(word(std::int64_t{1}))}, {}); }
  void add_get(std::string_view key, std::uint64_t& value, std::size_t& size) {
    group.add({Opcode::kGet, as_bytes(key), {}}, AnswerTarget::bytes({&value, sizeof value, &size}));
  }
  // Begins all of the group, as a blocking run does, or as one that has a request.
  RequestId begin(TimeNs timeout = 10'000 * kMs, RequestId batch = {}) {
    session->begin_call();
    session->number(group);
    const RequestId members = session->open_members(group, 0, now + timeout, batch);
    session->append_members(members, 0, group.size(), now);
    session->seal_members(members);
    return members;
  }
  RequestId begin_batch(TimeNs timeout = 10'000 * kMs) {
    session->begin_call();
    const RequestId batch = session->open_batch(group);
    group.left = 1;
    begin(timeout, batch);
    session->count_down(&group.left, batch);
    return batch;
  }
  Code status(std::size_t index) const { return group.member(index).status; }

  OperationGroup group;
};

TEST_F(GroupTest, members_share_a_frame_and_a_record_and_are_answered_where_they_asked_for_it) {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::size_t first_size = 0;
  std::size_t second_size = 0;
  add_get("a", first, first_size);
  add_put("b");
  add_get("c", second, second_size);
  const RequestId members = begin();
  EXPECT_EQ(session->requests_in_use(), 4U) << "each may come to need a record of its own";
  EXPECT_EQ(session->take(members), std::nullopt) << "nobody's to ask about";
  EXPECT_FALSE(session->cancel(members));
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame frame = sink.take();
  ASSERT_EQ(frame.operations.size(), 3U);
  EXPECT_EQ(as_text(frame.operations[1].key), "b");
  EXPECT_EQ(as_text(frame.operations[1].argument), "v");
  reply(frame, {{Code::kOk, word(std::uint64_t{7})}, {}, {Code::kOk, "xyz"}});
  EXPECT_EQ(group.left, 0U);
  EXPECT_EQ(group.first_failure(), Code::kOk);
  EXPECT_EQ(first, 7U);
  EXPECT_EQ(first_size, 8U);
  EXPECT_EQ(second_size, 3U);
  EXPECT_EQ(session->requests_in_use(), 0U);
}

TEST_F(GroupTest, a_member_fails_alone_and_the_first_of_those_that_failed_is_told) {
  std::uint64_t value = 0;
  std::size_t size = 0;
  add_put("a");
  add_get("b", value, size);
  add_put("c");
  add_put("d");
  begin();
  turn();
  const SentFrame frame = sink.take();
  reply(frame, {{Code::kFull, {}}, {}}, 2);
  EXPECT_EQ(group.left, 2U);
  reply(frame, {{}, {Code::kOk, "longer than the room"}}, 0);
  EXPECT_EQ(group.left, 0U);
  EXPECT_EQ(status(0), Code::kOk);
  EXPECT_EQ(status(1), Code::kTooSmall);
  EXPECT_EQ(size, 20U);
  EXPECT_EQ(status(2), Code::kFull);
  EXPECT_EQ(status(3), Code::kOk);
  EXPECT_EQ(group.first_failure(), Code::kTooSmall);
  EXPECT_EQ(error_text(), "get of key \"b\" at node 0 shard 0: the buffer is too small; the size out says what is needed");
  EXPECT_EQ(session->requests_in_use(), 0U);
}

TEST_F(GroupTest, a_reply_that_comes_twice_or_in_parts_counts_once) {
  add_put("a");
  add_put("b");
  begin();
  turn();
  const SentFrame frame = sink.take();
  reply(frame, {{}}, 1);
  reply(frame, {{}}, 1);
  EXPECT_EQ(group.left, 1U);
  reply(frame, {{}}, 0);
  reply(frame, {{}}, 0);
  EXPECT_EQ(group.left, 0U);
  EXPECT_EQ(session->counters().replies_dropped, 1U) << "the frame was gone";
}

TEST_F(GroupTest, what_is_lost_is_sent_again_as_it_was) {
  add_count("a");
  add_count("b");
  begin();
  turn();
  const SentFrame first = sink.take();
  turn(60 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame again = sink.take();
  EXPECT_EQ(again.header.sequence, first.header.sequence) << "so that the shard knows it";
  reply(again, {{}, {}});
  EXPECT_EQ(group.left, 0U);
  EXPECT_EQ(group.first_failure(), Code::kOk);
}

TEST_F(GroupTest, a_lost_place_ends_additions_as_unknown_and_reads_are_asked_elsewhere) {
  use(2, 2);
  std::uint64_t value = 0;
  std::size_t size = 0;
  add_count("k");
  add_get("k", value, size);
  begin();
  turn();
  const SentFrame frame = sink.take();
  session->place_failed(frame.stream, now);
  EXPECT_EQ(status(0), Code::kUnknown) << "never applied twice";
  EXPECT_EQ(status(1), Code::kInProgress);
  EXPECT_EQ(group.left, 1U);
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame elsewhere = sink.take();
  EXPECT_NE(elsewhere.place, frame.place);
  ASSERT_EQ(elsewhere.operations.size(), 1U);
  EXPECT_EQ(elsewhere.operations[0].opcode, Opcode::kGet);
  reply(elsewhere, {{Code::kOk, word(std::uint64_t{9})}});
  EXPECT_EQ(value, 9U);
  EXPECT_EQ(group.left, 0U);
  EXPECT_EQ(session->requests_in_use(), 0U);
}

TEST_F(GroupTest, additions_that_never_left_go_elsewhere) {
  use(2, 2);
  add_count("k");
  begin();
  sink.answer = Sent::kClosed;
  turn();
  sink.answer = Sent::kAccepted;
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  reply(sink.take(), {{}});
  EXPECT_EQ(group.first_failure(), Code::kOk);
}

TEST_F(GroupTest, the_wrong_owner_is_left_by_the_member_that_was_told_so) {
  add_put("a");
  add_put("b");
  begin();
  turn();
  reply(sink.take(), {{Code::kWrongOwner, {}}, {}});
  EXPECT_EQ(status(1), Code::kOk);
  EXPECT_EQ(group.left, 1U);
  turn(2 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U);
  const SentFrame again = sink.take();
  ASSERT_EQ(again.operations.size(), 1U);
  reply(again, {{}});
  EXPECT_EQ(group.first_failure(), Code::kOk);
}

TEST_F(GroupTest, out_of_time_each_member_says_whether_it_may_have_been_applied) {
  add_put("a");
  add_put("b");
  begin(10 * kMs);
  turn();
  reply(sink.take(), {{}}, 0);
  turn(11 * kMs);
  EXPECT_EQ(status(0), Code::kOk);
  EXPECT_EQ(status(1), Code::kTimeout);
  EXPECT_EQ(group.left, 0U);
  EXPECT_NE(error_text().find("it may have been applied"), std::string::npos) << error_text();
  EXPECT_EQ(session->requests_in_use(), 0U);
  sink.answer = Sent::kBusy;
  group.clear();
  add_put("c");
  begin(10 * kMs);
  turn();
  turn(11 * kMs);
  EXPECT_EQ(status(0), Code::kTimeout);
  EXPECT_NE(error_text().find("nothing was applied"), std::string::npos) << error_text();
}

// A run of many frames looks at the clock between them.
TEST_F(GroupTest, what_is_added_after_time_has_run_out_ends_too) {
  add_put("a");
  add_put("b");
  session->number(group);
  const RequestId members = session->open_members(group, 0, 10 * kMs, {});
  session->append_members(members, 0, 1, 0);
  turn(11 * kMs);
  EXPECT_EQ(status(0), Code::kTimeout);
  session->append_members(members, 1, 2, 11 * kMs);
  session->seal_members(members);
  turn(11 * kMs);
  EXPECT_EQ(status(1), Code::kTimeout);
  EXPECT_EQ(group.left, 0U);
}

TEST_F(GroupTest, without_a_node_each_member_is_unreachable) {
  use(0, 1);
  add_put("a");
  add_put("b");
  begin();
  EXPECT_EQ(group.left, 0U);
  EXPECT_EQ(status(0), Code::kUnreachable);
  EXPECT_EQ(status(1), Code::kUnreachable);
  EXPECT_EQ(session->requests_in_use(), 0U);
}

TEST_F(GroupTest, a_flush_waits_for_the_updates_of_a_group_before_it_alone) {
  add_put("a");
  begin();
  const RequestId flushed = session->flush(0, now + 1000 * kMs, {}, now);
  OperationGroup behind;
  behind.add({Opcode::kPut, as_bytes("b"), as_bytes("v")}, {});
  session->number(behind);
  turn();  // so that the second has a frame of its own
  const RequestId members = session->open_members(behind, 0, now + 1000 * kMs, {});
  session->append_members(members, 0, 1, now);
  session->seal_members(members);
  turn();
  ASSERT_EQ(sink.frames.size(), 2U);
  reply(sink.take(), {{}});
  sink.take();
  turn();
  ASSERT_EQ(sink.frames.size(), 1U) << "the flush has left, and the group behind it is not answered";
  reply(sink.take(), {{}});
  turn();
  EXPECT_EQ(session->take(flushed), Code::kOk);
  EXPECT_EQ(behind.left, 1U);
}

TEST_F(GroupTest, a_batch_ends_with_its_last_member_and_has_the_failure_of_the_first_that_failed) {
  add_put("a");
  add_put("b");
  const RequestId batch = begin_batch();
  EXPECT_EQ(session->take(batch), Code::kInProgress);
  turn();
  const SentFrame frame = sink.take();
  reply(frame, {{Code::kFull, {}}}, 1);
  EXPECT_EQ(session->take(batch), Code::kInProgress);
  const RequestId another = put("another");
  turn();
  reply(sink.take(), {{Code::kTooLarge, {}}});
  EXPECT_EQ(session->take(another), Code::kTooLarge);
  reply(frame, {{}}, 0);
  EXPECT_EQ(session->take(batch), Code::kFull);
  EXPECT_NE(error_text().find("put of key \"b\""), std::string::npos) << error_text();
  EXPECT_EQ(session->take(batch), std::nullopt) << "told once";
}

TEST_F(GroupTest, a_batch_that_is_cancelled_is_written_to_no_more) {
  std::uint64_t value = 0;
  std::size_t size = 0;
  add_get("a", value, size);
  add_get("b", value, size);
  const RequestId batch = begin_batch();
  turn();
  const SentFrame frame = sink.take();
  EXPECT_TRUE(session->cancel(batch));
  EXPECT_EQ(session->requests_in_use(), 0U);
  reply(frame, {{Code::kOk, word(std::uint64_t{9})}, {Code::kOk, word(std::uint64_t{9})}});
  EXPECT_EQ(value, 0U);
  EXPECT_EQ(session->take(batch), std::nullopt);
}

TEST_F(GroupTest, a_batch_of_nothing_ends_at_once) {
  EXPECT_EQ(session->take(begin_batch()), Code::kOk);
}

}  // namespace lath::test
