#include "launch/shared_memory.hpp"

#include <gtest/gtest.h>

namespace lath {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20;

TEST(MemoryWarning, counts_every_node_of_the_host) {
  const MemoryLeft machine{.bytes = 2000 * kMiB};
  EXPECT_EQ(memory_warning(machine, 1000 * kMiB, 2), "");
  const std::string three = memory_warning(machine, 1000 * kMiB, 3);
  EXPECT_NE(three.find("the machine has 2000 MiB of memory left"), std::string::npos) << three;
  EXPECT_NE(three.find("1000 MiB of each of the 3 nodes here together"), std::string::npos) << three;
  EXPECT_NE(three.find("--memory"), std::string::npos) << three;
  const std::string one = memory_warning(machine, 2001 * kMiB, 1);
  EXPECT_NE(one.find("2001 MiB of this node: a table"), std::string::npos) << one;
}

TEST(MemoryWarning, compares_a_limit_of_the_process_with_its_own_node) {
  const MemoryLeft limit{.bytes = 1000 * kMiB, .whose = "the process's address space (ulimit -v)", .is_shared = false};
  EXPECT_EQ(memory_warning(limit, 1000 * kMiB, 8), "");
  EXPECT_NE(memory_warning(limit, 1001 * kMiB, 8).find("of this node"), std::string::npos);
}

TEST(MemoryWarning, says_nothing_where_nothing_is_known) {
  EXPECT_EQ(memory_warning(MemoryLeft{}, UINT64_MAX / 1024, 1024), "");
}

}  // namespace
}  // namespace lath
