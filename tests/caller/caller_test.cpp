// LATH_PROGRESS_CALLER: the threads that use the sessions are the shards.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "lath/lath.h"

namespace lath::test {
namespace {

constexpr std::uint64_t kLong = 20'000'000'000;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Threads that meet, some of which may be inside no call meanwhile.
class Meeting {
 public:
  explicit Meeting(unsigned count) : count_(count) {}
  void come() {
    const unsigned mine = come_.fetch_add(1) / count_;
    while (come_.load() / count_ == mine) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

 private:
  const unsigned count_;
  std::atomic<unsigned> come_{0};
};

class Caller : public testing::Test {
 protected:
  void open(std::uint32_t shards, std::uint32_t replicas = 1) {
    lath_options options = LATH_OPTIONS_INIT;
    options.shards = shards;
    options.memory_bytes = std::uint64_t{64} << 20;
    options.replication_shards = replicas;
    options.progress = LATH_PROGRESS_CALLER;
    ASSERT_EQ(lath_open("embedded:", &options, &store_), LATH_OK) << lath_last_error(nullptr);
  }
  lath_session* session() {
    lath_session* opened = nullptr;
    EXPECT_EQ(lath_session_open(store_, nullptr, &opened), LATH_OK) << lath_last_error(nullptr);
    return opened;
  }
  void TearDown() override { EXPECT_EQ(lath_close(store_), LATH_OK) << lath_last_error(nullptr); }

  std::map<std::string, std::uint64_t> stats(lath_session* asker, std::uint32_t shard) {
    std::vector<char> list(1 << 16);
    std::size_t size = 0;
    EXPECT_EQ(lath_shard_stats(asker, {0, shard}, list.data(), list.size(), &size, kLong), LATH_OK) << lath_last_error(asker);
    std::map<std::string, std::uint64_t> all;
    std::size_t position = 0;
    const void* line = nullptr;
    std::size_t line_size = 0;
    while (lath_list_next(list.data(), size, &position, &line, &line_size) == 1) {
      const std::string text(static_cast<const char*>(line), line_size);
      all[text.substr(0, text.find('='))] = std::stoull(text.substr(text.find('=') + 1));
    }
    return all;
  }
  // A key whose first replica is on that shard.
  std::string key_at(std::uint32_t shard, int number = 0) {
    for (int i = 0;; ++i) {
      const std::string key = "key " + std::to_string(number) + "/" + std::to_string(i);
      lath_place place{};
      std::size_t count = 0;
      lath_places(store_, key.data(), key.size(), &place, 1, &count);
      if (count >= 1 && place.shard == shard) return key;
    }
  }
  static lath_status put(lath_session* at, const std::string& key, const std::string& value) {
    return lath_put(at, key.data(), key.size(), value.data(), value.size(), kLong);
  }
  static std::string get(lath_session* at, const std::string& key, std::size_t room = 512) {
    std::vector<char> value(room);
    std::size_t size = 0;
    const lath_status status = lath_get(at, key.data(), key.size(), value.data(), value.size(), &size, kLong);
    if (status != LATH_OK) return lath_last_error(at);
    return std::string(value.data(), size);
  }
  static lath_status add(lath_session* at, const std::string& key, std::int64_t by) {
    return lath_counter_add(at, key.data(), key.size(), by, kLong);
  }
  static std::int64_t count(lath_session* at, const std::string& key) {
    std::int64_t value = -1;
    EXPECT_EQ(lath_counter_get(at, key.data(), key.size(), &value, kLong), LATH_OK) << lath_last_error(at);
    return value;
  }

  lath_store* store_ = nullptr;
};

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
  Meeting meeting(2);
  std::vector<std::thread> threads;
  for (unsigned me = 0; me < 2; ++me) {
    threads.emplace_back([&, me] {
      lath_session* own = session();
      meeting.come();
      for (int i = 0; i < kKeys; ++i) {
        ASSERT_EQ(put(own, std::to_string(me) + "/" + std::to_string(i), std::to_string(i)), LATH_OK) << lath_last_error(own);
        ASSERT_EQ(add(own, "sum " + std::to_string(i % 7), 1), LATH_OK) << lath_last_error(own);
      }
      meeting.come();
      for (int i = 0; i < kKeys; ++i) ASSERT_EQ(get(own, std::to_string(1 - me) + "/" + std::to_string(i)), std::to_string(i));
      std::int64_t total = 0;
      for (int i = 0; i < 7; ++i) total += count(own, "sum " + std::to_string(i));
      EXPECT_EQ(total, 2 * kKeys);
      meeting.come();
      EXPECT_EQ(lath_session_close(own), LATH_OK);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Caller, both_threads_merge_a_key_that_both_hold) {
  open(2, 2);
  constexpr int kAdds = 20'000;
  Meeting meeting(2);
  std::vector<std::thread> threads;
  for (unsigned me = 0; me < 2; ++me) {
    threads.emplace_back([&, me] {
      lath_session* own = session();
      meeting.come();
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
      meeting.come();
      EXPECT_EQ(lath_session_close(own), LATH_OK);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

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
