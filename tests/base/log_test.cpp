#include "base/log.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

// What follows the time of day in each line of a log.
std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line.substr(line.find(' ') + 1));
  return lines;
}

}  // namespace

TEST(Log, names_the_scope_of_a_line_else_its_thread) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(log_configure(LogLevel::kInfo, folder.file("log")));
  std::thread([] {
    log_line(LogLevel::kInfo, "before");
    {
      const LogScope node("node 3");
      log_line(LogLevel::kInfo, "outside");
      {
        const LogScope shard("node 3 shard 1");
        log_line(LogLevel::kInfo, "inside");
        log_line(LogLevel::kDebug, "below the level");
      }
      std::thread([] { log_line(LogLevel::kInfo, "beside"); }).join();
      log_line(LogLevel::kInfo, "outside again");
    }
    log_name_thread("shard 7");
    log_line(LogLevel::kInfo, "after");
  }).join();
  ASSERT_TRUE(log_configure(LogLevel::kWarn, ""));
  EXPECT_EQ(lines_of(folder.file("log")),
            (std::vector<std::string>{"info app: before", "info node 3: outside", "info node 3 shard 1: inside", "info app: beside",
                                      "info node 3: outside again", "info shard 7: after"}));
}

}  // namespace lath
