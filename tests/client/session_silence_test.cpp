// A place that answers nothing although its connection stands: a stopped process.
#include "session_fixture.hpp"

namespace lath::test {

class SilentPlace : public SessionTest {
 protected:
  SilentPlace() { use(2, 2); }

  // Time passes; what is sent to the silent place is dropped, and what goes elsewhere is kept.
  void pass(TimeNs duration) {
    for (const TimeNs end = now + duration; now < end;) {
      turn(kMs);
      while (!sink.frames.empty()) {
        SentFrame frame = sink.take();
        std::vector<SentFrame>& frames = frame.place == silent ? unheard : heard;
        const bool again = !frames.empty() && frames.back().header.sequence >= frame.header.sequence;
        if (!again || frame.place == silent) frames.push_back(std::move(frame));
      }
    }
  }
  std::size_t operations(const std::vector<SentFrame>& frames) const {
    std::size_t count = 0;
    for (const SentFrame& frame : frames) count += frame.operations.size();
    return count;
  }
  void be_silent(std::string_view key) {
    submit(Opcode::kGet, key);
    turn();
    silent = sink.frames.front().place;
    reply(sink.take(), {{Code::kOk, "v"}});
  }

  Place silent;
  std::vector<SentFrame> heard;
  std::vector<SentFrame> unheard;
};

TEST_F(SilentPlace, a_read_is_asked_of_another_replica_within_half_a_second) {
  be_silent("k");
  const TimeNs began = now;
  const RequestId read = submit(Opcode::kGet, "k");
  pass(200 * kMs);
  EXPECT_TRUE(heard.empty()) << "a place that is slow for a moment is waited for";
  while (heard.empty() && now - began < 500 * kMs) pass(kMs);
  ASSERT_EQ(heard.size(), 1U);
  reply(heard[0], {{Code::kOk, "v"}});
  EXPECT_EQ(session->take(read), Code::kOk);
}

// A question about one shard is no other's to answer.
TEST_F(SilentPlace, that_takes_nothing_is_asked_about_itself_until_the_time_is_over) {
  be_silent("k");
  sink.answer = Sent::kBusy;
  const Call call{.operation = {Opcode::kShardStats, {}, {}}, .target = {}, .deadline = now + 2000 * kMs, .completion = {}};
  const RequestId question = session->submit_at(silent, call, now);
  pass(1900 * kMs);
  EXPECT_EQ(session->take(question), Code::kInProgress);
  sink.answer = Sent::kAccepted;
  pass(50 * kMs);
  EXPECT_TRUE(heard.empty()) << "another place was asked";
  ASSERT_EQ(unheard.size(), 1U);
  EXPECT_EQ(operations(unheard), 1U);
  sink.answer = Sent::kBusy;
  const RequestId late = session->submit_at(silent, {call.operation, {}, now + 500 * kMs, {}}, now);
  pass(600 * kMs);
  EXPECT_EQ(session->take(late), Code::kTimeout);
  EXPECT_NE(error_text().find("at node " + std::to_string(silent.node.value)), std::string::npos) << error_text();
}

TEST_F(SilentPlace, is_avoided_for_a_while_then_tried_again) {
  be_silent("k");
  submit(Opcode::kGet, "k");
  pass(500 * kMs);
  ASSERT_EQ(heard.size(), 1U);
  reply(heard[0], {{Code::kOk, "v"}});
  heard.clear();
  unheard.clear();
  put("k");
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_NE(sink.frames.front().place, silent) << "also what may not be moved is not sent there any more";
  reply(sink.take(), {{Code::kOk, {}}});
  pass(1000 * kMs);
  submit(Opcode::kGet, "k");
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_EQ(sink.frames.front().place, silent) << "it may have woken up";
}

TEST_F(SilentPlace, that_speaks_is_not_avoided_any_more) {
  be_silent("k");
  const RequestId count = add("k");
  const RequestId read = submit(Opcode::kGet, "k");
  turn();
  const SentFrame first = sink.take();
  pass(500 * kMs);
  ASSERT_EQ(heard.size(), 1U);
  reply(first, {{Code::kOk, {}}, {Code::kOk, "late"}});
  EXPECT_EQ(session->take(count), Code::kOk);
  EXPECT_EQ(session->take(read), Code::kInProgress) << "it is the other's to answer now";
  submit(Opcode::kGet, "k");
  turn();
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_EQ(sink.frames.front().place, silent);
}

TEST_F(SilentPlace, keeps_what_adds_and_what_it_could_apply_too_late) {
  be_silent("k");
  const RequestId counted = add("k");
  const RequestId written = put("k");
  const RequestId erased = submit(Opcode::kErase, "k");
  const RequestId greatest = submit(Opcode::kMaxI64Merge, "k", word(std::int64_t{4}));
  const RequestId sum = submit(Opcode::kArrayMerge, "k", std::string("\x02\x00", 2) + word(1.0F));
  const RequestId array = submit(Opcode::kArrayMerge, "k", std::string("\x00\x00", 2) + word(1.0F));
  pass(500 * kMs);
  ASSERT_EQ(operations(heard), 2U);
  EXPECT_EQ(heard[0].operations[0].opcode, Opcode::kMaxI64Merge);
  EXPECT_EQ(heard[0].operations[1].opcode, Opcode::kArrayMerge);
  reply(heard[0], {{Code::kOk, {}}, {Code::kOk, {}}});
  EXPECT_EQ(session->take(greatest), Code::kOk);
  EXPECT_EQ(session->take(array), Code::kOk);
  unheard.clear();
  pass(2000 * kMs);
  ASSERT_GE(unheard.size(), 2U) << "the rest goes on being sent";
  EXPECT_EQ(unheard.back().bytes, unheard.front().bytes) << "unchanged, so that it is applied once";
  reply(unheard.back(), std::vector<ScriptedAnswer>(6));
  for (const RequestId id : {counted, written, erased, sum}) EXPECT_EQ(session->take(id), Code::kOk);
}

TEST_F(SilentPlace, that_takes_nothing_loses_also_additions_for_they_never_left) {
  be_silent("k");
  const RequestId counted = add("k");
  sink.busy_node = static_cast<int>(silent.node.value);
  pass(600 * kMs);
  ASSERT_EQ(operations(heard), 1U);
  EXPECT_TRUE(unheard.empty());
  reply(heard[0], {{Code::kOk, {}}});
  EXPECT_EQ(session->take(counted), Code::kOk);
}

TEST_F(SilentPlace, is_asked_on_where_there_is_no_other) {
  use(2, 1);
  be_silent("k");
  const RequestId read = submit(Opcode::kGet, "k");
  pass(3000 * kMs);
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(session->take(read), Code::kInProgress);
  const RequestId second = submit(Opcode::kGet, "k");
  turn();
  ASSERT_EQ(sink.frames.size(), 1U) << "avoiding it would be giving up";
  reply(sink.take(), {{Code::kOk, "v"}});
  reply(unheard.back(), {{Code::kOk, "v"}});
  EXPECT_EQ(session->take(read), Code::kOk);
  EXPECT_EQ(session->take(second), Code::kOk);
}

TEST_F(SilentPlace, waits_move_with_the_reads_beside_them) {
  be_silent("k");
  submit(Opcode::kWait, "k", word(std::uint64_t{9}));
  submit(Opcode::kGet, "k");
  pass(600 * kMs);
  EXPECT_EQ(operations(heard), 2U);
}

TEST_F(SilentPlace, frames_that_are_lost_while_others_are_answered_are_no_silence) {
  be_silent("k");
  submit(Opcode::kGet, "k");
  turn();
  sink.frames.clear();
  for (int i = 0; i < 20; ++i) {
    pass(100 * kMs);
    submit(Opcode::kGet, "k");
    turn();
    reply(sink.take(), {{Code::kOk, "v"}});
  }
  EXPECT_TRUE(heard.empty());
}

}  // namespace lath::test
