#include "launch/doctor/machine.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace lath {

namespace {

std::string cores_text(double cores) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2g", cores);
  return text.data();
}

}  // namespace

Findings check_settings(const MachineFacts& facts) {
  Findings found;
  if (!facts.setting_error.empty())
    found.push_back(finding(Verdict::kBad, "settings", facts.setting_error,
                            "correct or unset it; lathd --print-config shows each setting with its form"));
  for (const std::string& warning : facts.setting_warnings)
    found.push_back(finding(Verdict::kWarn, "settings", warning, "unset it, or spell it as lathd --print-config does"));
  if (found.empty()) found.push_back(fine("settings", "every LATH_* variable is one that Lath knows"));
  return found;
}

Findings check_cores(const MachineFacts& facts) {
  const CoreFacts& cores = facts.cores;
  if (!cores.plan)
    return {
        finding(Verdict::kBad, "cores", cores.plan_error, "set LATH_SHARDS and LATH_CPUS to what this machine has, or unset them")};
  Findings found;
  const std::size_t shard_count = cores.plan->shards.size();
  const std::string plan = count_of(shard_count, "shard") + " planned on " + count_of(cores.core_count, "core");
  if (cores.plan->oversubscribed) {
    found.push_back(finding(Verdict::kWarn, "cores", plan + ": they share cores, so each waits for the others",
                            "set LATH_SHARDS=" + std::to_string(cores.core_count) + " or less, or unset it for one shard a core"));
  } else if (!cores.plan->warning.empty()) {
    found.push_back(
        finding(Verdict::kWarn, "cores", plan + ": " + cores.plan->warning, "mpirun --bind-to none --map-by ppr:2:node lathd"));
  } else if (cores.made_up_by.empty()) {
    found.push_back(fine("cores", plan));
  }
  if (!cores.made_up_by.empty())
    found.push_back(finding(Verdict::kWarn, "cores",
                            plan + " of another machine, which " + cores.made_up_by + " tells of: shards are bound to none",
                            "unset " + cores.made_up_by));
  if (cores.core_count < cores.core_count_total)
    found.push_back(finding(Verdict::kNote, "cores",
                            "this process may use " + std::to_string(cores.core_count) + " of the machine's " +
                                count_of(cores.core_count_total, "core"),
                            "to use all, lift the limit of taskset, of the cgroup, or start by mpirun --bind-to none"));
  if (cores.cpu_count_total > cores.core_count_total)
    found.push_back(finding(Verdict::kNote, "SMT",
                            "each core has several hardware threads (" + std::to_string(cores.cpu_count_total) + " on " +
                                count_of(cores.core_count_total, "core") + "): shards take one a core and leave the others",
                            "nothing to do; for a shard on every hardware thread set LATH_SHARDS=" +
                                std::to_string(cores.cpu_count_total) + " and measure whether it helps"));
  const auto quota = facts.host.cpu_quota;
  // One shard polls its core all the time that it has work: with less time than shards the kernel stops all of them at once.
  if (quota && *quota < static_cast<double>(shard_count))
    found.push_back(finding(Verdict::kWarn, "CPU quota",
                            "the cgroup allows " + cores_text(*quota) + " cores' worth of time to " +
                                count_of(shard_count, "shard") + ": all of them stand still for the rest of each period",
                            "raise the quota (docker --cpus, systemd CPUQuota=, cpu.max), or set LATH_SHARDS=" +
                                std::to_string(*quota < 1 ? 1 : static_cast<std::size_t>(*quota))));
  return found;
}

// UCX takes SysV segments from huge pages while there are any.
Findings check_huge_pages(const MachineFacts& facts) {
  if (!facts.uses_sysv) return {};
  if (facts.huge_pages == 0)
    return {fine("huge pages",
                 "none are reserved, so a table lies in small ones; sysctl vm.nr_hugepages=N before a node starts "
                 "gives it N of 2 MiB")};
  return {fine("huge pages", std::to_string(facts.huge_pages_free) + " of " + std::to_string(facts.huge_pages) +
                                 " of 2 MiB are free: tables lie in them while there are any")};
}

// Extents are mapped ahead of need, so strict accounting refuses them long before memory is short.
Findings check_overcommit(const MachineFacts& facts) {
  if (!facts.overcommit || *facts.overcommit != 2) return {};
  return {finding(Verdict::kWarn, "overcommit",
                  "vm.overcommit_memory is 2: the kernel may refuse memory that a node maps ahead of need",
                  "sysctl vm.overcommit_memory=0, or raise vm.overcommit_ratio")};
}

Findings check_mpi(const MachineFacts& facts) {
  if (facts.mpirun.empty())
    return {finding(Verdict::kWarn, "Open MPI", "there is no mpirun in PATH: lathd starts one node alone",
                    "apt-get install openmpi-bin, or module load openmpi")};
  if (facts.is_root && !facts.mpi_root_allowed)
    return {finding(Verdict::kWarn, "Open MPI", facts.mpirun + " refuses to run as root",
                    "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1, or run as another user")};
  return {fine("Open MPI", facts.mpirun)};
}

Findings check_machine(const MachineFacts& facts) {
  Findings found = check_settings(facts);
  append(found, check_cores(facts));
  append(found, check_memory(facts));
  append(found, check_shared_memory(facts));
  append(found, check_huge_pages(facts));
  append(found, check_overcommit(facts));
  append(found, check_mpi(facts));
  return found;
}

}  // namespace lath
