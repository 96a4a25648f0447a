// When a read may go past a session's streams: never ahead of the session's own updates.
#include "session_fixture.hpp"

namespace lath::test {

namespace {
bool may_be_read(Session& session, std::string_view key, TimeNs now) {
  const Session::ReadWay way = session.way_of_read(as_bytes(key), now);
  return way.stream != PlaceIndex::kNone && !way.behind_updates;
}
}  // namespace

TEST_F(SessionTest, nothing_is_read_apart_of_a_shard_that_was_never_asked) {
  EXPECT_FALSE(may_be_read(*session, "k", now));
}

TEST_F(SessionTest, a_read_apart_waits_for_updates_whether_they_have_left_or_not) {
  const RequestId id = put("k");
  EXPECT_FALSE(may_be_read(*session, "k", now)) << "it has not left";
  turn();
  const SentFrame frame = sink.take();
  EXPECT_FALSE(may_be_read(*session, "k", now)) << "it is not answered";
  session->cancel(id);
  EXPECT_FALSE(may_be_read(*session, "k", now)) << "nobody waits for it any more, but it may yet be applied";
  reply(frame, {{Code::kOk, {}}});
  turn();
  EXPECT_TRUE(may_be_read(*session, "k", now));
}

TEST_F(SessionTest, a_read_apart_waits_for_an_update_that_is_put_off) {
  put("k");
  turn();
  reply(sink.take(), {{Code::kLater, {}}});
  EXPECT_FALSE(may_be_read(*session, "k", now)) << "it is between two attempts";
  turn(2 * kMs);
  ASSERT_EQ(sink.frames.size(), 1U);
  EXPECT_FALSE(may_be_read(*session, "k", now)) << "it is under way again";
  reply(sink.take(), {{Code::kOk, {}}});
  EXPECT_TRUE(may_be_read(*session, "k", now));
}

TEST_F(SessionTest, a_read_apart_does_not_wait_for_reads) {
  put("k");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  submit(Opcode::kGet, "k");
  turn();
  EXPECT_TRUE(may_be_read(*session, "k", now));
}

TEST_F(SessionTest, a_read_apart_waits_for_an_update_that_changes_its_place) {
  use(2, 1);
  put("k");
  turn();
  reply(sink.take(), {{Code::kOk, {}}});
  EXPECT_TRUE(may_be_read(*session, "k", now));
  put("k");
  turn();
  reply(sink.take(), {{Code::kWrongOwner, {}}});
  EXPECT_FALSE(may_be_read(*session, "k", now)) << "no view yet says where it goes";
}

}  // namespace lath::test
