// What each family of calls does, through the C API, on real shards.
#include <thread>

#include "c_api_fixture.hpp"

extern "C" lath_status lath_test_in_c(lath_store* store, int64_t* steps);

namespace lath::test {

TEST_F(CApi, a_c_program_counts) {
  std::int64_t steps = 0;
  EXPECT_EQ(lath_test_in_c(store, &steps), LATH_OK);
  EXPECT_EQ(steps, 3);
}

TEST_F(CApi, bytes_are_put_got_and_erased) {
  char value[16] = {};
  std::size_t size = 99;
  EXPECT_EQ(lath_get(session, "k", 1, value, sizeof value, &size, kLong), LATH_E_NOT_FOUND);
  EXPECT_NE(error().find("get of key \"k\" at node"), std::string::npos) << error();
  EXPECT_EQ(lath_put(session, "k", 1, "hello", 5, kLong), LATH_OK);
  EXPECT_EQ(lath_get(session, "k", 1, nullptr, 0, &size, kLong), LATH_E_TOO_SMALL);
  EXPECT_EQ(size, 5U);
  EXPECT_EQ(lath_get(session, "k", 1, value, sizeof value, &size, kLong), LATH_OK);
  EXPECT_EQ(std::string(value, size), "hello");
  EXPECT_EQ(lath_counter_add(session, "k", 1, 1, kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(error().find("holds bytes, and counter add is for a counter"), std::string::npos) << error();
  EXPECT_EQ(lath_erase(session, "k", 1, kLong), LATH_OK);
  EXPECT_EQ(lath_get(session, "k", 1, value, sizeof value, &size, kLong), LATH_E_NOT_FOUND);
  EXPECT_EQ(lath_put(session, "empty", 5, nullptr, 0, kLong), LATH_OK);
  EXPECT_EQ(lath_get(session, "empty", 5, nullptr, 0, &size, kLong), LATH_OK);
  EXPECT_EQ(size, 0U);
}

TEST_F(CApi, counters_and_extremes_merge) {
  std::uint64_t up = 0;
  EXPECT_EQ(lath_grow_counter_add(session, "up", 2, 40, kLong), LATH_OK);
  EXPECT_EQ(lath_grow_counter_add(session, "up", 2, 2, kLong), LATH_OK);
  EXPECT_EQ(lath_grow_counter_get(session, "up", 2, &up, kLong), LATH_OK);
  EXPECT_EQ(up, 42U);
  std::int64_t i = 0;
  double f = 0;
  for (const int value : {3, -7, 5}) {
    EXPECT_EQ(lath_max_i64_merge(session, "maxi", 4, value, kLong), LATH_OK);
    EXPECT_EQ(lath_min_i64_merge(session, "mini", 4, value, kLong), LATH_OK);
    EXPECT_EQ(lath_max_f64_merge(session, "maxf", 4, value / 2.0, kLong), LATH_OK);
    EXPECT_EQ(lath_min_f64_merge(session, "minf", 4, value / 2.0, kLong), LATH_OK);
  }
  EXPECT_EQ(lath_max_i64_get(session, "maxi", 4, &i, kLong), LATH_OK);
  EXPECT_EQ(i, 5);
  EXPECT_EQ(lath_min_i64_get(session, "mini", 4, &i, kLong), LATH_OK);
  EXPECT_EQ(i, -7);
  EXPECT_EQ(lath_max_f64_get(session, "maxf", 4, &f, kLong), LATH_OK);
  EXPECT_EQ(f, 2.5);
  EXPECT_EQ(lath_min_f64_get(session, "minf", 4, &f, kLong), LATH_OK);
  EXPECT_EQ(f, -3.5);
}

TEST_F(CApi, adding_0_makes_a_counter_that_stands_at_0) {
  std::int64_t value = 9;
  std::uint64_t up = 9;
  EXPECT_EQ(lath_counter_add(session, "c", 1, 0, kLong), LATH_OK);
  EXPECT_EQ(lath_counter_get(session, "c", 1, &value, kLong), LATH_OK);
  EXPECT_EQ(value, 0);
  EXPECT_EQ(lath_put(session, "c", 1, "v", 1, kLong), LATH_E_WRONG_TYPE);
  EXPECT_EQ(lath_grow_counter_add(session, "g", 1, 0, kLong), LATH_OK);
  EXPECT_EQ(lath_grow_counter_get(session, "g", 1, &up, kLong), LATH_OK);
  EXPECT_EQ(up, 0U);
  EXPECT_EQ(lath_counter_add(session, "g", 1, 1, kLong), LATH_E_WRONG_TYPE);
  EXPECT_EQ(lath_map_counter_add(session, "m", 1, "f", 1, 0, kLong), LATH_OK);
  EXPECT_EQ(lath_map_counter_get(session, "m", 1, "f", 1, &value, kLong), LATH_OK);
  EXPECT_EQ(value, 0);
  EXPECT_EQ(lath_map_put(session, "m", 1, "f", 1, "v", 1, kLong), LATH_E_WRONG_TYPE);
  EXPECT_EQ(lath_erase(session, "c", 1, kLong), LATH_OK);
  EXPECT_EQ(lath_put(session, "c", 1, "v", 1, kLong), LATH_OK) << "erased, it may be of any type";
  EXPECT_EQ(lath_flush(session, 0, kLong), LATH_OK) << "the replica has them too";
}

TEST_F(CApi, sets_and_maps_list_what_they_hold) {
  int contains = -1;
  char list[256];
  std::size_t size = 0;
  EXPECT_EQ(lath_set_add(session, "s", 1, "b", 1, kLong), LATH_OK);
  EXPECT_EQ(lath_set_add(session, "s", 1, "a", 1, kLong), LATH_OK);
  EXPECT_EQ(lath_set_remove(session, "s", 1, "b", 1, kLong), LATH_OK);
  EXPECT_EQ(lath_set_contains(session, "s", 1, "b", 1, &contains, kLong), LATH_OK);
  EXPECT_EQ(contains, 0);
  EXPECT_EQ(lath_gset_add(session, "g", 1, "x", 1, kLong), LATH_OK);
  EXPECT_EQ(lath_gset_contains(session, "g", 1, "x", 1, &contains, kLong), LATH_OK);
  EXPECT_EQ(contains, 1);
  EXPECT_EQ(lath_set_members(session, "s", 1, list, sizeof list, &size, kLong), LATH_OK);
  EXPECT_EQ(members_of(list, size), std::vector<std::string>{"a"});
  EXPECT_EQ(lath_gset_members(session, "g", 1, list, sizeof list, &size, kLong), LATH_OK);
  EXPECT_EQ(lath_list_count(list, size), 1U);

  std::int64_t count = 0;
  EXPECT_EQ(lath_map_put(session, "m", 1, "name", 4, "lath", 4, kLong), LATH_OK);
  EXPECT_EQ(lath_map_counter_add(session, "m", 1, "count", 5, 4, kLong), LATH_OK);
  EXPECT_EQ(lath_map_counter_get(session, "m", 1, "count", 5, &count, kLong), LATH_OK);
  EXPECT_EQ(count, 4);
  EXPECT_EQ(lath_map_get(session, "m", 1, "name", 4, list, sizeof list, &size, kLong), LATH_OK);
  EXPECT_EQ(std::string(list, size), "lath");
  EXPECT_EQ(lath_map_fields(session, "m", 1, list, sizeof list, &size, kLong), LATH_OK);
  EXPECT_EQ(members_of(list, size), (std::vector<std::string>{"count", "name"}));
  EXPECT_EQ(lath_map_erase(session, "m", 1, "name", 4, kLong), LATH_OK);
  EXPECT_EQ(lath_map_get(session, "m", 1, "name", 4, list, sizeof list, &size, kLong), LATH_E_NOT_FOUND);
}

TEST_F(CApi, siblings_distinct_counts_and_arrays) {
  char context[256];
  char list[256];
  lath_siblings siblings = {context, sizeof context, 0, list, sizeof list, 0};
  EXPECT_EQ(lath_mv_put(session, "v", 1, nullptr, 0, "one", 3, kLong), LATH_OK);
  EXPECT_EQ(lath_mv_put(session, "v", 1, nullptr, 0, "two", 3, kLong), LATH_OK);
  ASSERT_EQ(lath_mv_get(session, "v", 1, &siblings, kLong), LATH_OK);
  EXPECT_EQ(lath_list_count(list, siblings.list_size), 2U);
  EXPECT_EQ(lath_mv_put(session, "v", 1, context, siblings.context_size, "both", 4, kLong), LATH_OK);
  ASSERT_EQ(lath_mv_get(session, "v", 1, &siblings, kLong), LATH_OK);
  EXPECT_EQ(members_of(list, siblings.list_size), std::vector<std::string>{"both"});

  std::uint64_t distinct = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string word = "word" + std::to_string(i % 50);
    EXPECT_EQ(lath_hll_add(session, "h", 1, word.data(), word.size(), kLong), LATH_OK);
  }
  EXPECT_EQ(lath_hll_count(session, "h", 1, &distinct, kLong), LATH_OK);
  EXPECT_NEAR(static_cast<double>(distinct), 50, 2);

  const double first[3] = {1, 2, 3};
  double sum[4] = {};
  std::size_t count = 0;
  EXPECT_EQ(lath_array_merge(session, "a", 1, LATH_SUM, LATH_F64, first, 3, kLong), LATH_OK);
  EXPECT_EQ(lath_array_merge(session, "a", 1, LATH_SUM, LATH_F64, first, 3, kLong), LATH_OK);
  EXPECT_EQ(lath_array_get(session, "a", 1, LATH_SUM, LATH_F64, sum, 2, &count, kLong), LATH_E_TOO_SMALL);
  EXPECT_EQ(count, 3U);
  EXPECT_EQ(lath_array_get(session, "a", 1, LATH_SUM, LATH_F64, sum, 4, &count, kLong), LATH_OK);
  EXPECT_EQ(sum[2], 6.0);
}

TEST_F(CApi, requests_are_begun_told_once_and_waited_for_together) {
  lath_request requests[3] = {};
  std::int64_t value = 0;
  ASSERT_EQ(lath_counter_add_nb(session, "c", 1, 2, kLong, &requests[0]), LATH_OK);
  ASSERT_EQ(lath_put_nb(session, "p", 1, "x", 1, kLong, &requests[1]), LATH_OK);
  ASSERT_EQ(lath_counter_get_nb(session, "none", 4, &value, kLong, &requests[2]), LATH_OK);
  lath_status statuses[3];
  EXPECT_EQ(lath_wait_all(session, requests, 3, statuses, kLong), LATH_E_NOT_FOUND);
  EXPECT_NE(error().find("\"none\""), std::string::npos);
  EXPECT_EQ(statuses[0], LATH_OK);
  EXPECT_EQ(requests[0], 0U);
  lath_request flushed = 0;
  ASSERT_EQ(lath_flush_nb(session, 0, kLong, &flushed), LATH_OK);
  EXPECT_EQ(lath_wait_request(session, flushed, kLong), LATH_OK);
  EXPECT_EQ(lath_test(session, flushed), LATH_E_INVALID) << "told once";
  EXPECT_EQ(lath_flush(session, 2, kLong), LATH_OK);
  lath_request waiting = 0;
  ASSERT_EQ(lath_wait_nb(session, "later", 5, 0, nullptr, kLong, &waiting), LATH_OK);
  EXPECT_EQ(lath_wait_request(session, waiting, 0), LATH_IN_PROGRESS);
  EXPECT_EQ(lath_cancel(session, waiting), LATH_OK);
  EXPECT_EQ(lath_cancel(session, waiting), LATH_E_INVALID);
}

TEST_F(CApi, a_batch_larger_than_the_session_runs_and_runs_again) {
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, 0, &batch), LATH_OK);
  constexpr std::size_t kCount = LATH_REQUESTS_MAX + 904;
  std::vector<std::int64_t> values(kCount);
  for (std::size_t i = 0; i < kCount; ++i) ASSERT_EQ(lath_batch_counter_add(batch, &i, sizeof i, 1), LATH_OK);
  EXPECT_EQ(lath_batch_status(batch, 0), LATH_IN_PROGRESS);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_OK);
  for (std::size_t i = 0; i < kCount; ++i) ASSERT_EQ(lath_batch_counter_get(batch, &i, sizeof i, &values[i]), LATH_OK);
  EXPECT_EQ(lath_batch_count(batch), kCount);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_OK);
  EXPECT_EQ(values, std::vector<std::int64_t>(kCount, 2));
  EXPECT_EQ(lath_batch_clear(batch), LATH_OK);
  EXPECT_EQ(lath_batch_counter_get(batch, "none", 4, values.data()), LATH_OK);
  EXPECT_EQ(lath_batch_put(batch, "p", 1, "x", 1), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_E_NOT_FOUND);
  EXPECT_EQ(lath_batch_status(batch, 0), LATH_E_NOT_FOUND);
  EXPECT_EQ(lath_batch_status(batch, 1), LATH_OK);
  EXPECT_EQ(lath_batch_status(batch, 2), LATH_E_INVALID);
  EXPECT_EQ(lath_batch_close(batch), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_E_CLOSED);
}

