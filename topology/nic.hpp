// The network devices of this host and the hardware threads near each, as Linux tells them under /sys. Read once at start.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "topology/cpu_list.hpp"

namespace lath {

enum class NicKind { kRdma, kEthernet };

struct Nic {
  std::string name;  // as UCX's settings take it: mlx5_0, eth0
  NicKind kind = NicKind::kEthernet;
  CpuSet near_cpus;                        // empty where the host does not say, which is as near to all
  std::optional<std::uint32_t> numa_node;  // none where the host does not say
};

// Devices with hardware behind them: RDMA devices first, each kind in the order of their names. A host without any, or without
// /sys, has none: that is no error.
std::vector<Nic> nics_of(const std::string& sysfs_root = "/sys");

}  // namespace lath
