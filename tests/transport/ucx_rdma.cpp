// What UCX is told of RDMA devices: where there are such, where it may use them, and what it does not read by itself.
#include "transport/ucx_rdma.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/temporary_folder.hpp"

namespace lath {

namespace {

const RdmaPortKind kSoft = {.name = "rxe0:1", .on_ethernet = true, .in_software = true, .driver = ""};
const RdmaPortKind kMellanox = {.name = "mlx5_0:1", .on_ethernet = true, .in_software = false, .driver = "mlx5_core"};
const RdmaPortKind kBroadcom = {.name = "bnxt_re0:1", .on_ethernet = true, .in_software = false, .driver = "bnxt_en"};
const RdmaPortKind kInfiniBand = {.name = "mlx4_0:1", .on_ethernet = false, .in_software = false, .driver = "mlx4_core"};

std::string keys_of(const std::vector<RdmaPortKind>& ports, const std::optional<std::string>& transports = std::nullopt,
                    const std::optional<std::string>& devices = std::nullopt) {
  std::string keys;
  for (const UcxChoice& choice : ucx_rdma_choices(ports, transports, devices)) {
    EXPECT_FALSE(choice.why.empty()) << choice.key;
    keys += (keys.empty() ? "" : " ") + choice.key + "=" + choice.value;
  }
  return keys;
}

const std::string kOfEvery = "UD_TIMEOUT=100000s";
const std::string kOfRoce = kOfEvery + " UD_ETH_DGID_CHECK=n";
const std::string kOfSoft = kOfRoce + " RC_RETRY_COUNT=6 RC_TIMEOUT=200ms UD_TIMER_BACKOFF=1.2";

}  // namespace

TEST(UcxRdma, chooses_by_what_the_devices_are) {
  EXPECT_EQ(keys_of({}), "");
  EXPECT_EQ(keys_of({kSoft}), kOfSoft);
  EXPECT_EQ(keys_of({kMellanox}), kOfEvery) << "it says to which GID a packet came";
  EXPECT_EQ(keys_of({kBroadcom}), kOfRoce);
  EXPECT_EQ(keys_of({kInfiniBand}), kOfEvery);
  EXPECT_EQ(keys_of({kInfiniBand, kSoft}), kOfSoft);
}

TEST(UcxRdma, chooses_nothing_for_what_the_settings_forbid) {
  EXPECT_EQ(keys_of({kSoft}, "all"), kOfSoft);
  EXPECT_EQ(keys_of({kSoft}, "rc_verbs,ud_verbs,self"), kOfSoft);
  EXPECT_EQ(keys_of({kSoft}, "^tcp"), kOfSoft);
  EXPECT_EQ(keys_of({kSoft}, "ud_verbs,self"), kOfRoce + " UD_TIMER_BACKOFF=1.2");
  EXPECT_EQ(keys_of({kSoft}, "self"), "");
  EXPECT_EQ(keys_of({kSoft}, "posix,sysv,cma,self"), "");
  EXPECT_EQ(keys_of({kSoft}, "^tcp,ib"), "");
  EXPECT_EQ(keys_of({kSoft}, std::nullopt, "all"), kOfSoft);
  EXPECT_EQ(keys_of({kSoft, kInfiniBand}, std::nullopt, "mlx4_0:1"), kOfEvery);
  EXPECT_EQ(keys_of({kSoft}, std::nullopt, "mlx4_0:1"), "");
}

TEST(UcxRdma, finds_the_ports_that_can_be_used) {
  const testing::TemporaryFolder root;
  EXPECT_TRUE(rdma_port_kinds(root.path()).empty());
  const auto make = [&](const std::string& name, const std::string& verbs, const char* state, const char* layer) {
    root.write("sys/class/infiniband/" + name + "/ports/1/state", state);
    root.write("sys/class/infiniband/" + name + "/ports/1/link_layer", layer);
    root.write("sys/class/infiniband_verbs/" + verbs + "/ibdev", name + "\n");
  };
  make("rxe0", "uverbs0", "4: ACTIVE\n", "Ethernet\n");
  root.write("sys/class/infiniband/rxe0/parent", "eth0\n");
  make("mlx5_0", "uverbs1", "4: ACTIVE\n", "InfiniBand\n");
  std::filesystem::create_directories(root.file("sys/class/infiniband/mlx5_0/device"));
  std::filesystem::create_symlink("../../../../bus/pci/drivers/mlx5_core", root.file("sys/class/infiniband/mlx5_0/device/driver"));
  make("mlx5_1", "uverbs2", "1: DOWN\n", "InfiniBand\n");
  make("mlx5_2", "uverbs3", "4: ACTIVE\n", "InfiniBand\n");
  for (const char* file : {"uverbs0", "uverbs1", "uverbs2"}) root.write(std::string("dev/infiniband/") + file, "");
  const std::vector<RdmaPortKind> expected = {
      {.name = "mlx5_0:1", .on_ethernet = false, .in_software = false, .driver = "mlx5_core"}, kSoft};
  EXPECT_EQ(rdma_port_kinds(root.path()), expected) << "neither what is down nor what may not be opened";
}

TEST(UcxRdma, passes_on_what_ucx_reads_by_another_name) {
  const char* environment[] = {"LATH_UCX_IB_GID_INDEX=3",
                               "LATH_UCX_RC_VERBS_TIMEOUT=1s",
                               "LATH_UCX_UD_TIMEOUT=2s",
                               "LATH_UCX_TLS=tcp",
                               "UCX_IB_GID_INDEX=1",
                               "LATH_UCX_RC_VERBS",
                               nullptr};
  const std::vector<UcxPassedOn> expected = {{"LATH_UCX_IB_GID_INDEX", "GID_INDEX", "3"},
                                             {"LATH_UCX_RC_VERBS_TIMEOUT", "RC_TIMEOUT", "1s"},
                                             {"LATH_UCX_UD_TIMEOUT", "UD_TIMEOUT", "2s"}};
  EXPECT_EQ(ucx_rdma_settings_to_pass_on(environment), expected);
  EXPECT_TRUE(ucx_rdma_settings_to_pass_on(nullptr).empty());
}

}  // namespace lath
