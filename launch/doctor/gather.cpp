#include "launch/doctor/gather.hpp"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "topology/machine.hpp"
#include "transport/network_limits.hpp"

namespace lath {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSegmentsShownMax = 4;

std::string value_in(std::span<const std::string> environment, const std::string& name) {
  for (const std::string& entry : environment) {
    if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
  }
  return {};
}

std::optional<int> number_in_file(const std::string& path) {
  std::ifstream file(path);
  int number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

bool has_capability(unsigned number) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("CapEff:")) continue;
    const std::size_t digits = line.find_first_not_of(" \t", 7);
    std::uint64_t bits = 0;
    if (digits != std::string::npos) std::from_chars(line.data() + digits, line.data() + line.size(), bits, 16);
    return ((bits >> number) & 1) != 0;
  }
  return false;
}

// Only the superuser may look at the first process; to others nothing is known, and nothing is said.
bool differs_from_first_process(const std::string& own, const std::string& first) {
  struct stat a {};
  struct stat b {};
  return stat(own.c_str(), &a) == 0 && stat(first.c_str(), &b) == 0 && (a.st_dev != b.st_dev || a.st_ino != b.st_ino);
}

// Segments in /dev/shm that a process of ours may see mapped.
std::set<std::string> mapped_segments() {
  std::set<std::string> mapped;
  std::error_code failure;
  fs::directory_iterator process("/proc", failure);
  for (; !failure && process != fs::directory_iterator(); process.increment(failure)) {
    std::ifstream maps(process->path() / "maps");
    for (std::string line; std::getline(maps, line);) {
      const std::size_t path = line.find("/dev/shm/");
      if (path != std::string::npos) mapped.insert(line.substr(path, line.find(' ', path) - path));
    }
  }
  return mapped;
}

// This user's alone: whether another's are mapped cannot be seen.
StaleSegments find_stale_segments() {
  StaleSegments stale;
  const std::set<std::string> mapped = mapped_segments();
  std::error_code failure;
  fs::directory_iterator file("/dev/shm", failure);
  for (; !failure && file != fs::directory_iterator(); file.increment(failure)) {
    const std::string name = file->path().filename().string();
    struct stat status {};
    if (!name.starts_with("ucx_shm_posix_") && !name.starts_with("vader_segment.")) continue;
    if (mapped.contains(file->path().string()) || stat(file->path().c_str(), &status) != 0 || status.st_uid != geteuid()) continue;
    ++stale.count;
    stale.bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    if (stale.paths.size() < kSegmentsShownMax) stale.paths.push_back(file->path().string());
  }
  return stale;
}

bool has_transport(const UcxSurvey& survey, const std::string& name) {
  return std::ranges::any_of(survey.resources, [&](const UcxResource& resource) { return resource.transport == name; });
}

void read_settings(std::span<const std::string> environment, MachineFacts& facts) {
  auto request = read_config({}, environment);
  facts.config = request ? request->config : default_config();
  if (request) facts.setting_warnings = request->warnings;
  if (!request) facts.setting_error = request.error().text;
}

void read_cores(MachineFacts& facts) {
  const auto machine = Machine::this_machine();
  if (!machine) {
    facts.cores.plan_error = machine.error().text;
    return;
  }
  facts.cores.core_count = machine->cores().size();
  facts.cores.core_count_total = machine->core_count_total();
  facts.cores.cpu_count_total = machine->cpu_count_total();
  facts.cores.made_up_by = machine->made_up_by();
  PlanRequest request;
  request.shards = facts.config.shards;
  if (!facts.config.cpus.empty()) request.cpus = facts.config.cpus;
  auto plan = machine->plan(request);
  if (plan) facts.cores.plan = std::move(*plan);
  if (!plan) facts.cores.plan_error = plan.error().text;
}

void read_network(std::span<const std::string> environment, const MachineFacts& machine, NetworkFacts& facts) {
  auto in_force = survey_ucx();
  if (in_force) facts.in_force = std::move(*in_force);
  if (!in_force) facts.survey_error = in_force.error().text;
  if (auto unlimited = survey_ucx_unlimited()) facts.unlimited = std::move(*unlimited);
  facts.settings = ucx_settings_in(environment);
  facts.rdma = rdma_devices();
  if (const auto limits = network_limits_here(network_settings_here()))
    facts.choices = ucx_rdma_choices(rdma_port_kinds(), limits->ucx.transports, limits->ucx.devices);
  utsname kernel{};
  if (uname(&kernel) == 0) facts.soft_roce = soft_roce(kernel.release);
  facts.memlock_bytes = machine.host.memlock_bytes;
  facts.memory_bytes = machine.config.memory_bytes;
  facts.may_lock_memory = has_capability(CAP_IPC_LOCK);
  facts.ptrace_scope = number_in_file("/proc/sys/kernel/yama/ptrace_scope");
  facts.may_trace = has_capability(CAP_SYS_PTRACE);
}

}  // namespace

std::vector<UcxSetting> ucx_settings_in(std::span<const std::string> environment) {
  std::vector<UcxSetting> settings;
  for (const std::string& entry : environment) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || (!entry.starts_with("UCX_") && !entry.starts_with("LATH_UCX_"))) continue;
    settings.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
  }
  return settings;
}

std::string find_in_path(const std::string& name, const std::string& path) {
  std::istringstream folders(path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    std::error_code ignored;  // what cannot be looked at cannot be run
    if (access(candidate.c_str(), X_OK) == 0 && !fs::is_directory(candidate, ignored)) return candidate;
  }
  return {};
}

Result<LocalFacts> gather_local_facts(std::span<const std::string> environment) {
  LocalFacts facts;
  facts.machine.memory = memory_left(MemoryFor::kSharing);
  auto host = host_facts();
  if (!host) return host.error();
  MachineFacts& machine = facts.machine;
  machine.host = std::move(*host);
  read_settings(environment, machine);
  read_cores(machine);
  machine.ipc_unshared = differs_from_first_process("/proc/self/ns/ipc", "/proc/1/ns/ipc") ||
                         differs_from_first_process("/dev/shm", "/proc/1/root/dev/shm");
  machine.stale = find_stale_segments();
  machine.huge_pages = number_in_file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages").value_or(0);
  machine.huge_pages_free = number_in_file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages").value_or(0);
  machine.overcommit = number_in_file("/proc/sys/vm/overcommit_memory");
  machine.mpirun = find_in_path("mpirun", value_in(environment, "PATH"));
  machine.is_root = geteuid() == 0;
  machine.mpi_root_allowed =
      value_in(environment, "OMPI_ALLOW_RUN_AS_ROOT") == "1" && value_in(environment, "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM") == "1";
  read_network(environment, machine, facts.network);
  if (const auto& survey = facts.network.in_force) {
    machine.uses_sysv = has_transport(*survey, "sysv");
    machine.uses_posix = has_transport(*survey, "posix");
  }
  return facts;
}

}  // namespace lath
