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

MemoryPolicy policy_of_this_thread() {
  MemoryPolicy policy;
  EXPECT_EQ(syscall(SYS_get_mempolicy, &policy.mode, policy.nodes.data(), kBits, nullptr, 0), 0) << strerror(errno);
  return policy;
}

TEST_F(Caller, the_opener_s_memory_policy_stays_as_it_was) {
  std::thread([&] {  // the next test's pages are its own business
    MemoryPolicy wanted{.mode = MPOL_INTERLEAVE};
    wanted.nodes[0] = 1;
    if (syscall(SYS_set_mempolicy, wanted.mode, wanted.nodes.data(), kBits) != 0) {
      // Some containers let nobody set one: then Lath cannot either, and what there is must stay.
      std::fprintf(stderr, "this system refuses memory policies: %s\n", strerror(errno));
    }
    const MemoryPolicy before = policy_of_this_thread();
    open(1);
    EXPECT_EQ(policy_of_this_thread(), before);
  })
      .join();
}

}  // namespace
}  // namespace lath::test
