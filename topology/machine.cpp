#include "topology/machine.hpp"

#include <hwloc.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace lath {
namespace {

struct FreeBitmap {
  void operator()(hwloc_bitmap_s* bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

Error failed(const std::string& what, int error) {
  return {Code::kIo, what + ": " + std::strerror(error)};
}

CpuSet cpus_in(hwloc_const_bitmap_t bitmap) {
  CpuSet cpus;
  for (int cpu = hwloc_bitmap_first(bitmap); cpu >= 0; cpu = hwloc_bitmap_next(bitmap, cpu)) {
    cpus.push_back(static_cast<std::uint32_t>(cpu));
  }
  return cpus;
}

Result<Bitmap> bitmap_of(const CpuSet& cpus) {
  Bitmap bitmap(hwloc_bitmap_alloc());
  if (!bitmap) return failed("hwloc_bitmap_alloc", ENOMEM);
  for (const std::uint32_t cpu : cpus) {
    if (hwloc_bitmap_set(bitmap.get(), cpu) != 0) return failed("hwloc_bitmap_set", errno);
  }
  return bitmap;
}

// What hwloc takes another machine from, where it is set.
std::string settings_of_another_machine() {
  std::string set;
  for (const char* name :
       {"HWLOC_SYNTHETIC", "HWLOC_XMLFILE", "HWLOC_FSROOT", "HWLOC_CPUID_PATH", "HWLOC_COMPONENTS", "HWLOC_THISSYSTEM"}) {
    if (std::getenv(name) != nullptr) set += (set.empty() ? "" : " ") + std::string(name);
  }
  return set.empty() ? "the variables HWLOC_*" : set;
}

}  // namespace

void Machine::Unload::operator()(hwloc_topology* topology) const {
  hwloc_topology_destroy(topology);
}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

Machine::Machine(Topology topology, const CpuSet& allowed, std::vector<Nic> nics)
    : topology_(std::move(topology)), nics_(std::move(nics)) {
  // Some virtual machines show hardware threads only: each is then a core.
  const bool has_cores = hwloc_get_nbobjs_by_type(topology_.get(), HWLOC_OBJ_CORE) > 0;
  const hwloc_obj_type_t type = has_cores ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
  hwloc_obj_t core = nullptr;
  while ((core = hwloc_get_next_obj_by_type(topology_.get(), type, core)) != nullptr) {
    const CpuSet cpus = cpus_in(core->cpuset);
    ++core_count_total_;
    cpu_count_total_ += cpus.size();
    Core usable{.cpus = intersection(cpus, allowed)};
    if (usable.cpus.empty()) continue;
    const int numa_node = core->nodeset == nullptr ? -1 : hwloc_bitmap_first(core->nodeset);
    usable.numa_node = numa_node < 0 ? 0 : static_cast<std::uint32_t>(numa_node);
    const hwloc_obj_t package = hwloc_get_ancestor_obj_by_type(topology_.get(), HWLOC_OBJ_PACKAGE, core);
    usable.package = package == nullptr ? 0 : package->logical_index;
    cores_.push_back(std::move(usable));
  }
}

Result<Machine::Topology> Machine::start() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return failed("hwloc_topology_init", errno);
  return Topology(topology);
}

Result<void> Machine::load(hwloc_topology* topology, const std::string& what) {
  if (hwloc_topology_load(topology) != 0) return failed("hwloc could not read " + what, errno);
  return {};
}

Result<Machine> Machine::this_machine(const std::string& sysfs_root) {
  Result<Topology> started = start();
  if (!started) return started.error();
  Topology topology = *std::move(started);
  // The whole machine is loaded, so that we can tell what there is from what we may use.
  if (hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) != 0) {
    return failed("hwloc_topology_set_flags", errno);
  }
  if (const Result<void> loaded = load(topology.get(), "this machine"); !loaded) return loaded.error();
  CpuSet allowed = cpus_in(hwloc_topology_get_allowed_cpuset(topology.get()));
  const bool is_this_one = hwloc_topology_is_thissystem(topology.get()) != 0;
  // hwloc's allowed set is the cgroup's; the binding of taskset and mpirun is the process's own.
  if (is_this_one) {
    Bitmap bound(hwloc_bitmap_alloc());
    if (!bound) return failed("hwloc_bitmap_alloc", ENOMEM);
    if (hwloc_get_cpubind(topology.get(), bound.get(), HWLOC_CPUBIND_PROCESS) != 0) {
      return failed("the CPU binding of this process cannot be read", errno);
    }
    allowed = intersection(allowed, cpus_in(bound.get()));
  }
  Machine machine(std::move(topology), allowed, nics_of(sysfs_root));
  if (!is_this_one) machine.made_up_by_ = settings_of_another_machine();
  return machine;
}

