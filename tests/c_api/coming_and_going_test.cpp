// Sessions that threads open and close beside each other, beyond the closed handles that are kept: a handle is another session's soon.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "lath/lath.h"

namespace lath::test {

TEST(ComingAndGoing, a_closed_handle_is_used_again_while_others_close_theirs) {
  constexpr int kThreads = 3;
  constexpr int kSessionsEach = 100;  // 300 in all; 256 closed ones are kept
#if defined(__SANITIZE_THREAD__)
  // It does not see that a SysV segment goes (shmdt), and takes the next one at the address for the same memory.
  setenv("LATH_UCX_TLS", "^sysv", 1);
#endif
  lath_options options = LATH_OPTIONS_INIT;
  options.shards = 1;
  options.memory_bytes = std::uint64_t{32} << 20;
  lath_store* store = nullptr;
  ASSERT_EQ(lath_open("embedded:", &options, &store), LATH_OK) << lath_last_error(nullptr);
  std::atomic<int> put{0};
  std::vector<std::thread> threads;
  for (int me = 0; me < kThreads; ++me) {
    threads.emplace_back([&, me] {
      for (int i = 0; i < kSessionsEach; ++i) {
        lath_session* session = nullptr;
        ASSERT_EQ(lath_session_open(store, nullptr, &session), LATH_OK) << lath_last_error(nullptr);
        const std::string key = std::to_string(me) + "/" + std::to_string(i);
        ASSERT_EQ(lath_put(session, key.data(), key.size(), "v", 1, LATH_SECONDS(30)), LATH_OK) << lath_last_error(session);
        ++put;
        ASSERT_EQ(lath_session_close(session), LATH_OK);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(put.load(), kThreads * kSessionsEach);
  lath_session* session = nullptr;
  ASSERT_EQ(lath_session_open(store, nullptr, &session), LATH_OK);
  char value[8];
  std::size_t size = 0;
  EXPECT_EQ(lath_get(session, "2/99", 4, value, sizeof value, &size, LATH_SECONDS(30)), LATH_OK) << lath_last_error(session);
  EXPECT_EQ(lath_session_close(session), LATH_OK);
  EXPECT_EQ(lath_close(store), LATH_OK);
}

}  // namespace lath::test
