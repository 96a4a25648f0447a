#include "topology/nic.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace lath {
namespace {

namespace fs = std::filesystem;

std::string first_line_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

Nic nic_at(const fs::path& folder, NicKind kind) {
  Nic nic;
  nic.name = folder.filename().string();
  nic.kind = kind;
  if (Result<CpuSet> cpus = cpus_from(first_line_of(folder / "device" / "local_cpulist"))) nic.near_cpus = *std::move(cpus);
  const std::string numa = first_line_of(folder / "device" / "numa_node");  // -1: the host does not say
  std::uint32_t number = 0;
  if (std::from_chars(numa.data(), numa.data() + numa.size(), number).ec == std::errc()) nic.numa_node = number;
  return nic;
}

void add_nics(const fs::path& class_folder, NicKind kind, std::vector<Nic>& nics) {
  std::error_code ignored;  // an unreadable folder holds no device that we could use
  std::vector<fs::path> folders;
  fs::directory_iterator position(class_folder, ignored);
  for (; !ignored && position != fs::directory_iterator(); position.increment(ignored)) folders.push_back(position->path());
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) {
    // Loopback, bridges and tunnels have no device.
    if (fs::exists(folder / "device", ignored)) nics.push_back(nic_at(folder, kind));
  }
}

}  // namespace

std::vector<Nic> nics_of(const std::string& sysfs_root) {
  std::vector<Nic> nics;
  add_nics(fs::path(sysfs_root) / "class" / "infiniband", NicKind::kRdma, nics);
  add_nics(fs::path(sysfs_root) / "class" / "net", NicKind::kEthernet, nics);
  return nics;
}

}  // namespace lath
