// What is read from /sys and /proc, on the real host and from folders that play one.
#include "topology/host.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "tests/temporary_folder.hpp"
#include "topology/nic.hpp"

namespace lath {
namespace {

TEST(Nic, is_read_from_sysfs_with_its_locality) {
  const testing::TemporaryFolder sysfs;
  sysfs.write("class/infiniband/mlx5_1/device/local_cpulist", "8-15\n");
  sysfs.write("class/infiniband/mlx5_1/device/numa_node", "1\n");
  sysfs.write("class/infiniband/mlx5_0/device/local_cpulist", "0-7\n");
  sysfs.write("class/net/eth0/device/numa_node", "-1\n");
  sysfs.write("class/net/eth1/device/local_cpulist", "garbage\n");
  sysfs.write("class/net/lo/mtu", "65536\n");
  const std::vector<Nic> nics = nics_of(sysfs.path());
  ASSERT_EQ(nics.size(), 4U);
  EXPECT_EQ(nics[0].name, "mlx5_0");
  EXPECT_EQ(nics[0].kind, NicKind::kRdma);
  EXPECT_EQ(text_of(nics[0].near_cpus), "0-7");
  EXPECT_EQ(nics[0].numa_node, std::nullopt);
  EXPECT_EQ(nics[1].name, "mlx5_1");
  EXPECT_EQ(nics[1].numa_node, 1U);
  EXPECT_EQ(nics[2].name, "eth0");
  EXPECT_EQ(nics[2].kind, NicKind::kEthernet);
  EXPECT_EQ(nics[2].numa_node, std::nullopt);
  EXPECT_TRUE(nics[2].near_cpus.empty());
  EXPECT_EQ(nics[3].name, "eth1");
  EXPECT_TRUE(nics[3].near_cpus.empty());
}

TEST(Nic, a_host_without_sysfs_has_none) {
  EXPECT_TRUE(nics_of("/nonexistent").empty());
}

TEST(Host, facts_of_the_real_one_are_read) {
  const Result<HostFacts> facts = host_facts();
  ASSERT_TRUE(facts) << facts.error().text;
  EXPECT_FALSE(facts->hostname.empty());
  EXPECT_EQ(facts->boot_id.size(), 36U);
  EXPECT_LE(facts->shm_free_bytes, facts->shm_bytes);
  EXPECT_EQ(host_facts()->host_id, facts->host_id);
}

TEST(Host, another_boot_or_another_dev_shm_is_another_host) {
  const testing::TemporaryFolder one, two;
  for (const testing::TemporaryFolder* root : {&one, &two}) root->write("proc/sys/kernel/random/boot_id", "the same boot\n");
  const std::uint64_t without_shm = host_facts(one.path())->host_id;
  EXPECT_EQ(without_shm, host_facts(two.path())->host_id);
  one.write("dev/shm/file", "");
  EXPECT_NE(without_shm, host_facts(one.path())->host_id);
  two.write("proc/sys/kernel/random/boot_id", "another boot\n");
  EXPECT_NE(without_shm, host_facts(two.path())->host_id);
}

TEST(Host, sysv_memory_is_read_with_what_is_used_of_it) {
  const testing::TemporaryFolder root;
  root.write("proc/sys/kernel/random/boot_id", "boot\n");
  EXPECT_EQ(host_facts(root.path())->sysv.segments_max, 0U) << "a kernel without it";
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  root.write("proc/sys/kernel/shmmax", "4194304\n");
  root.write("proc/sys/kernel/shmmni", "4096\n");
  root.write("proc/sys/kernel/shmall", "8192\n");
  root.write("proc/sysvipc/shm",
             "       key      shmid perms                  size  cpid\n"
             "         0          1   600                     1  1000\n"
             "         0          2  1600               4194304  1000\n");
  const SysvMemory memory = host_facts(root.path())->sysv;
  EXPECT_EQ(memory.segment_bytes_max, 4194304U);
  EXPECT_EQ(memory.segments_max, 4096U);
  EXPECT_EQ(memory.bytes_max, 8192 * page);
  EXPECT_EQ(memory.segments_used, 2U);
  EXPECT_EQ(memory.bytes_used, 4194304 + page);
  root.write("proc/sys/kernel/shmall", "18446744073692774399\n");  // the usual value: no limit
  EXPECT_EQ(host_facts(root.path())->sysv.bytes_max, UINT64_MAX);
}

TEST(Host, a_cgroup_quota_is_told_in_cores) {
  const testing::TemporaryFolder root;
  root.write("proc/sys/kernel/random/boot_id", "boot\n");
  EXPECT_EQ(host_facts(root.path())->cpu_quota, std::nullopt);
  root.write("sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_EQ(host_facts(root.path())->cpu_quota, 1.5);
  for (const char* unlimited : {"max 100000\n", "", "100000\n", "1 0\n", "-1 100000\n"}) {
    root.write("sys/fs/cgroup/cpu.max", unlimited);
    EXPECT_EQ(host_facts(root.path())->cpu_quota, std::nullopt) << unlimited;
  }
}

TEST(Host, without_a_boot_id_is_an_error) {
  const testing::TemporaryFolder root;
  const Result<HostFacts> facts = host_facts(root.path());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().text, root.path() +
                                    "/proc/sys/kernel/random/boot_id cannot be read: without it nodes cannot tell "
                                    "whether they share a machine");
}

}  // namespace
}  // namespace lath
