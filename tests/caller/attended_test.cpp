// LATH_PROGRESS_CALLER: what a shard owes others while its thread computes, waits, or is none.
#include "caller_fixture.hpp"

namespace lath::test {
namespace {

TEST_F(Caller, who_is_away_keeps_nobody_waiting) {
  open(1);
  lath_session* owner = session();
  lath_session* client = session();  // there is no second shard
  ASSERT_EQ(put(owner, "k", "of the owner"), LATH_OK);
  std::vector<double> took;
  std::thread asking([&] {
    for (int i = 0; i < 200; ++i) {
      const auto begun = std::chrono::steady_clock::now();
      ASSERT_EQ(put(client, "client", std::to_string(i)), LATH_OK) << lath_last_error(client);
      ASSERT_EQ(get(client, "k"), "of the owner");
      took.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    }
  });
  asking.join();  // the owner is in no call
  std::sort(took.begin(), took.end());
  ASSERT_EQ(took.size(), 200U);
  EXPECT_LT(took[100], 0.05) << "the median";
  EXPECT_EQ(get(owner, "client"), "199");
  EXPECT_EQ(lath_session_close(client), LATH_OK);
  EXPECT_EQ(lath_session_close(owner), LATH_OK);
}

TEST_F(Caller, calls_now_and_then_do_not_keep_the_attendant_out) {
  open(1);
  lath_session* owner = session();
  lath_session* client = session();
  std::atomic<bool> done{false};
  std::thread computing([&] {
    for (int i = 0; !done.load(); ++i) {
      ASSERT_EQ(put(owner, "own", std::to_string(i)), LATH_OK);
      std::this_thread::sleep_for(std::chrono::microseconds(i % 500));
    }
  });
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(put(client, "client", std::to_string(i)), LATH_OK) << lath_last_error(client);
    ASSERT_EQ(get(client, "client"), std::to_string(i));
  }
  done.store(true);
  computing.join();
  EXPECT_EQ(lath_session_close(client), LATH_OK);
  EXPECT_EQ(lath_session_close(owner), LATH_OK);
}

TEST_F(Caller, who_waits_hears_of_what_a_call_has_written) {
  open(2);
  lath_session* first = session();
  lath_session* second = session();
  const std::string key = key_at(0);
  ASSERT_EQ(put(first, key, "old"), LATH_OK);
  std::thread waiting([&] {
    std::uint64_t version = 0;
    ASSERT_EQ(lath_wait(second, key.data(), key.size(), 0, &version, kLong), LATH_OK) << lath_last_error(second);
    ASSERT_EQ(lath_wait(second, key.data(), key.size(), version, &version, kLong), LATH_OK) << lath_last_error(second);
    EXPECT_EQ(get(second, key), "new");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ASSERT_EQ(put(first, key, "new"), LATH_OK);
  waiting.join();
  EXPECT_EQ(lath_session_close(first), LATH_OK);
  EXPECT_EQ(lath_session_close(second), LATH_OK);
}

TEST_F(Caller, a_shard_goes_to_the_next_session_once_its_own_is_closed) {
  open(2);
  lath_session* first = session();
  lath_session* second = session();
  const std::string key = key_at(0);
  ASSERT_EQ(put(second, key, "v"), LATH_OK) << lath_last_error(second);
  EXPECT_EQ(lath_session_close(first), LATH_OK);
  EXPECT_EQ(get(second, key), "v");  // the attendant's turns
  lath_session* third = session();
  const auto frames = stats(third, 0).at("frames");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(get(third, key), "v");
  EXPECT_EQ(stats(third, 0).at("frames"), frames + 1);
  EXPECT_EQ(lath_session_close(second), LATH_OK);
  EXPECT_EQ(lath_session_close(third), LATH_OK);
}

TEST_F(Caller, who_only_calls_its_own_shard_sends_what_waits_for_others) {
  open(2);
  lath_session* me = session();
  lath_session* other = session();
  const std::string mine = key_at(0);
  const std::string theirs = key_at(1);
  lath_request requests[2] = {};
  ASSERT_EQ(lath_put_nb(me, theirs.data(), theirs.size(), "1", 1, kLong, &requests[0]), LATH_OK);
  ASSERT_EQ(lath_put_nb(me, theirs.data(), theirs.size(), "2", 1, kLong, &requests[1]), LATH_OK);  // behind the first
  for (int i = 0; i < 200'000 && get(other, theirs) != "2"; ++i) ASSERT_EQ(put(me, mine, "v"), LATH_OK);
  EXPECT_EQ(get(other, theirs), "2");
  EXPECT_EQ(lath_wait_all(me, requests, 2, nullptr, kLong), LATH_OK);
  EXPECT_EQ(lath_session_close(me), LATH_OK);
  EXPECT_EQ(lath_session_close(other), LATH_OK);
}

TEST_F(Caller, costs_next_to_nothing_while_it_is_quiet) {
  open(2);
  lath_session* me = session();
  ASSERT_EQ(put(me, key_at(0), "v"), LATH_OK);
  ASSERT_EQ(put(me, key_at(1), "v"), LATH_OK) << lath_last_error(me);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const double before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_LT(cpu_seconds() - before, 0.2);
  EXPECT_EQ(lath_session_close(me), LATH_OK);
}

TEST_F(Caller, progress_is_a_turn_and_a_client_may_call_it_too) {
  open(1);
  lath_session* owner = session();
  lath_session* client = session();
  const auto turns = stats(owner, 0).at("frames");
  lath_request request = 0;
  ASSERT_EQ(lath_put_nb(client, "k", 1, "v", 1, kLong, &request), LATH_OK);
  lath_status status = LATH_IN_PROGRESS;
  for (int i = 0; i < 1'000'000 && status == LATH_IN_PROGRESS; ++i) {
    ASSERT_EQ(lath_progress(owner), LATH_OK);
    ASSERT_EQ(lath_progress(client), LATH_OK);
    status = lath_test(client, request);
  }
  EXPECT_EQ(status, LATH_OK);
  EXPECT_GT(stats(owner, 0).at("frames"), turns + 1);
  EXPECT_EQ(lath_session_close(client), LATH_OK);
  EXPECT_EQ(lath_session_close(owner), LATH_OK);
}

}  // namespace
}  // namespace lath::test
