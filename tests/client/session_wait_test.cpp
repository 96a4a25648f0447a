// Waits and flushes that the shard has not answered yet: whether it lives, where else to ask, and what to say when the time is over.
#include "session_fixture.hpp"

namespace lath::test {

namespace {

std::string lagging(std::initializer_list<std::uint32_t> nodes) {
  std::vector<NodeId> ids;
  for (const std::uint32_t node : nodes) ids.push_back(NodeId{node});
  FrameBuffer payload;
  write_lagging(payload, ids);
  return std::string(as_text(payload.bytes()));
}

}  // namespace

class WaitingSession : public SessionTest {
 protected:
  WaitingSession() { use(2, 2); }

  RequestId wait(std::string_view key, std::uint64_t since, TimeNs timeout = 100'000 * kMs) {
    return submit(Opcode::kWait, key, word(since), AnswerTarget::word(&version), timeout);
  }
  // Time passes. The living place answers what it is asked with "under way", the other does not answer.
  void pass(TimeNs duration, std::string payload = {}) {
    for (const TimeNs end = now + duration; now < end;) {
      turn(kMs);
      while (!sink.frames.empty()) {
        const SentFrame frame = sink.take();
        ++asked[frame.place.node.value];
        last[frame.place.node.value] = frame;
        if (frame.place.node.value != silent)
          reply(frame, std::vector<ScriptedAnswer>(frame.operations.size(), {Code::kInProgress, payload}));
      }
    }
  }
  std::uint32_t home_of(const std::string& key) const { return views->current()->ring.primary(key_hash(as_bytes(key))).node.value; }

