// The real machine: what taskset leaves, and binding to it. Whatever binds does so in a child, so that no test disturbs another.
#include "topology/machine.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <iomanip>
#include <sstream>
#include <string>

#include "topology/host.hpp"

namespace lath {
namespace {

// What `work` returned in a child that may run on `cpu` only, as with taskset; -1 if the child was killed.
int in_child_bound_to(std::uint32_t cpu, const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    _exit(sched_setaffinity(0, sizeof set, &set) == 0 ? work() : 100);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

CpuSet affinity_of_this_thread() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  CpuSet cpus;
  for (std::uint32_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

TEST(Machine, has_the_cores_that_the_scheduler_gives_this_process) {
  const Result<Machine> machine = Machine::this_machine();
  ASSERT_TRUE(machine) << machine.error().text;
  EXPECT_EQ(machine->allowed_cpus(), affinity_of_this_thread());
  EXPECT_GE(machine->core_count_total(), machine->cores().size());
  EXPECT_GE(machine->cpu_count_total(), machine->core_count_total());
  const Result<ShardPlan> plan = machine->plan({});
  ASSERT_TRUE(plan) << plan.error().text;
  EXPECT_EQ(plan->shards.size(), machine->cores().size());
}

TEST(Machine, under_taskset_has_the_one_core_left) {
  for (const std::uint32_t cpu : affinity_of_this_thread()) {
    const int result = in_child_bound_to(cpu, [cpu] {
      const Result<Machine> machine = Machine::this_machine();
      if (!machine) return 1;
      const Result<ShardPlan> plan = machine->plan({});
      if (!plan) return 2;
      if (plan->shards.size() != 1 || plan->shards[0].cpu != cpu || plan->control_cpus != CpuSet{cpu}) return 3;
      return plan->warning.empty() && machine->allowed_cpus() == CpuSet{cpu} ? 0 : 4;
    });
    EXPECT_EQ(result, 0) << "on CPU " << cpu;
  }
}

TEST(Machine, under_taskset_refuses_the_cores_taken_away) {
  const CpuSet cpus = affinity_of_this_thread();
  const std::uint32_t other = cpus.back() + 1;
  const int result = in_child_bound_to(cpus.front(), [&] {
    const Result<Machine> machine = Machine::this_machine();
    if (!machine) return 1;
    const Result<ShardPlan> plan = machine->plan({.cpus = std::to_string(other)});
    if (plan) return 2;
    const std::string expected =
        "setting 'cpus', '" + std::to_string(other) + "': this process may use only " + std::to_string(cpus.front()) + ", not";
    return plan.error().text.compare(0, expected.size(), expected) == 0 ? 0 : 3;
  });
  EXPECT_EQ(result, 0);
}

TEST(Machine, a_bound_thread_runs_where_the_plan_says) {
  const CpuSet cpus = affinity_of_this_thread();
  const int result = in_child_bound_to(cpus.back(), [&] {
    const Result<Machine> machine = Machine::this_machine();
    if (!machine) return 1;
    const Result<ShardPlan> plan = machine->plan({});
    if (!plan || !machine->bind_this_thread(plan->shards[0])) return 2;
    if (affinity_of_this_thread() != CpuSet{plan->shards[0].cpu}) return 3;
    return machine->bind_this_thread(plan->control_cpus) ? 0 : 4;
  });
  EXPECT_EQ(result, 0);
}

// What the kernel says of the mapping that starts there, its policy first: " default ...", " bind:0 ...", " prefer (many):0 ...";
// empty if it does not say.
std::string memory_policy_at(const void* address) {
  std::ostringstream start;
  start << std::hex << std::setw(8) << std::setfill('0') << reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/numa_maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string place, policy;
    if (words >> place && place == start.str() && std::getline(words, policy)) return policy;
  }
  return "";
}

TEST(Machine, memory_comes_from_the_shards_numa_node_until_it_may_come_from_any) {
  const Result<Machine> machine = Machine::this_machine();
  ASSERT_TRUE(machine) << machine.error().text;
  const Result<ShardPlan> plan = machine->plan({.shards = 1});
  ASSERT_TRUE(plan);
  constexpr std::size_t kBytes = 1 << 20;
  void* mapped = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  const std::span<std::byte> memory(static_cast<std::byte*>(mapped), kBytes);
  const Result<void> used = machine->use_memory_of(plan->shards[0]);
  for (std::byte& byte : memory) byte = std::byte{1};
  const std::string policy = memory_policy_at(mapped);
  const std::string numa_node = std::string(":").append(std::to_string(plan->shards[0].numa_node)).append(" ");
  if (used && !policy.empty()) {
    EXPECT_NE(policy.find(numa_node), std::string::npos) << policy;
  }
  if (!used) {  // a container may forbid set_mempolicy
    EXPECT_EQ(used.error().code, Code::kIo);
    EXPECT_NE(used.error().text.find("memory could not be taken from NUMA node"), std::string::npos);
  } else {
    const Result<void> anywhere = machine->use_memory_anywhere();
    EXPECT_TRUE(anywhere) << anywhere.error().text;
    const std::string after = memory_policy_at(mapped);
    EXPECT_TRUE(after.empty() || after.find("default") != std::string::npos) << after;
  }
  EXPECT_EQ(munmap(mapped, kBytes), 0);
}

TEST(Machine, binding_to_what_is_not_there_is_an_error) {
  const Result<Machine> machine = Machine::this_machine();
  ASSERT_TRUE(machine);
  const Result<void> bound = machine->bind_this_thread(CpuSet{60'000});
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().text.substr(0, 47), "this thread could not be bound to CPU 60000: In");
}

TEST(Machine, that_the_environment_makes_up_names_the_variable) {
  const Result<Machine> real = Machine::this_machine();
  ASSERT_TRUE(real) << real.error().text;
  EXPECT_EQ(real->made_up_by(), "");
  ASSERT_EQ(setenv("HWLOC_SYNTHETIC", "core:128 pu:1", 1), 0);
  const Result<Machine> made_up = Machine::this_machine();
  unsetenv("HWLOC_SYNTHETIC");
  ASSERT_TRUE(made_up) << made_up.error().text;
  EXPECT_EQ(made_up->cores().size(), 128U);
  EXPECT_EQ(made_up->made_up_by(), "HWLOC_SYNTHETIC");
  EXPECT_NE(made_up->bind_this_thread(PlannedShard{}).error().text.find("HWLOC_SYNTHETIC"), std::string::npos);
}

TEST(Machine, a_synthetic_one_is_not_bound_to) {
  const Result<Machine> machine = Machine::synthetic("core:1 pu:1");
  ASSERT_TRUE(machine);
  EXPECT_EQ(machine->bind_this_thread(PlannedShard{}).error().text,
            "the cores that a synthetic topology tells of can be planned for, not bound to");
  EXPECT_EQ(machine->use_memory_of(PlannedShard{}).error().text,
            "the cores that a synthetic topology tells of can be planned for, not bound to");
  EXPECT_EQ(Machine::synthetic("sofa:2").error().text.substr(0, 42), "'sofa:2' is not a synthetic topology of hw");
}

}  // namespace
}  // namespace lath
