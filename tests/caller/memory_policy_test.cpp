// Where the pages of the opener's thread come from is the application's choice, also after it has opened a node.
#include <linux/mempolicy.h>
#include <sys/syscall.h>

#include <array>

#include "caller_fixture.hpp"

namespace lath::test {
namespace {

struct MemoryPolicy {
  int mode = -1;
  std::array<unsigned long, 64> nodes{};
  bool operator==(const MemoryPolicy&) const = default;
};

constexpr unsigned long kBits = 64 * 8 * sizeof(unsigned long);

bool read_policy(MemoryPolicy& policy) {
  return syscall(SYS_get_mempolicy, &policy.mode, policy.nodes.data(), kBits, nullptr, 0) == 0;
}

TEST_F(Caller, the_opener_s_memory_policy_stays_as_it_was) {
  bool may_set = false;
  std::thread([&] {  // the next test's pages are its own business
    MemoryPolicy wanted{.mode = MPOL_INTERLEAVE};
    wanted.nodes[0] = 1;
    MemoryPolicy before;
    may_set = syscall(SYS_set_mempolicy, wanted.mode, wanted.nodes.data(), kBits) == 0 && read_policy(before);
    open(1);
    MemoryPolicy after;
    if (!may_set) return;
    EXPECT_TRUE(read_policy(after));
    EXPECT_EQ(after, before);
  })
      .join();
  if (!may_set) GTEST_SKIP() << "this system lets nobody set a memory policy, so Lath cannot change it either";
}

}  // namespace
}  // namespace lath::test
