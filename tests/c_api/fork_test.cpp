// What a child process inherits: handles that are refused, so that it cannot disturb the connections of the process that opened them.
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "c_api_fixture.hpp"

namespace lath::test {

namespace {

// 0: every call was refused, and the texts say why.
int in_child(lath_store* store, lath_session* session) {
  const auto told = [](const char* text) { return std::string(text).find("inherited by fork()") != std::string::npos; };
  std::size_t count = 0;
  std::uint64_t epoch = 0;
  lath_session* another = nullptr;
  if (lath_put(session, "k", 1, "child", 5, kLong) != LATH_E_INVALID || !told(lath_last_error(session))) return 1;
  if (lath_session_close(session) != LATH_E_INVALID || !told(lath_last_error(session))) return 2;
  if (lath_node_count(store, &count, &epoch) != LATH_E_INVALID || !told(lath_last_error(nullptr))) return 3;
  if (lath_session_open(store, nullptr, &another) != LATH_E_INVALID || !told(lath_last_error(nullptr))) return 4;
  if (lath_close(store) != LATH_E_INVALID || !told(lath_last_error(nullptr))) return 5;
  return 0;
}

}  // namespace

TEST_F(CApi, what_a_fork_inherits_is_refused_and_its_opener_goes_on) {
  ASSERT_EQ(lath_put(session, "k", 1, "v", 1, kLong), LATH_OK);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(in_child(store, session));
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 0);
  char value[8];
  std::size_t size = 0;
  ASSERT_EQ(lath_get(session, "k", 1, value, sizeof value, &size, kLong), LATH_OK);
  EXPECT_EQ(std::string(value, size), "v");
}

}  // namespace lath::test
