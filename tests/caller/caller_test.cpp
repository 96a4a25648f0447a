// LATH_PROGRESS_CALLER: the threads that use the sessions are the shards. What their calls do.
#include "caller_fixture.hpp"

namespace lath::test {
namespace {

TEST_F(Caller, executes_its_own_keys_without_a_message) {
  open(1);
  lath_session* me = session();
  for (unsigned i = 0; i < 1000; ++i)
    ASSERT_EQ(put(me, std::to_string(i), std::string(1 + i % 300, 'v')), LATH_OK) << lath_last_error(me);
  for (unsigned i = 0; i < 1000; ++i) ASSERT_EQ(get(me, std::to_string(i)), std::string(1 + i % 300, 'v'));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(add(me, "sum", i), LATH_OK);
  EXPECT_EQ(count(me, "sum"), 4950);
  const auto counted = stats(me, 0);
  EXPECT_EQ(counted.at("updates"), 1100U);
  EXPECT_EQ(counted.at("reads"), 1002U);  // and the question itself
  EXPECT_EQ(counted.at("frames"), 1U);    // the question
  EXPECT_EQ(counted.at("keys"), 1001U);
  std::size_t size = 7;
  EXPECT_EQ(lath_get(me, "none", 4, nullptr, 0, &size, kLong), LATH_E_NOT_FOUND);
  EXPECT_NE(std::string(lath_last_error(me)).find("key \"none\""), std::string::npos) << lath_last_error(me);
  EXPECT_EQ(lath_get(me, "nil", 3, nullptr, 0, &size, kLong), LATH_E_NOT_FOUND);
  EXPECT_NE(std::string(lath_last_error(me)).find("key \"nil\""), std::string::npos) << lath_last_error(me);
  char short_room[2];
  EXPECT_EQ(lath_get(me, "299", 3, short_room, sizeof short_room, &size, kLong), LATH_E_TOO_SMALL);
  EXPECT_EQ(size, 300U);
  EXPECT_EQ(add(me, "299", 1), LATH_E_WRONG_TYPE);
  EXPECT_NE(std::string(lath_last_error(me)).find("key \"299\""), std::string::npos) << lath_last_error(me);
  EXPECT_EQ(lath_session_close(me), LATH_OK);
}

TEST_F(Caller, has_the_rest_of_the_operations_too) {
  open(1);
  lath_session* me = session();
  const std::string large(1 << 20, 'L');
  ASSERT_EQ(put(me, "large", large), LATH_OK) << lath_last_error(me);
  EXPECT_EQ(get(me, "large", large.size()), large);
  ASSERT_EQ(put(me, "waited for", "v"), LATH_OK);
  std::uint64_t version = 0;
  ASSERT_EQ(lath_wait(me, "waited for", 10, 0, &version, kLong), LATH_OK) << lath_last_error(me);
  EXPECT_EQ(lath_wait(me, "waited for", 10, version, &version, 20'000'000), LATH_E_TIMEOUT);
  ASSERT_EQ(lath_flush(me, 0, kLong), LATH_OK) << lath_last_error(me);
  lath_request request = 0;
  ASSERT_EQ(lath_put_nb(me, "nb", 2, "later", 5, kLong, &request), LATH_OK);
  EXPECT_EQ(lath_wait_request(me, request, kLong), LATH_OK);
  EXPECT_EQ(get(me, "nb"), "later");
  ASSERT_EQ(lath_map_put(me, "map", 3, "field", 5, "inside", 6, kLong), LATH_OK);
  char value[16];
  std::size_t size = 0;
  ASSERT_EQ(lath_map_get(me, "map", 3, "field", 5, value, sizeof value, &size, kLong), LATH_OK);
  EXPECT_EQ(std::string(value, size), "inside");
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(me, 3, &batch), LATH_OK);
  ASSERT_EQ(lath_batch_put(batch, "b", 1, "in a batch", 10), LATH_OK);
  ASSERT_EQ(lath_batch_get(batch, "not there", 9, value, sizeof value, &size), LATH_OK);
  ASSERT_EQ(lath_batch_counter_add(batch, "c", 1, 5), LATH_OK);
  ASSERT_EQ(lath_batch_flush(batch, 0), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_E_NOT_FOUND);
  EXPECT_EQ(lath_batch_status(batch, 0), LATH_OK);
  EXPECT_EQ(lath_batch_status(batch, 1), LATH_E_NOT_FOUND);
  EXPECT_EQ(lath_batch_status(batch, 2), LATH_OK);
  EXPECT_EQ(lath_batch_status(batch, 3), LATH_OK);
  EXPECT_EQ(count(me, "c"), 5);
  EXPECT_EQ(get(me, "b"), "in a batch");
  EXPECT_EQ(lath_session_close(me), LATH_OK);
}

TEST_F(Caller, two_threads_are_two_shards_that_reach_each_other) {
  open(2);
  constexpr int kKeys = 500;
  as_two_shards([&](unsigned me, lath_session* own, Meeting& meeting) {
    for (int i = 0; i < kKeys; ++i) {
      ASSERT_EQ(put(own, std::to_string(me) + "/" + std::to_string(i), std::to_string(i)), LATH_OK) << lath_last_error(own);
      ASSERT_EQ(add(own, "sum " + std::to_string(i % 7), 1), LATH_OK) << lath_last_error(own);
    }
    meeting.come();
    for (int i = 0; i < kKeys; ++i) ASSERT_EQ(get(own, std::to_string(1 - me) + "/" + std::to_string(i)), std::to_string(i));
    std::int64_t total = 0;
    for (int i = 0; i < 7; ++i) total += count(own, "sum " + std::to_string(i));
    EXPECT_EQ(total, 2 * kKeys);
  });
}

TEST_F(Caller, both_threads_merge_a_key_that_both_hold) {
  open(2, 2);
  constexpr int kAdds = 20'000;
  as_two_shards([&](unsigned me, lath_session* own, Meeting& meeting) {
    for (int i = 0; i < kAdds; ++i) {
      ASSERT_EQ(add(own, "hot", 1), LATH_OK) << lath_last_error(own);
      if (i % 100 == 0) {
        ASSERT_EQ(put(own, "last", std::to_string(me) + "/" + std::to_string(i)), LATH_OK);
      }
    }
    ASSERT_EQ(lath_flush(own, 0, kLong), LATH_OK) << lath_last_error(own);
    meeting.come();  // nothing turns but by the attendant
    // Replicas within a node converge by gossip: wait for the other's last batch.
    for (int i = 0; i < 2000 && count(own, "hot") != 2 * kAdds; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(count(own, "hot"), 2 * kAdds);
    meeting.come();
    const auto counted = stats(own, me);
    EXPECT_GE(counted.at("updates"), static_cast<std::uint64_t>(kAdds));  // its own, each
    EXPECT_LT(counted.at("frames"), 50U);
  });
}

TEST_F(Caller, without_room_for_a_request_nothing_is_executed_either) {
  open(1);
  lath_session* me = session();
  std::vector<lath_request> requests(LATH_REQUESTS_MAX);
  for (lath_request& request : requests) ASSERT_EQ(lath_counter_add_nb(me, "n", 1, 1, kLong, &request), LATH_OK);
  lath_request one_more = 0;
  EXPECT_EQ(lath_counter_add_nb(me, "n", 1, 1, kLong, &one_more), LATH_E_FULL);
  EXPECT_EQ(count(me, "n"), LATH_REQUESTS_MAX);
  EXPECT_EQ(lath_wait_all(me, requests.data(), requests.size(), nullptr, kLong), LATH_OK);
  EXPECT_EQ(lath_session_close(me), LATH_OK);
}

TEST_F(Caller, a_session_may_be_handed_to_another_thread) {
  open(1);
  lath_session* handed = session();
  for (int round = 0; round < 50; ++round) {
    std::thread([&] {
      ASSERT_EQ(add(handed, "n", 1), LATH_OK);
      ASSERT_EQ(put(handed, std::to_string(round), "v"), LATH_OK);
    }).join();
  }
  EXPECT_EQ(count(handed, "n"), 50);
  EXPECT_EQ(lath_session_close(handed), LATH_OK);
}

TEST_F(Caller, a_child_is_refused_and_its_parent_goes_on) {
  open(1);
  lath_session* me = session();
  ASSERT_EQ(put(me, "k", "parent"), LATH_OK);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(lath_put(me, "k", 1, "child", 5, kLong) == LATH_E_INVALID && lath_progress(me) == LATH_E_INVALID ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(get(me, "k"), "parent");
  EXPECT_EQ(lath_session_close(me), LATH_OK);
}

TEST(CallerRefused, a_store_that_hosts_no_shard_says_so) {
  lath_options options = LATH_OPTIONS_INIT;
  options.progress = LATH_PROGRESS_CALLER;
  lath_store* store = nullptr;
  for (const char* where : {"file:/nowhere/cluster.json", "tcp://127.0.0.1:1"}) {
    EXPECT_EQ(lath_open(where, &options, &store), LATH_E_INVALID);
    const std::string text = lath_last_error(nullptr);
    EXPECT_NE(text.find("LATH_PROGRESS_CALLER"), std::string::npos) << text;
    EXPECT_NE(text.find(where), std::string::npos) << text;
  }
  options.progress = static_cast<lath_progress_mode>(2);
  EXPECT_EQ(lath_open("embedded:", &options, &store), LATH_E_INVALID);
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("options->progress is 2"), std::string::npos) << lath_last_error(nullptr);
  EXPECT_EQ(store, nullptr);
}

}  // namespace
}  // namespace lath::test
