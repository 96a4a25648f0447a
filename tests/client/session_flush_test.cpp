// A flush: after the updates before it, at every shard that took some.
#include "session_fixture.hpp"

namespace lath::test {

namespace {
std::size_t flushes_in(const SentFrame& frame) {
  return static_cast<std::size_t>(std::count_if(frame.operations.begin(), frame.operations.end(),
                                                [](const Operation& each) { return each.opcode == Opcode::kFlush; }));
}
}  // namespace

TEST_F(SessionTest, a_flush_waits_for_the_updates_before_it_then_asks_each_shard_that_took_some) {
  use(8, 2);
  for (int i = 0; i < 100; ++i) put("key" + std::to_string(i));
  const RequestId flushed = session->flush(2, now + 1000 * kMs, {}, now);
  turn();
  std::vector<SentFrame> updates(sink.frames.begin(), sink.frames.end());
  sink.frames.clear();
  for (std::size_t i = 0; i < updates.size(); ++i) {
    EXPECT_EQ(flushes_in(updates[i]), 0U);
    turn();
    EXPECT_TRUE(sink.frames.empty());
    reply(updates[i], std::vector<ScriptedAnswer>(updates[i].operations.size()));
  }
  turn();
  ASSERT_EQ(sink.frames.size(), updates.size());
  while (!sink.frames.empty()) {
    EXPECT_EQ(session->take(flushed), Code::kInProgress);
    const SentFrame frame = sink.take();
    ASSERT_EQ(flushes_in(frame), 1U);
    EXPECT_EQ(frame.operations[0].argument[0], std::byte{2});
    reply(frame, {{Code::kOk, {}}});
    turn();
  }
  EXPECT_EQ(session->take(flushed), Code::kOk);
}

TEST_F(SessionTest, a_flush_after_nothing_but_reads_ends_at_once) {
  submit(Opcode::kGet, "k");
  const RequestId flushed = session->flush(0, now + 1000 * kMs, {}, now);
  EXPECT_EQ(session->take(flushed), Code::kOk);
}

TEST_F(SessionTest, a_flush_whose_shard_is_lost_says_that_it_does_not_know) {
  put("k");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  const RequestId flushed = session->flush(0, now + 1000 * kMs, {}, now);
  turn();
  session->place_failed(sink.take().stream, now);
  turn();
  EXPECT_EQ(session->take(flushed), Code::kUnknown);
  EXPECT_NE(error_text().find("flush at node 0 shard 0: the shard was lost; whether other nodes hold"), std::string::npos)
      << error_text();
}

TEST_F(SessionTest, a_flush_takes_what_a_node_handed_over_before_it_left_for_held) {
  use(2, 1);
  put("k");
  turn();
  const SentFrame frame = sink.take();
  reply(frame, {{Code::kOk, {}}});
  const RequestId under_way = session->flush(0, now + 1000 * kMs, {}, now);
  turn();
  sink.frames.clear();
  views->merge(node_entry(frame.place.node.value, 1, NodeState::kLeft));
  turn();
  EXPECT_EQ(session->take(under_way), Code::kOk);
  const RequestId after = session->flush(0, now + 1000 * kMs, {}, now);
  turn();
  EXPECT_EQ(session->take(after), Code::kOk);
  EXPECT_TRUE(sink.frames.empty()) << "a node that is gone was asked";
}

TEST_F(SessionTest, a_flush_ends_at_its_time_and_the_next_one_asks_again) {
  put("k");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  const RequestId flushed = session->flush(0, now + 10 * kMs, {}, now);
  turn();
  EXPECT_EQ(flushes_in(sink.take()), 1U);
  turn(11 * kMs);
  turn();
  EXPECT_EQ(session->take(flushed), Code::kTimeout);
  const RequestId again = session->flush(0, now + 10 * kMs, {}, now);
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  reply(sink.take(), {{Code::kOk, {}}});
  turn();
  EXPECT_EQ(session->take(again), Code::kOk);
}

TEST_F(SessionTest, a_flush_asks_again_where_more_nodes_are_wanted_than_the_last_one_made_sure_of) {
  use(8, 3);
  put("k");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  const auto is_asked_for = [&](std::uint8_t nodes) {
    const RequestId flushed = session->flush(nodes, now + 1000 * kMs, {}, now);
    turn();
    const bool asked = !sink.frames.empty();
    if (asked) reply(sink.take(), {{Code::kOk, {}}});
    turn();
    EXPECT_EQ(session->take(flushed), Code::kOk);
    return asked;
  };
  EXPECT_TRUE(is_asked_for(2));
  EXPECT_FALSE(is_asked_for(2));
  EXPECT_FALSE(is_asked_for(1));
  EXPECT_TRUE(is_asked_for(3));
  EXPECT_TRUE(is_asked_for(0));
  EXPECT_FALSE(is_asked_for(3));
  put("k");
  EXPECT_EQ(count_sent_now(), 1U);
  reply(sink.take(), {{Code::kOk, {}}});
  EXPECT_TRUE(is_asked_for(1));
}

TEST_F(SessionTest, a_flush_to_more_nodes_than_any_key_is_on_is_refused_whatever_was_written) {
  use(8, 2);
  const auto refused = [&] { return session->take(session->flush(3, now + 1000 * kMs, {}, now)); };
  EXPECT_EQ(refused(), Code::kInvalid);
  EXPECT_NE(error_text().find("no key is on so many nodes"), std::string::npos) << error_text();
  put("k");
  EXPECT_EQ(refused(), Code::kInvalid);
}

TEST_F(SessionTest, a_flush_to_more_nodes_than_a_written_key_is_on_is_refused_where_other_keys_are_on_more) {
  use(8, 2);
  views->place(*Placement::from({"2x1", "solo/=1x1"}, Replication{}));
  turn();
  const auto flush = [&](std::uint8_t nodes) {
    const RequestId flushed = session->flush(nodes, now + 1000 * kMs, {}, now);
    turn();
    while (!sink.frames.empty()) reply(sink.take(), {{Code::kOk, {}}});
    turn();
    return session->take(flushed);
  };
  put("on two");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  EXPECT_EQ(flush(2), Code::kOk);
  put("solo/x");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  EXPECT_EQ(flush(2), Code::kInvalid);
  EXPECT_NE(error_text().find("are by their replication on fewer nodes"), std::string::npos) << error_text();
  EXPECT_EQ(flush(1), Code::kOk);
  EXPECT_EQ(flush(0), Code::kOk);
}

TEST_F(SessionTest, a_flush_to_more_nodes_than_a_key_is_on_is_refused_where_its_update_was_still_under_way) {
  use(8, 2);
  views->place(*Placement::from({"2x1", "solo/=1x1"}, Replication{}));
  turn();
  const RequestId updated = submit(Opcode::kPut, "solo/x", "v");
  const RequestId flushed = session->flush(2, now + 1000 * kMs, {}, now);
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  turn();
  EXPECT_TRUE(sink.frames.empty()) << "nobody is asked";
  EXPECT_EQ(session->take(updated), Code::kOk);
  EXPECT_EQ(session->take(flushed), Code::kInvalid);
  EXPECT_NE(error_text().find("are by their replication on fewer nodes"), std::string::npos) << error_text();
}

TEST_F(SessionTest, a_flush_asks_nothing_of_a_shard_that_answered_no_update) {
  use(2, 2);
  const RequestId updated = submit(Opcode::kMaxI64Merge, "k", word(std::int64_t{1}));
  turn();
  const SentFrame lost = sink.take();
  session->place_failed(lost.stream, now);
  turn(100 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U) << "it goes to the other replica";
  const SentFrame again = sink.take();
  ASSERT_NE(again.place.node, lost.place.node);
  reply(again, {{Code::kOk, {}}});
  EXPECT_EQ(session->take(updated), Code::kOk);
  const RequestId flushed = session->flush(1, now + 1000 * kMs, {}, now);
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_EQ(sink.frames.front().place.node, again.place.node);
  reply(sink.take(), {{Code::kOk, {}}});
  turn();
  EXPECT_EQ(session->take(flushed), Code::kOk);
}

// It may be applied there, or come to be: whoever asked for it no longer waits for it, and a flush is to.
TEST_F(SessionTest, a_flush_asks_where_an_update_was_sent_that_nobody_waits_for_any_more) {
  for (const bool cancelled : {true, false}) {
    use(1, 1);
    sink.frames.clear();
    const RequestId update = submit(Opcode::kPut, "k", "v", {}, 100 * kMs);
    turn();
    const SentFrame late = sink.take();
    if (cancelled) {
      ASSERT_TRUE(session->cancel(update));
    } else {
      turn(200 * kMs);
      EXPECT_EQ(session->take(update), Code::kTimeout);
    }
    sink.frames.clear();
    const RequestId flushed = session->flush(0, now + 1000 * kMs, {}, now);
    turn();
    ASSERT_EQ(sink.frames.size(), 1U) << (cancelled ? "cancelled" : "out of time");
    EXPECT_EQ(flushes_in(sink.frames.front()), 1U);
    EXPECT_EQ(session->take(flushed), Code::kInProgress);
    reply(late, {{Code::kOk, {}}});
    reply(sink.take(), {{Code::kOk, {}}});
    turn();
    EXPECT_EQ(session->take(flushed), Code::kOk);
  }
}

TEST_F(SessionTest, a_refused_update_of_a_key_on_few_nodes_forbids_no_flush) {
  use(8, 2);
  views->place(*Placement::from({"2x1", "solo/=1x1"}, Replication{}));
  turn();
  const RequestId refused = put("solo/x");
  turn();
  reply(sink.take(), {{Code::kInvalid, {}}});
  EXPECT_EQ(session->take(refused), Code::kInvalid);
  const RequestId flushed = session->flush(2, now + 1000 * kMs, {}, now);
  turn();
  while (!sink.frames.empty()) reply(sink.take(), {{Code::kOk, {}}});
  turn();
  EXPECT_EQ(session->take(flushed), Code::kOk);
}

TEST_F(SessionTest, what_comes_while_a_flush_is_under_way_is_for_the_next_one) {
  put("k");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  const RequestId first = session->flush(0, now + 1000 * kMs, {}, now);
  turn();
  const SentFrame asked = sink.take();
  put("k");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  reply(asked, {{Code::kOk, {}}});
  turn();
  EXPECT_EQ(session->take(first), Code::kOk);
  const RequestId second = session->flush(0, now + 1000 * kMs, {}, now);
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_EQ(flushes_in(sink.take()), 1U);
  EXPECT_EQ(session->take(second), Code::kInProgress);
}

}  // namespace lath::test
