// Two threads inside one session: a debug build ends the program and says so. (A release build does not look.)
#include <thread>

#include "c_api_fixture.hpp"

namespace lath::test {

#ifndef NDEBUG
using SessionDeathTest = CApi;

TEST_F(SessionDeathTest, two_threads_that_meet_in_a_session_end_a_debug_build) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        std::thread waiting([&] { lath_wait(session, "never", 5, 0, nullptr, kLong); });
        for (;;) lath_progress(session);
      },
      "lath_(wait|progress): another thread is inside this session; open one session for each thread");
}
#endif

}  // namespace lath::test
