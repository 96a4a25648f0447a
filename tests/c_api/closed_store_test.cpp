// A store that is closed tells every call so, also where threads close it at once. (Who is inside while it is closed: tests/mpi/racing_close.cpp,
// since these tests' store is for one thread.)
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "c_api_fixture.hpp"

namespace lath::test {
namespace {

TEST(ClosedStore, says_so_and_so_do_the_sessions_it_had) {
  std::vector<lath_store*> closed;
  std::vector<lath_session*> sessions;
  for (int time = 0; time < 3; ++time) {  // a store that is opened later is another one
    lath_store* store = nullptr;
    lath_session* session = nullptr;
    ASSERT_EQ(lath_open("test:", nullptr, &store), LATH_OK);
    EXPECT_EQ(std::count(closed.begin(), closed.end(), store), 0);
    ASSERT_EQ(lath_session_open(store, nullptr, &session), LATH_OK);
    ASSERT_EQ(lath_session_close(session), LATH_OK);
    ASSERT_EQ(lath_close(store), LATH_OK);
    closed.push_back(store);
    sessions.push_back(session);
  }
  for (lath_store* store : closed) {
    lath_session* session = nullptr;
    lath_node node{};
    node.size = sizeof node;
    lath_place place;
    std::size_t count = 0;
    const auto expect_told = [](lath_status status) {
      EXPECT_EQ(status, LATH_E_INVALID);
      EXPECT_NE(std::string(lath_last_error(nullptr)).find("the store is closed"), std::string::npos) << lath_last_error(nullptr);
    };
    expect_told(lath_close(store));
    expect_told(lath_session_open(store, nullptr, &session));
    expect_told(lath_node_count(store, &count, nullptr));
    expect_told(lath_node_at(store, 0, &node));
    expect_told(lath_places(store, "k", 1, &place, 1, &count));
  }
  for (lath_session* session : sessions) {
    EXPECT_EQ(lath_put(session, "k", 1, "v", 1, kLong), LATH_E_CLOSED);
    EXPECT_NE(std::string(lath_last_error(session)).find("the session is closed"), std::string::npos);
    EXPECT_EQ(lath_session_close(session), LATH_E_CLOSED);
  }
}

TEST(ClosedStore, is_closed_by_one_thread_of_many) {
  std::vector<lath_store*> handles;
  for (int round = 0; round < 100; ++round) {  // more than the handles that are kept
    lath_store* store = nullptr;
    ASSERT_EQ(lath_open("test:", nullptr, &store), LATH_OK);
    std::atomic<int> closed = 0;
    std::atomic<int> told = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        const lath_status status = lath_close(store);
        if (status == LATH_OK) ++closed;
        if (status == LATH_E_INVALID && std::string(lath_last_error(nullptr)).find("the store is closed") != std::string::npos)
          ++told;
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(closed, 1) << round;
    ASSERT_EQ(told, 3) << round;
  }
  for (int count = 0; count < 80; ++count) {
    lath_store* store = nullptr;
    ASSERT_EQ(lath_open("test:", nullptr, &store), LATH_OK);
    ASSERT_EQ(std::count(handles.begin(), handles.end(), store), 0) << "two stores have one handle";
    handles.push_back(store);
  }
  for (lath_store* store : handles) EXPECT_EQ(lath_close(store), LATH_OK);
}

}  // namespace
}  // namespace lath::test
