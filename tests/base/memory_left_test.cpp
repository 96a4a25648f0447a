#include "base/memory_left.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/few_descriptors.hpp"
#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

std::string bytes_of(std::uint64_t mib) {
  return std::to_string(mib * kMiB) + "\n";
}

// A machine with 8000 MiB left.
struct Root : testing::TemporaryFolder {
  Root() { write("proc/meminfo", "MemTotal:       16384000 kB\nMemAvailable:    8192000 kB\n"); }
  MemoryLeft left() const { return memory_left(MemoryFor::kHeap, path()); }
};

TEST(MemoryLeft, of_the_real_machine_is_known) {
  const MemoryLeft left = memory_left(MemoryFor::kHeap);
  EXPECT_GT(left.bytes, 0u);
  EXPECT_LT(left.bytes, UINT64_MAX) << "neither /proc/meminfo nor a control group says anything";
}

TEST(MemoryLeft, is_the_machine_s_where_no_control_group_has_a_limit) {
  Root root;
  EXPECT_EQ(root.left().bytes, 8000 * kMiB);
  EXPECT_EQ(root.left().whose, "the machine");
  root.write("proc/self/cgroup", "0::/user.slice\n");
  root.write("sys/fs/cgroup/user.slice/memory.max", "max\n");
  root.write("sys/fs/cgroup/user.slice/memory.current", bytes_of(100));
  EXPECT_EQ(root.left().bytes, 8000 * kMiB);
}

TEST(MemoryLeft, may_be_none_at_all) {
  Root root;
  root.write("proc/meminfo", "MemTotal:       16384000 kB\nMemAvailable:          0 kB\n");
  EXPECT_EQ(root.left().bytes, 0u);
  root.write("proc/meminfo", "MemTotal:       16384000 kB\n");
  EXPECT_EQ(root.left().bytes, MemoryLeft::kUnknown);
}

TEST(MemoryLeft, is_that_of_the_control_group_nearest_its_limit) {
  Root root;
  root.write("proc/self/cgroup", "0::/system.slice/job_7/step_0\n");
  root.write("sys/fs/cgroup/system.slice/job_7/memory.max", bytes_of(400));
  root.write("sys/fs/cgroup/system.slice/job_7/memory.current", bytes_of(150));
  root.write("sys/fs/cgroup/system.slice/job_7/memory.stat",
             "anon 1\ninactive_file " + bytes_of(30) + "active_file " + bytes_of(20) + "shmem 7\n");
  EXPECT_EQ(root.left().bytes, 300 * kMiB) << "what is read from files counts as used, and is not";
  EXPECT_EQ(root.left().whose, "the control group /system.slice/job_7");
  root.write("sys/fs/cgroup/system.slice/job_7/step_0/memory.max", bytes_of(90));
  root.write("sys/fs/cgroup/system.slice/job_7/step_0/memory.current", bytes_of(100));
  EXPECT_EQ(root.left().bytes, 0u) << "over its limit";
}

TEST(MemoryLeft, is_read_in_the_first_version_of_control_groups_too) {
  Root root;
  root.write("proc/self/cgroup", "5:devices:/\n4:cpu,memory:/slurm/uid_0/job_9\n0::/\n");
  root.write("sys/fs/cgroup/memory/slurm/uid_0/job_9/memory.limit_in_bytes", bytes_of(2000));
  root.write("sys/fs/cgroup/memory/slurm/uid_0/job_9/memory.usage_in_bytes", bytes_of(500));
  root.write("sys/fs/cgroup/memory/slurm/uid_0/job_9/memory.stat", "inactive_file 9\ntotal_inactive_file " + bytes_of(100));
  EXPECT_EQ(root.left().bytes, 1600 * kMiB);
  root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", bytes_of(700));
  root.write("sys/fs/cgroup/memory/memory.usage_in_bytes", bytes_of(600));
  EXPECT_EQ(root.left().bytes, 100 * kMiB) << "a container sees its own group as the root";
  EXPECT_EQ(root.left().whose, "the control group /");
}

TEST(MemoryLeft, is_what_the_process_may_still_map_where_that_is_less) {
  Root root;
  const std::string unlimited = "Max data size             unlimited            unlimited            bytes\n";
  const auto space = [](std::uint64_t mib) {
    return "Max address space         " + std::to_string(mib * kMiB) + "  unlimited  bytes\n";
  };
  const std::uint64_t pages = kMiB / static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  root.write("proc/self/statm", std::to_string(600 * pages) + " 1 1 1 0 " + std::to_string(200 * pages) + " 0\n");
  root.write("proc/self/limits", "Limit  Soft Limit  Hard Limit  Units\n" + unlimited + space(1000));
  EXPECT_EQ(root.left().bytes, 272 * kMiB) << "but for a step of the heap";
  EXPECT_EQ(root.left().whose, "the process's address space (ulimit -v)");
  root.write("proc/self/limits", "Max data size " + std::to_string(400 * kMiB) + " unlimited bytes\n" + space(1000));
  EXPECT_EQ(root.left().bytes, 200 * kMiB);
  EXPECT_EQ(root.left().whose, "the process's data size (ulimit -d)");
  EXPECT_EQ(memory_left(MemoryFor::kSharing, root.path()).bytes, 272 * kMiB) << "which is of its own data";
  root.write("proc/self/limits", unlimited + space(100));
  EXPECT_EQ(root.left().bytes, 0U) << "lowered while the process had more";
  root.write("proc/self/limits", unlimited + space(100'000));
  EXPECT_EQ(root.left().whose, "the machine");
  root.write("proc/self/statm", "");
  root.write("proc/self/limits", unlimited + space(1000));
  EXPECT_EQ(root.left().bytes, 8000 * kMiB) << "who says nothing of what is used says nothing of what is left";
}

// What a limit says that cannot be read may be less than what could be.
TEST(MemoryLeft, is_not_known_where_there_is_no_descriptor_to_read_it_all_by) {
  Root root;
  root.write("proc/self/cgroup", "0::/job\n");
  root.write("sys/fs/cgroup/job/memory.max", bytes_of(400));
  root.write("sys/fs/cgroup/job/memory.current", bytes_of(150));
  // Once with all of them: a sanitizer needs descriptors of its own to see what type something is, for each type once.
  ASSERT_EQ(root.left().bytes, 250 * kMiB);
  {
    const testing::FewDescriptors one(1);
    ASSERT_TRUE(one.held());
    EXPECT_EQ(root.left().bytes, 250 * kMiB) << "one is enough";
  }
  const testing::FewDescriptors none(0);
  ASSERT_TRUE(none.held());
  EXPECT_EQ(root.left().bytes, MemoryLeft::kUnknown);
}

TEST(MemoryLeft, is_not_known_to_be_short_where_nothing_can_be_read) {
  const testing::TemporaryFolder empty;
  EXPECT_EQ(memory_left(MemoryFor::kHeap, empty.path()).bytes, UINT64_MAX);
  empty.write("proc/self/cgroup", "garbage\n0:\n::\n0::relative\n");
  EXPECT_EQ(memory_left(MemoryFor::kHeap, empty.path()).bytes, UINT64_MAX);
}

}  // namespace
}  // namespace lath