  std::uint64_t version = 0;
  std::uint32_t silent = 99;
  std::map<std::uint32_t, int> asked;
  std::map<std::uint32_t, SentFrame> last;
};

TEST_F(WaitingSession, stays_where_the_shard_says_that_the_wait_is_parked) {
  const RequestId waiting = wait("k", 9);
  pass(10'000 * kMs);
  EXPECT_EQ(session->take(waiting), Code::kInProgress);
  EXPECT_EQ(asked.size(), 1U) << "at one place";
  EXPECT_LE(asked[home_of("k")], 12) << "about once a second";
  EXPECT_GE(asked[home_of("k")], 9);
  now += kMs;
  reply(last[home_of("k")], {{Code::kOk, word(std::uint64_t{11})}});
  EXPECT_EQ(session->take(waiting), Code::kOk);
  EXPECT_EQ(version, 11U);
}

TEST_F(WaitingSession, asks_another_replica_where_the_shard_never_says_a_word) {
  silent = home_of("k");
  const RequestId waiting = wait("k", 9);
  pass(500 * kMs);
  ASSERT_EQ(asked.size(), 2U);
  reply(last[1 - silent], {{Code::kOk, word(std::uint64_t{11})}});
  EXPECT_EQ(session->take(waiting), Code::kOk);
}

TEST_F(WaitingSession, asks_another_replica_where_the_shard_falls_silent_with_the_wait_parked) {
  const RequestId waiting = wait("k", 9);
  pass(5'000 * kMs);
  ASSERT_EQ(asked.size(), 1U);
  silent = home_of("k");
  pass(1'500 * kMs);
  ASSERT_EQ(asked.size(), 2U);
  ASSERT_EQ(last[1 - silent].operations.size(), 1U);
  EXPECT_EQ(last[1 - silent].operations[0].opcode, Opcode::kWait);
  reply(last[silent], {{Code::kOk, word(std::uint64_t{10})}});
  EXPECT_EQ(session->take(waiting), Code::kInProgress) << "it is the other's to answer now";
  reply(last[1 - silent], {{Code::kOk, word(std::uint64_t{11})}});
  EXPECT_EQ(session->take(waiting), Code::kOk);
}

TEST_F(WaitingSession, goes_on_asking_where_there_is_no_other_replica) {
  use(2, 1);
  silent = home_of("k");
  const RequestId waiting = wait("k", 9);
  pass(5'000 * kMs);
  ASSERT_EQ(asked.size(), 1U);
  reply(last[silent], {{Code::kOk, word(std::uint64_t{11})}});
  EXPECT_EQ(session->take(waiting), Code::kOk);
}

TEST_F(WaitingSession, does_not_take_a_shard_for_dead_that_answers_others) {
  const RequestId waiting = wait("k", 9);
  turn();
  sink.frames.clear();
  for (int i = 0; i < 30; ++i) {
    turn(100 * kMs);
    sink.frames.clear();
    submit(Opcode::kGet, "k");
    turn();
    while (!sink.frames.empty()) {
      const SentFrame frame = sink.take();
      EXPECT_EQ(frame.place.node.value, home_of("k"));
      if (frame.operations[0].opcode == Opcode::kGet) reply(frame, {{Code::kOk, "v"}});
    }
  }
  EXPECT_EQ(session->take(waiting), Code::kInProgress);
}

TEST_F(WaitingSession, that_is_out_of_time_says_what_did_not_happen) {
  const RequestId moved = wait("k", 9, 700 * kMs);
  pass(800 * kMs);
  EXPECT_EQ(session->take(moved), Code::kTimeout);
  const std::string at = "wait of key \"k\" at node " + std::to_string(home_of("k")) + " shard 0: ";
  EXPECT_EQ(error_text(), at + "the key did not move past version 9 in time");
  const RequestId made = wait("k", 0, 20 * kMs);
  pass(30 * kMs);
  EXPECT_EQ(session->take(made), Code::kTimeout);
  EXPECT_EQ(error_text(), at + "the key did not come to hold anything in time");
  silent = home_of("k");
  const RequestId lost = wait("k", 9, 20 * kMs);
  pass(30 * kMs);
  EXPECT_EQ(session->take(lost), Code::kTimeout);
  EXPECT_EQ(error_text(), at + "no answer in time; allow more time, or see lath doctor");
}

TEST_F(WaitingSession, that_was_parked_where_nobody_answers_any_more_does_not_say_that_the_key_did_not_move) {
  use(2, 1);
  const RequestId waiting = wait("k", 9, 5'000 * kMs);
  pass(2'000 * kMs);
  silent = home_of("k");
  pass(4'000 * kMs);
  EXPECT_EQ(session->take(waiting), Code::kTimeout);
  EXPECT_NE(error_text().find("no answer in time"), std::string::npos) << error_text();
}

class LateFlush : public WaitingSession {
 protected:
  void write(std::string_view key) {
    put(key);
    turn();
    reply(sink.take(), {{Code::kOk, {}}});
  }
  std::string text_after(std::uint8_t nodes, std::string payload = {}) {
    const RequestId flushed = session->flush(nodes, now + 500 * kMs, {}, now);
    pass(510 * kMs, std::move(payload));
    EXPECT_EQ(session->take(flushed), Code::kTimeout);
    return error_text();
  }
};

TEST_F(LateFlush, names_the_nodes_that_have_not_acknowledged_and_what_was_expected) {
  write("k");
  const std::string at = "flush at node " + std::to_string(home_of("k")) + " shard 0: ";
  EXPECT_EQ(text_after(0, lagging({7})),
            at + "node 7 has not acknowledged in time what the session wrote there; expected: on every replica; see lath nodes and "
                 "lath doctor");
  EXPECT_EQ(text_after(2, lagging({3, 4, 5, 6, 7, 8})),
            at +
                "nodes 3, 4, 5, 6 and 2 more have not acknowledged in time what the session wrote there; expected: on 2 nodes; see "
                "lath nodes and lath doctor");
}

TEST_F(LateFlush, names_the_shard_that_does_not_answer) {
  write("k");
  silent = home_of("k");
  EXPECT_EQ(text_after(0),
            "flush at node " + std::to_string(silent) +
                " shard 0: it has not said in time who holds what the session wrote there; expected: on every replica; "
                "see lath nodes and lath doctor");
}

TEST_F(LateFlush, names_one_shard_and_counts_the_others) {
  use(8, 2);
  for (int i = 0; i < 100; ++i) put("key" + std::to_string(i));
  turn();
  while (!sink.frames.empty()) {
    const SentFrame frame = sink.take();
    reply(frame, std::vector<ScriptedAnswer>(frame.operations.size()));
  }
  EXPECT_NE(text_after(0, lagging({3})).find("7 shards more are not done either"), std::string::npos) << error_text();
}

TEST_F(LateFlush, names_the_shard_that_has_not_answered_an_update_before_it) {
  silent = home_of("k");
  put("k");
  EXPECT_EQ(text_after(0),
            "flush at node " + std::to_string(silent) +
                " shard 0: it has not answered in time an update that the session began before; see lath nodes and lath "
                "doctor");
}

TEST_F(LateFlush, goes_on_being_asked_of_the_shard_that_fell_silent) {
  write("k");
  const RequestId flushed = session->flush(0, now + 100'000 * kMs, {}, now);
  pass(3'000 * kMs);
  silent = home_of("k");
  pass(3'000 * kMs);
  EXPECT_EQ(asked.size(), 1U);
  reply(last[silent], {{Code::kOk, {}}});
  turn();
  EXPECT_EQ(session->take(flushed), Code::kOk);
}

}  // namespace lath::test
