// A store whose shards are the threads that use its sessions, and what tests of it ask.
#pragma once

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

inline constexpr std::uint64_t kLong = 20'000'000'000;

inline double cpu_seconds() {
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
  // act(which, its session, where they meet) in two threads, each of which is a shard.
  template <class Act>
  void as_two_shards(Act&& act) {
    Meeting meeting(2);
    std::vector<std::thread> threads;
    for (unsigned me = 0; me < 2; ++me) {
      threads.emplace_back([&, me] {
        lath_session* own = session();
        meeting.come();
        act(me, own, meeting);
        meeting.come();
        EXPECT_EQ(lath_session_close(own), LATH_OK);
      });
    }
    for (std::thread& thread : threads) thread.join();
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

}  // namespace lath::test
