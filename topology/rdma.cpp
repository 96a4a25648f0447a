#include "topology/rdma.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "lath/limits.hpp"

namespace lath {
namespace {

namespace fs = std::filesystem;

std::string first_line_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<std::uint32_t> number_from(const std::string& text) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Sorted; a folder that is missing or unreadable has nothing in it that we could use.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code failure;
  std::vector<fs::path> entries;
  fs::directory_iterator position(folder, failure);
  for (; !failure && position != fs::directory_iterator(); position.increment(failure)) entries.push_back(position->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

// "4: ACTIVE" is the kernel's way of writing ACTIVE.
std::string after_number(const std::string& text) {
  const std::size_t colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

bool is_unset(const std::string& gid) {
  return gid.find_first_not_of("0:") == std::string::npos;
}

std::vector<RdmaGid> gids_of(const fs::path& port) {
  std::vector<RdmaGid> gids;
  for (const fs::path& file : entries_of(port / "gids")) {
    const auto index = number_from(file.filename().string());
    const std::string gid = first_line_of(file);
    if (!index || is_unset(gid)) continue;
    gids.push_back({.index = *index,
                    .gid = gid,
                    .type = first_line_of(port / "gid_attrs" / "types" / std::to_string(*index)),
                    .netdev = first_line_of(port / "gid_attrs" / "ndevs" / std::to_string(*index))});
    if (gids.size() == kGidsPerPortMax) break;
  }
  std::sort(gids.begin(), gids.end(), [](const RdmaGid& a, const RdmaGid& b) { return a.index < b.index; });
  return gids;
}

std::vector<RdmaPort> ports_of(const fs::path& device) {
  std::vector<RdmaPort> ports;
  for (const fs::path& folder : entries_of(device / "ports")) {
    const auto number = number_from(folder.filename().string());
    if (!number) continue;
    ports.push_back({.number = *number,
                     .state = after_number(first_line_of(folder / "state")),
                     .phys_state = after_number(first_line_of(folder / "phys_state")),
                     .link_layer = first_line_of(folder / "link_layer"),
                     .rate = first_line_of(folder / "rate"),
                     .gids = gids_of(folder)});
  }
  std::sort(ports.begin(), ports.end(), [](const RdmaPort& a, const RdmaPort& b) { return a.number < b.number; });
  return ports;
}

void find_verbs_file(const std::string& root, RdmaDevice& device) {
  for (const fs::path& folder : entries_of(root + "/sys/class/infiniband_verbs")) {
    if (first_line_of(folder / "ibdev") != device.name) continue;
    device.verbs_file = "/dev/infiniband/" + folder.filename().string();
    device.verbs_usable = access((root + device.verbs_file).c_str(), R_OK | W_OK) == 0;
  }
}

// IPoIB's interface and the RDMA device are two faces of one PCI device; the kernel counts the interface's ports from 0.
bool carries_ipoib(const std::string& root, const std::string& netdev, const RdmaDevice& device, const RdmaPort& port) {
  const fs::path interface = root + "/sys/class/net/" + netdev;
  std::error_code failure;
  if (!fs::equivalent(interface / "device", root + "/sys/class/infiniband/" + device.name + "/device", failure)) return false;
  const auto index = number_from(first_line_of(interface / "dev_port"));
  return index && *index + 1 == port.number;
}

bool sends_over(const std::string& root, const std::string& netdev, const RdmaDevice& device, const RdmaPort& port) {
  if (port.link_layer == "InfiniBand") return carries_ipoib(root, netdev, device, port);
  return std::ranges::any_of(port.gids, [&](const RdmaGid& gid) { return gid.netdev == netdev; });
}

bool names_module(const fs::path& list) {
  std::ifstream file(list);
  for (std::string line; std::getline(file, line);) {
    if (line.substr(0, line.find(':')).find("/rdma_rxe.ko") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::vector<RdmaDevice> rdma_devices(const std::string& root) {
  std::vector<RdmaDevice> devices;
  for (const fs::path& folder : entries_of(root + "/sys/class/infiniband")) {
    RdmaDevice device;
    device.name = folder.filename().string();
    device.parent = first_line_of(folder / "parent");
    if (Result<CpuSet> cpus = cpus_from(first_line_of(folder / "device" / "local_cpulist"))) device.near_cpus = *std::move(cpus);
    device.numa_node = number_from(first_line_of(folder / "device" / "numa_node"));  // -1: the host does not say
    find_verbs_file(root, device);
    device.ports = ports_of(folder);
    devices.push_back(std::move(device));
  }
  return devices;
}

std::vector<std::string> rdma_ports_under(const std::string& netdev, const std::string& root) {
  std::vector<std::string> names;
  for (const RdmaDevice& device : rdma_devices(root)) {
    if (!device.verbs_usable) continue;
    for (const RdmaPort& port : device.ports) {
      if (port.state == "ACTIVE" && sends_over(root, netdev, device, port))
        names.push_back(device.name + ":" + std::to_string(port.number));
    }
  }
  return names;
}

SoftRoce soft_roce(const std::string& kernel_release, const std::string& root) {
  std::error_code ignored;  // what cannot be looked at is not there for us
  if (fs::exists(root + "/sys/module/rdma_rxe", ignored)) return SoftRoce::kLoaded;
  const fs::path modules = root + "/lib/modules/" + kernel_release;
  // modules.dep names the modules that can be loaded, modules.builtin those that need not be.
  if (names_module(modules / "modules.builtin")) return SoftRoce::kLoaded;
  return names_module(modules / "modules.dep") ? SoftRoce::kLoadable : SoftRoce::kMissing;
}

}  // namespace lath
