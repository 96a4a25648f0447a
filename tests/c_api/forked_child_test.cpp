// What a child of fork() may open for itself.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "lath/lath.h"

namespace lath::test {

namespace {

lath_options small() {
  lath_options options = LATH_OPTIONS_INIT;
  options.shards = 1;
  options.memory_bytes = std::uint64_t{32} << 20;
  return options;
}

// 0: a node is refused at once, with a text that says what to do.
int refused_in_child() {
  const lath_options options = small();
  lath_store* store = nullptr;
  if (lath_open("embedded:", &options, &store) != LATH_E_INVALID) return 1;
  const std::string text = lath_last_error(nullptr);
  return text.find("fork()") != std::string::npos && text.find("file:") != std::string::npos ? 0 : 2;
}

template <class Run>
int status_of_child(Run&& run) {
  const pid_t child = fork();
  if (child == 0) _exit(run());
  int status = -1;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

#ifndef __SANITIZE_THREAD__  // which lets no child of a process with threads start one
int hosts_in_child() {
  const lath_options options = small();
  lath_store* store = nullptr;
  lath_session* session = nullptr;
  if (lath_open("embedded:", &options, &store) != LATH_OK) return 1;
  if (lath_session_open(store, nullptr, &session) != LATH_OK) return 2;
  if (lath_put(session, "k", 1, "v", 1, LATH_SECONDS(20)) != LATH_OK) return 3;
  if (lath_session_close(session) != LATH_OK) return 4;
  return lath_close(store) == LATH_OK ? 0 : 5;
}
#endif

}  // namespace

TEST(ForkedChild, hosts_no_node_where_its_parent_has_one) {
  const lath_options options = small();
  lath_store* store = nullptr;
  ASSERT_EQ(lath_open("embedded:", &options, &store), LATH_OK) << lath_last_error(nullptr);
  EXPECT_EQ(status_of_child(refused_in_child), 0);
  EXPECT_EQ(lath_close(store), LATH_OK);
}

#ifndef __SANITIZE_THREAD__
TEST(ForkedChild, hosts_a_node_where_its_parent_has_closed_its_own) {
  const lath_options options = small();
  lath_store* store = nullptr;
  ASSERT_EQ(lath_open("embedded:", &options, &store), LATH_OK) << lath_last_error(nullptr);
  EXPECT_EQ(lath_close(store), LATH_OK);
  EXPECT_EQ(status_of_child(hosts_in_child), 0);
}
#endif

}  // namespace lath::test
