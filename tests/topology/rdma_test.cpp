// RDMA devices as Linux tells of them, from folders that play /sys and /dev.
#include "topology/rdma.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

TEST(Rdma, is_read_from_sysfs) {
  const testing::TemporaryFolder root;
  const std::string device = "sys/class/infiniband/mlx5_0/";
  root.write(device + "device/local_cpulist", "8-9\n");
  root.write(device + "device/numa_node", "1\n");
  root.write(device + "ports/1/state", "4: ACTIVE\n");
  root.write(device + "ports/1/phys_state", "5: LinkUp\n");
  root.write(device + "ports/1/link_layer", "Ethernet\n");
  root.write(device + "ports/1/gids/0", "0000:0000:0000:0000:0000:0000:0000:0000\n");
  root.write(device + "ports/1/gids/10", "0000:0000:0000:0000:0000:ffff:0a00:0001\n");
  root.write(device + "ports/1/gids/2", "fe80:0000:0000:0000:0000:0000:0000:0001\n");
  root.write(device + "ports/1/gid_attrs/types/10", "RoCE v2\n");
  root.write(device + "ports/1/gid_attrs/ndevs/10", "eth1\n");
  root.write("sys/class/infiniband/rxe0/parent", "eth0\n");
  root.write("sys/class/infiniband_verbs/uverbs3/ibdev", "mlx5_0\n");
  root.write("dev/infiniband/uverbs3", "");
  const std::vector<RdmaDevice> devices = rdma_devices(root.path());
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(text_of(devices[0].near_cpus), "8-9");
  EXPECT_EQ(devices[0].numa_node, 1U);
  EXPECT_EQ(devices[0].verbs_file, "/dev/infiniband/uverbs3");
  EXPECT_TRUE(devices[0].verbs_usable);
  ASSERT_EQ(devices[0].ports.size(), 1U);
  const RdmaPort& port = devices[0].ports[0];
  EXPECT_EQ(port.state + " " + port.phys_state + " " + port.link_layer, "ACTIVE LinkUp Ethernet");
  ASSERT_EQ(port.gids.size(), 2U);
  EXPECT_EQ(port.gids[0].index, 2U);
  EXPECT_EQ(port.gids[1].type + " " + port.gids[1].netdev, "RoCE v2 eth1");
  EXPECT_EQ(devices[1].name + " over " + devices[1].parent, "rxe0 over eth0");
  EXPECT_FALSE(devices[1].verbs_usable);
  EXPECT_TRUE(rdma_devices("/nonexistent").empty());
}

TEST(Rdma, soft_roce_is_found_loaded_loadable_or_missing) {
  const testing::TemporaryFolder root;
  EXPECT_EQ(soft_roce("6.1", root.path()), SoftRoce::kMissing);
  root.write("lib/modules/6.1/modules.dep", "kernel/x.ko: kernel/drivers/infiniband/sw/rxe/rdma_rxe.ko\n");
  EXPECT_EQ(soft_roce("6.1", root.path()), SoftRoce::kMissing);  // another module that needs it is not it
  root.write("lib/modules/6.1/modules.dep", "kernel/drivers/infiniband/sw/rxe/rdma_rxe.ko.xz: kernel/y.ko\n");
  EXPECT_EQ(soft_roce("6.1", root.path()), SoftRoce::kLoadable);
  EXPECT_EQ(soft_roce("6.2", root.path()), SoftRoce::kMissing);
  root.write("sys/module/rdma_rxe/refcnt", "0\n");
  EXPECT_EQ(soft_roce("6.2", root.path()), SoftRoce::kLoaded);
}

// An RDMA device of one active port on a card of its own.
void add_device(const testing::TemporaryFolder& root, const std::string& name, const std::string& link_layer) {
  const std::string device = "sys/class/infiniband/" + name + "/";
  root.write("sys/devices/" + name + "/local_cpulist", "0\n");
  root.write(device + "ports/1/state", "4: ACTIVE\n");
  root.write(device + "ports/1/link_layer", link_layer + "\n");
  std::filesystem::create_directory_symlink(root.file("sys/devices/" + name), root.file(device + "device"));
  root.write("sys/class/infiniband_verbs/uverbs_" + name + "/ibdev", name + "\n");
  root.write("dev/infiniband/uverbs_" + name, "");
}

TEST(Rdma, the_ports_under_an_ethernet_interface_are_those_with_its_gids) {
  const testing::TemporaryFolder root;
  for (const char* name : {"mlx5_0", "mlx5_1"}) {
    add_device(root, name, "Ethernet");
    root.write(std::string("sys/class/infiniband/") + name + "/ports/1/gids/0", "fe80::1\n");
  }
  root.write("sys/class/infiniband/mlx5_0/ports/1/gid_attrs/ndevs/0", "eth0\n");
  root.write("sys/class/infiniband/mlx5_1/ports/1/gid_attrs/ndevs/0", "eth1\n");
  EXPECT_EQ(rdma_ports_under("eth1", root.path()), std::vector<std::string>{"mlx5_1:1"});
  EXPECT_TRUE(rdma_ports_under("eth2", root.path()).empty());
  root.write("sys/class/infiniband/mlx5_1/ports/1/state", "1: DOWN\n");
  EXPECT_TRUE(rdma_ports_under("eth1", root.path()).empty());
  std::filesystem::remove(root.file("dev/infiniband/uverbs_mlx5_0"));
  EXPECT_TRUE(rdma_ports_under("eth0", root.path()).empty()) << "what may not be opened is of no use";
}

TEST(Rdma, the_port_under_an_ipoib_interface_is_that_of_its_card) {
  const testing::TemporaryFolder root;
  for (const char* name : {"mlx5_0", "mlx5_1"}) add_device(root, name, "InfiniBand");
  root.write("sys/class/infiniband/mlx5_1/ports/2/state", "4: ACTIVE\n");
  root.write("sys/class/infiniband/mlx5_1/ports/2/link_layer", "InfiniBand\n");
  root.write("sys/class/net/ib1/dev_port", "1\n");
  std::filesystem::create_directory_symlink(root.file("sys/devices/mlx5_1"), root.file("sys/class/net/ib1/device"));
  EXPECT_EQ(rdma_ports_under("ib1", root.path()), std::vector<std::string>{"mlx5_1:2"});
  root.write("sys/class/net/ib1/dev_port", "0\n");
  EXPECT_EQ(rdma_ports_under("ib1", root.path()), std::vector<std::string>{"mlx5_1:1"});
  EXPECT_TRUE(rdma_ports_under("ib0", root.path()).empty());
}

}  // namespace
}  // namespace lath