Result<Machine> Machine::synthetic(const std::string& description, const CpuSet& allowed, const std::string& sysfs_root) {
  Result<Topology> started = start();
  if (!started) return started.error();
  Topology topology = *std::move(started);
  if (hwloc_topology_set_synthetic(topology.get(), description.c_str()) != 0) {
    return Error{Code::kInvalid, "'" + description + "' is not a synthetic topology of hwloc, like \"package:2 core:4 pu:2\""};
  }
  if (const Result<void> loaded = load(topology.get(), "'" + description + "'"); !loaded) return loaded.error();
  const CpuSet all = cpus_in(hwloc_topology_get_topology_cpuset(topology.get()));
  std::vector<Nic> nics;
  if (!sysfs_root.empty()) nics = nics_of(sysfs_root);
  Machine machine(std::move(topology), allowed.empty() ? all : allowed, std::move(nics));
  machine.made_up_by_ = "a synthetic topology";
  return machine;
}

CpuSet Machine::allowed_cpus() const {
  CpuSet cpus;
  for (const Core& core : cores_) cpus.insert(cpus.end(), core.cpus.begin(), core.cpus.end());
  std::sort(cpus.begin(), cpus.end());
  return cpus;
}

std::size_t Machine::numa_node_count() const {
  const int count = hwloc_get_nbobjs_by_type(topology_.get(), HWLOC_OBJ_NUMANODE);
  return count < 1 ? 1 : static_cast<std::size_t>(count);
}

Result<CpuSet> Machine::cpus_of_this_thread() const {
  const Bitmap bound(hwloc_bitmap_alloc());
  if (!bound) return failed("hwloc_bitmap_alloc", ENOMEM);
  if (hwloc_get_cpubind(topology_.get(), bound.get(), HWLOC_CPUBIND_THREAD) != 0) {
    return failed("the CPU binding of this thread cannot be read", errno);
  }
  return cpus_in(bound.get());
}

Result<void> Machine::check_bindable() const {
  if (made_up_by_.empty()) return {};
  return Error{Code::kInvalid, "the cores that " + made_up_by_ + " tells of can be planned for, not bound to"};
}

Result<void> Machine::bind_this_thread(const PlannedShard& shard) const {
  return bind_this_thread(CpuSet{shard.cpu});
}

Result<void> Machine::bind_this_thread(const CpuSet& cpus) const {
  if (auto bindable = check_bindable(); !bindable) return bindable;
  const Result<Bitmap> bitmap = bitmap_of(cpus);
  if (!bitmap) return bitmap.error();
  if (hwloc_set_cpubind(topology_.get(), bitmap->get(), HWLOC_CPUBIND_THREAD) != 0) {
    return failed("this thread could not be bound to CPU " + text_of(cpus), errno);
  }
  return {};
}

Result<void> Machine::use_memory_of(const PlannedShard& shard) const {
  if (auto bindable = check_bindable(); !bindable) return bindable;
  const Result<Bitmap> bitmap = bitmap_of({shard.numa_node});
  if (!bitmap) return bitmap.error();
  // Without STRICT: a NUMA node that is full spills over, where a strict binding would have the process killed.
  if (hwloc_set_membind(topology_.get(), bitmap->get(), HWLOC_MEMBIND_BIND, HWLOC_MEMBIND_THREAD | HWLOC_MEMBIND_BYNODESET) != 0) {
    return failed("memory could not be taken from NUMA node " + std::to_string(shard.numa_node), errno);
  }
  return {};
}

Result<void> Machine::use_memory_anywhere() const {
  if (auto bindable = check_bindable(); !bindable) return bindable;
  if (hwloc_set_membind(topology_.get(), hwloc_topology_get_complete_nodeset(topology_.get()), HWLOC_MEMBIND_DEFAULT,
                        HWLOC_MEMBIND_THREAD | HWLOC_MEMBIND_BYNODESET) != 0) {
    return failed("memory could not be taken from all NUMA nodes again", errno);
  }
  return {};
}

}  // namespace lath