TEST_F(CApi, two_batches_are_under_way_and_each_tells_how_it_ended) {
  constexpr std::size_t kCount = 1000;
  lath_batch* puts = nullptr;
  lath_batch* gets = nullptr;
  ASSERT_EQ(lath_batch_open(session, kCount, &puts), LATH_OK);
  ASSERT_EQ(lath_batch_open(session, kCount, &gets), LATH_OK);
  std::vector<std::uint64_t> values(kCount);
  std::vector<std::size_t> sizes(kCount);
  for (std::size_t i = 0; i < kCount; ++i) ASSERT_EQ(lath_batch_put(puts, &i, sizeof i, &i, sizeof i), LATH_OK);
  ASSERT_EQ(lath_batch_run(puts, kLong), LATH_OK);
  for (std::size_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(lath_batch_get(gets, &i, sizeof i, &values[i], sizeof values[i], &sizes[i]), LATH_OK);
    ASSERT_EQ(lath_batch_counter_add(puts, &i, sizeof i, 1), LATH_OK);
  }
  std::array<lath_request, 2> requests{};
  ASSERT_EQ(lath_batch_run_nb(puts, kLong, &requests[0]), LATH_OK);
  ASSERT_EQ(lath_batch_run_nb(gets, kLong, &requests[1]), LATH_OK);
  for (lath_batch* batch : {puts, gets}) {
    EXPECT_EQ(lath_batch_put(batch, "k", 1, "v", 1), LATH_E_INVALID);
    EXPECT_NE(error().find("is under way"), std::string::npos) << error();
    EXPECT_EQ(lath_batch_run(batch, kLong), LATH_E_INVALID);
    EXPECT_EQ(lath_batch_clear(batch), LATH_E_INVALID);
    lath_request again = 0;
    EXPECT_EQ(lath_batch_run_nb(batch, kLong, &again), LATH_E_INVALID);
  }
  std::array<lath_status, 2> statuses{};
  EXPECT_EQ(lath_wait_all(session, requests.data(), requests.size(), statuses.data(), kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(error().find("counter add of key"), std::string::npos) << error();
  EXPECT_EQ(statuses[0], LATH_E_WRONG_TYPE);
  EXPECT_EQ(statuses[1], LATH_OK);
  for (std::size_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(values[i], i);
    ASSERT_EQ(lath_batch_status(gets, i), LATH_OK);
    ASSERT_EQ(lath_batch_status(puts, i), LATH_E_WRONG_TYPE);
  }
  EXPECT_EQ(lath_batch_put(gets, "k", 1, "v", 1), LATH_OK) << "it may be filled again";
  EXPECT_EQ(lath_batch_count(gets), 1U);
}

TEST_F(CApi, a_batch_under_way_can_be_cancelled_or_closed_and_has_limits) {
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, 0, &batch), LATH_OK);
  lath_request request = 0;
  ASSERT_EQ(lath_batch_wait(batch, "never", 5, 0, nullptr), LATH_OK);
  ASSERT_EQ(lath_batch_run_nb(batch, kLong, &request), LATH_OK);
  EXPECT_EQ(lath_test(session, request), LATH_IN_PROGRESS);
  EXPECT_EQ(lath_cancel(session, request), LATH_OK);
  EXPECT_EQ(lath_test(session, request), LATH_E_INVALID);
  ASSERT_EQ(lath_batch_run_nb(batch, kLong, &request), LATH_OK);
  EXPECT_EQ(lath_batch_close(batch), LATH_OK);
  EXPECT_EQ(lath_test(session, request), LATH_E_INVALID) << "cancelled by that";
  ASSERT_EQ(lath_batch_open(session, 0, &batch), LATH_OK);
  ASSERT_EQ(lath_batch_wait(batch, "never", 5, 0, nullptr), LATH_OK);
  ASSERT_EQ(lath_batch_run_nb(batch, 1'000'000, &request), LATH_OK);
  EXPECT_EQ(lath_wait_request(session, request, kLong), LATH_E_TIMEOUT);
  ASSERT_EQ(lath_batch_clear(batch), LATH_OK);
  for (std::size_t i = 0; i < LATH_REQUESTS_MAX - 2; ++i) ASSERT_EQ(lath_batch_put(batch, &i, sizeof i, "v", 1), LATH_OK);
  ASSERT_EQ(lath_batch_run_nb(batch, kLong, &request), LATH_OK);
  EXPECT_EQ(lath_wait_request(session, request, kLong), LATH_OK);
  for (std::size_t i = 0; i < LATH_REQUESTS_MAX - 1; ++i) ASSERT_EQ(lath_batch_put(batch, &i, sizeof i, "v", 1), LATH_OK);
  EXPECT_EQ(lath_batch_run_nb(batch, kLong, &request), LATH_E_FULL);
  EXPECT_NE(error().find("4096"), std::string::npos) << error();
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_OK) << "which waits for room";
}

