// The RDMA devices of this host as Linux tells of them under /sys: ports, GIDs and which cores are near; and whether soft-RoCE, RDMA
// in software over Ethernet, could be had. Read afresh by each call; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "topology/cpu_list.hpp"

namespace lath {

struct RdmaGid {
  std::uint32_t index = 0;
  std::string gid;     // as Linux writes it
  std::string type;    // "RoCE v2", "IB/RoCE v1"; empty where the kernel does not say
  std::string netdev;  // the network device it belongs to; empty on InfiniBand
};

struct RdmaPort {
  std::uint32_t number = 0;
  std::string state;          // "ACTIVE", "DOWN", "INIT", "ARMED"
  std::string phys_state;     // "LinkUp", "Disabled", "Polling"
  std::string link_layer;     // "InfiniBand", "Ethernet"
  std::string rate;           // "100 Gb/sec (4X EDR)"
  std::vector<RdmaGid> gids;  // those that are set, by index
};

struct RdmaDevice {
  std::string name;    // mlx5_0, rxe0
  std::string parent;  // of a device in software (rxe): the network device under it; else empty
  CpuSet near_cpus;    // empty where the host does not say
  std::optional<std::uint32_t> numa_node;
  std::string verbs_file;       // what a program opens to use it: /dev/infiniband/uverbs0; empty where there is none
  bool verbs_usable = false;    // this process may open that file
  std::vector<RdmaPort> ports;  // by number
};

// In the order of their names. `root` holds sys and dev: "" on a real host, a folder in tests.
std::vector<RdmaDevice> rdma_devices(const std::string& root = "");

// Which of those ports send over the network interface `netdev`, as UCX names them (mlx5_0:1): RoCE's by the interface of their GIDs,
// InfiniBand's by the device and port below an IPoIB interface. Only what is active and may be opened. `root` as above.
std::vector<std::string> rdma_ports_under(const std::string& netdev, const std::string& root = "");

enum class SoftRoce {
  kLoaded,    // the kernel has rdma_rxe now
  kLoadable,  // modprobe rdma_rxe brings it
  kMissing,
};

// `root` holds sys and lib/modules; kernel_release is uname's.
SoftRoce soft_roce(const std::string& kernel_release, const std::string& root = "");

}  // namespace lath