TEST_F(CApi, a_batch_without_time_ends_its_operations_as_timeouts) {
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, 0, &batch), LATH_OK);
  constexpr std::size_t kCount = 3 * LATH_REQUESTS_MAX;  // more than go at once
  for (std::size_t i = 0; i < kCount; ++i) ASSERT_EQ(lath_batch_wait(batch, &i, sizeof i, UINT64_MAX, nullptr), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, 1'000'000), LATH_E_TIMEOUT);
  for (std::size_t i = 0; i < kCount; ++i) ASSERT_EQ(lath_batch_status(batch, i), LATH_E_TIMEOUT) << i;
}

TEST_F(CApi, the_cluster_can_be_looked_at) {
  std::size_t count = 0;
  ASSERT_EQ(lath_node_count(store, &count, nullptr), LATH_OK);
  EXPECT_EQ(count, 2U);
  lath_node node{};
  node.size = sizeof node;
  ASSERT_EQ(lath_node_at(store, 1, &node), LATH_OK);
  EXPECT_STREQ(node.state, "alive");
  EXPECT_STREQ(node.host, "sim1");
  EXPECT_EQ(node.shards, 1U);
  EXPECT_EQ(lath_node_at(store, 2, &node), LATH_E_NOT_FOUND);
  lath_place places[2];
  ASSERT_EQ(lath_places(store, "k", 1, places, 2, &count), LATH_OK);
  ASSERT_EQ(count, 2U);
  EXPECT_NE(places[0].node, places[1].node);
  EXPECT_EQ(lath_places(store, "k", 1, places, 1, &count), LATH_E_TOO_SMALL);
  char list[16384];
  std::size_t size = 0;
  EXPECT_EQ(lath_shard_stats(session, places[0], list, sizeof list, &size, kLong), LATH_OK);
  EXPECT_GT(lath_list_count(list, size), 0U);
  EXPECT_EQ(lath_shard_stats(session, {9, 9}, list, sizeof list, &size, kLong), LATH_E_NOT_FOUND);
}

TEST_F(CApi, a_timeout_of_zero_polls_once_and_leaves_nothing_behind) {
  for (int i = 0; i < 100; ++i) {
    std::int64_t value = 0;
    const lath_status status = lath_counter_get(session, "k", 1, &value, 0);
    EXPECT_TRUE(status == LATH_E_TIMEOUT || status == LATH_E_NOT_FOUND) << lath_status_string(status);
    if (status == LATH_E_TIMEOUT) {
      EXPECT_EQ(error().find("counter get of key \"k\""), 0U) << error();
      EXPECT_NE(error().find("in time"), std::string::npos) << error();
    }
  }
  // Of an update nobody knows whether it was applied; a flush waits for it, or says that it was too short.
  int unknown = 0;
  for (int i = 0; i < 100; ++i) {
    const lath_status status = lath_counter_add(session, "k", 1, 1, 0);
    EXPECT_TRUE(status == LATH_E_TIMEOUT || status == LATH_E_UNKNOWN || status == LATH_OK) << lath_status_string(status);
    if (status == LATH_E_TIMEOUT) {
      EXPECT_EQ(error().find("counter add of key \"k\""), 0U) << error();
      EXPECT_NE(error().find("applied"), std::string::npos) << error();
    }
    unknown += status == LATH_OK ? 0 : 1;
    const lath_status flushed = lath_flush(session, 0, 0);
    EXPECT_TRUE(flushed == LATH_E_TIMEOUT || flushed == LATH_E_UNKNOWN || flushed == LATH_OK) << lath_status_string(flushed);
  }
  std::int64_t value = 0;
  ASSERT_EQ(lath_counter_add(session, "k", 1, 1, kLong), LATH_OK);
  ASSERT_EQ(lath_counter_get(session, "k", 1, &value, kLong), LATH_OK);
  EXPECT_GE(value, 101 - unknown);
  EXPECT_LE(value, 101) << "none was applied twice";
  ASSERT_EQ(lath_erase(session, "k", 1, kLong), LATH_OK);
  EXPECT_EQ(lath_put(session, "k", 1, "v", 1, kLong), LATH_OK);
}

TEST_F(CApi, a_session_may_be_handed_from_thread_to_thread) {
  for (int i = 0; i < 4; ++i) std::thread([&] { EXPECT_EQ(lath_counter_add(session, "k", 1, 1, kLong), LATH_OK); }).join();
  std::int64_t value = 0;
  EXPECT_EQ(lath_counter_get(session, "k", 1, &value, kLong), LATH_OK);
  EXPECT_EQ(value, 4);
}

}  // namespace lath::test
