// The doctor's checks of one host: made-up facts, folders that play /sys, and this very machine.
#include <gtest/gtest.h>

#include "launch/doctor/gather.hpp"
#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

MachineFacts healthy_machine() {
  MachineFacts facts;
  facts.config = default_config();
  facts.cores = {
      .core_count = 2, .core_count_total = 2, .cpu_count_total = 2, .made_up_by = {}, .plan = ShardPlan{}, .plan_error = {}};
  facts.cores.plan->shards.resize(2);
  facts.host.shm_bytes = facts.host.shm_free_bytes = 8ULL << 30;
  facts.host.sysv = {.segment_bytes_max = UINT64_MAX, .segments_max = 4096, .bytes_max = UINT64_MAX};
  facts.mpirun = "/usr/bin/mpirun";
  return facts;
}

RdmaDevice healthy_device() {
  return {.name = "mlx5_0",
          .parent = {},
          .near_cpus = {0, 1},
          .numa_node = 0,
          .verbs_file = "/dev/infiniband/uverbs0",
          .verbs_usable = true,
          .ports = {{.number = 1,
                     .state = "ACTIVE",
                     .phys_state = "LinkUp",
                     .link_layer = "Ethernet",
                     .rate = "100 Gb/sec (4X EDR)",
                     .gids = {{.index = 3, .gid = "::ffff:10.0.0.1", .type = "RoCE v2", .netdev = "eth1"}}}}};
}

NetworkFacts healthy_network() {
  NetworkFacts facts;
  facts.in_force = UcxSurvey{.version = "1.13.1",
                             .resources = {{"self", "memory"}, {"tcp", "eth0"}, {"posix", "memory"}, {"rc_verbs", "mlx5_0:1"}}};
  facts.unlimited = facts.in_force;
  facts.rdma = {healthy_device()};
  facts.memory_bytes = 1ULL << 30;
  return facts;
}

// The one finding that is not fine: its verdict, and that its text and its remedy hold the words.
void expect_one(const Findings& findings, Verdict verdict, const std::string& text, const std::string& remedy) {
  std::size_t count = 0;
  for (const Finding& each : findings) {
    if (each.verdict == Verdict::kOk) continue;
    ++count;
    EXPECT_EQ(each.verdict, verdict) << each.text;
    EXPECT_NE(each.text.find(text), std::string::npos) << each.text;
    EXPECT_NE(each.remedy.find(remedy), std::string::npos) << each.remedy;
  }
  EXPECT_EQ(count, 1U) << text_report(findings);
}

TEST(DoctorMachine, finds_nothing_wrong_with_a_healthy_one) {
  const Findings found = check_machine(healthy_machine());
  EXPECT_EQ(worst_of(found), Verdict::kOk) << text_report(found);
  EXPECT_EQ(exit_status_of(found), 0);
}

TEST(DoctorMachine, compares_the_memory_that_is_left_with_what_a_node_plans) {
  MachineFacts facts = healthy_machine();
  facts.memory = {.bytes = 400ULL << 20, .whose = "the control group /slurm/job_7"};
  expect_one(check_machine(facts), Verdict::kWarn, "the control group /slurm/job_7 has 400.0 MiB of memory left",
             "LATH_MEMORY=200MiB");
  facts.memory.bytes = 64ULL << 30;
  EXPECT_EQ(worst_of(check_machine(facts)), Verdict::kOk);
}

TEST(DoctorMachine, compares_cores_with_shards) {
  MachineFacts facts = healthy_machine();
  facts.cores.plan->shards.resize(4);
  facts.cores.plan->oversubscribed = true;
  expect_one(check_machine(facts), Verdict::kWarn, "4 shards planned on 2 cores", "LATH_SHARDS=2");
  facts.cores.plan.reset();
  facts.cores.plan_error = "setting 'cpus', '9': this process may use only 0-1";
  expect_one(check_machine(facts), Verdict::kBad, "'cpus', '9'", "LATH_CPUS");
  facts = healthy_machine();
  facts.cores.cpu_count_total = 4;
  expect_one(check_machine(facts), Verdict::kNote, "4 on 2 cores", "LATH_SHARDS=4");
  facts = healthy_machine();
  facts.cores.core_count_total = facts.cores.cpu_count_total = 8;
  expect_one(check_machine(facts), Verdict::kNote, "2 of the machine's 8 cores", "--bind-to none");
  facts = healthy_machine();
  facts.host.cpu_quota = 1.5;
  expect_one(check_machine(facts), Verdict::kWarn, "1.5 cores' worth", "LATH_SHARDS=1");
  facts.host.cpu_quota = 2;
  EXPECT_EQ(worst_of(check_machine(facts)), Verdict::kOk);
}

TEST(DoctorMachine, passes_on_what_the_plan_warns_of_and_names_who_made_the_cores_up) {
  MachineFacts facts = healthy_machine();
  facts.cores.plan->warning = "600 cores, but a node has at most 512 shards: start more nodes on this host to use the others";
  expect_one(check_machine(facts), Verdict::kWarn, "2 shards planned on 2 cores: 600 cores, but", "--map-by ppr:2:node");
  facts = healthy_machine();
  facts.cores.made_up_by = "HWLOC_SYNTHETIC";
  expect_one(check_machine(facts), Verdict::kWarn, "2 cores of another machine, which HWLOC_SYNTHETIC tells of",
             "unset HWLOC_SYNTHETIC");
}

TEST(DoctorMachine, a_small_dev_shm_is_no_limit_of_the_table) {
  MachineFacts facts = healthy_machine();
  facts.host.shm_bytes = facts.host.shm_free_bytes = 64ULL << 20;  // docker's default
  const Findings found = check_shared_memory(facts);
  EXPECT_EQ(worst_of(found), Verdict::kOk) << text_report(found);
  EXPECT_NE(text_report(found).find("SysV memory has no limit, in 4096 segments: enough for the 1.0 GiB"), std::string::npos)
      << text_report(found);
  EXPECT_NE(text_report(found).find("64.0 MiB of 64.0 MiB free, enough for the 3 endpoints"), std::string::npos);
}

TEST(DoctorMachine, a_limit_of_the_size_of_files_matters_to_dev_shm_and_logs) {
  MachineFacts facts = healthy_machine();
  facts.host.file_bytes = 2ULL << 20;
  expect_one(check_shared_memory(facts), Verdict::kBad, "2.0 MiB: too little for an endpoint", "ulimit -f unlimited");
  facts.uses_posix = false;
  expect_one(check_shared_memory(facts), Verdict::kWarn, "2.0 MiB: neither", "ulimit -f unlimited");
  facts.uses_posix = true;
  facts.host.file_bytes = 64ULL << 20;
  expect_one(check_shared_memory(facts), Verdict::kWarn, "64.0 MiB: neither", "ulimit -f unlimited");
}

TEST(DoctorMachine, measures_sysv_memory_against_the_planned_table) {
  MachineFacts facts = healthy_machine();
  facts.host.sysv.bytes_max = 256ULL << 20;
  expect_one(check_machine(facts), Verdict::kNote, "kernel.shmall leaves 256 MiB of SysV memory", "sysctl kernel.shmall=");
  facts.host.shm_bytes = facts.host.shm_free_bytes = 64ULL << 20;
  expect_one(check_machine(facts), Verdict::kBad, "kernel.shmall leaves 256 MiB of SysV memory, and /dev/shm, which takes the rest",
             "sysctl kernel.shmall=");
  facts.host.sysv.bytes_max = 4ULL << 30;
  facts.host.sysv.bytes_used = 4ULL << 30;
  facts.host.sysv.bytes_used -= 256ULL << 20;
  expect_one(check_machine(facts), Verdict::kWarn, "kernel.shmall leaves 256 MiB", "see who holds it by ipcs -m");
  facts = healthy_machine();
  facts.host.shm_bytes = facts.host.shm_free_bytes = 64ULL << 20;
  facts.host.sysv.segments_max = 16;
  expect_one(check_machine(facts), Verdict::kBad, "kernel.shmmni leaves 16 SysV segments", "kernel.shmmni=");
  facts = healthy_machine();
  facts.host.sysv.segment_bytes_max = 32ULL << 20;  // the default of kernels before 3.16
  expect_one(check_machine(facts), Verdict::kNote, "kernel.shmmax allows SysV segments of 32 MiB", "kernel.shmmax=67108864");
}

TEST(DoctorMachine, names_what_leaves_endpoints_without_room) {
  MachineFacts facts = healthy_machine();
  facts.host.shm_free_bytes = 8ULL << 20;
  expect_one(check_machine(facts), Verdict::kBad, "8.0 MiB of 8.0 GiB are free: too little for the 3 endpoints", "--shm-size");
  facts = healthy_machine();
  facts.host.sysv.segment_bytes_max = 4ULL << 20;
  const std::string report = text_report(check_shared_memory(facts));
  EXPECT_NE(report.find("bad   SysV memory: SysV memory has no limit, in 4096 segments of at most 4.0 MiB"), std::string::npos)
      << report;
}

TEST(DoctorMachine, judges_only_the_shared_memory_that_the_settings_use) {
  MachineFacts facts = healthy_machine();
  facts.uses_sysv = false;
  facts.host.shm_bytes = facts.host.shm_free_bytes = 64ULL << 20;
  expect_one(check_machine(facts), Verdict::kBad, "/dev/shm has 64.0 MiB free", "mount -o remount,size=1536m /dev/shm");
  facts.uses_posix = false;
  EXPECT_TRUE(check_shared_memory(facts).empty());
  facts.uses_sysv = true;
  EXPECT_EQ(worst_of(check_machine(facts)), Verdict::kOk);
  facts.host.sysv.bytes_max = 256ULL << 20;
  expect_one(check_machine(facts), Verdict::kBad, "settings forbid /dev/shm", "sysctl kernel.shmall=");
}

TEST(DoctorMachine, tells_of_namespaces_and_of_segments_that_were_left) {
  MachineFacts facts = healthy_machine();
  facts.ipc_unshared = true;
  expect_one(check_machine(facts), Verdict::kNote, "IPC namespace", "--ipc=host");
  facts = healthy_machine();
  facts.stale = {.paths = {"/dev/shm/ucx_shm_posix_1"}, .count = 1, .bytes = 4096};
  expect_one(check_machine(facts), Verdict::kWarn, "1 segment of 4.0 KiB", "rm /dev/shm/ucx_shm_posix_1");
}

TEST(DoctorMachine, says_what_huge_pages_there_are) {
  MachineFacts facts = healthy_machine();
  EXPECT_NE(text_report(check_huge_pages(facts)).find("none are reserved"), std::string::npos);
  facts.huge_pages = 700;
  facts.huge_pages_free = 607;
  EXPECT_EQ(worst_of(check_huge_pages(facts)), Verdict::kOk);
  EXPECT_NE(text_report(check_huge_pages(facts)).find("607 of 700 of 2 MiB are free"), std::string::npos);
  facts.uses_sysv = false;
  EXPECT_TRUE(check_huge_pages(facts).empty());
}

TEST(DoctorMachine, knows_the_kernel_mpi_and_misspelt_settings) {
  MachineFacts facts = healthy_machine();
  facts.overcommit = 2;
  expect_one(check_machine(facts), Verdict::kWarn, "vm.overcommit_memory is 2", "sysctl vm.overcommit_memory=0");
  facts = healthy_machine();
  facts.mpirun.clear();
  expect_one(check_machine(facts), Verdict::kWarn, "no mpirun", "apt-get install openmpi-bin");
  facts = healthy_machine();
  facts.is_root = true;
  expect_one(check_machine(facts), Verdict::kWarn, "refuses to run as root", "OMPI_ALLOW_RUN_AS_ROOT=1");
  facts = healthy_machine();
  facts.setting_warnings = {"unknown setting LATH_SHARD"};
  expect_one(check_machine(facts), Verdict::kWarn, "LATH_SHARD", "--print-config");
  facts = healthy_machine();
  facts.setting_error = "setting 'shards' from LATH_SHARDS: 'x' is malformed";
  const Findings found = check_machine(facts);
  expect_one(found, Verdict::kBad, "LATH_SHARDS", "--print-config");
  EXPECT_EQ(exit_status_of(found), 1);
}

TEST(DoctorNetwork, finds_nothing_wrong_with_a_healthy_one) {
  const Findings found = check_network(healthy_network());
  EXPECT_EQ(worst_of(found), Verdict::kOk) << text_report(found);
}

TEST(DoctorNetwork, says_what_limited_transports_leave) {
  NetworkFacts facts = healthy_network();
  facts.rdma.clear();
  facts.settings = {{"UCX_TLS", "self"}};
  facts.in_force->resources = {{"self", "memory"}};
  Findings found = check_ucx(facts);
  expect_one(found, Verdict::kBad, "reaches another process (UCX_TLS=self)", "unset UCX_TLS, or name some");
  facts.in_force->resources.push_back({"posix", "memory"});
  expect_one(check_ucx(facts), Verdict::kWarn, "reaches another host", "unset UCX_TLS");
  facts.in_force->resources = {{"tcp", "eth0"}};
  expect_one(check_ucx(facts), Verdict::kWarn, "no shared memory", "unset UCX_TLS");
  expect_one(check_ucx_settings(facts), Verdict::kNote, "forbids posix (memory), rc_verbs (mlx5_0:1)", "unset UCX_TLS");
  facts.in_force.reset();
  facts.survey_error = "UCX cannot start";
  expect_one(check_ucx(facts), Verdict::kBad, "UCX cannot start",
             "unset UCX_TLS, or name some of what this machine has: self (memory)");
}

TEST(DoctorNetwork, our_own_prefix_wins_and_harmful_settings_are_told) {
  NetworkFacts facts = healthy_network();
  facts.settings = {{"LATH_UCX_TLS", "tcp"}, {"UCX_TLS", "self"}};
  EXPECT_EQ(setting_in_force(facts, "TLS")->value, "tcp");
  facts.settings = {{"UCX_MM_ERROR_HANDLING", "n"}};
  expect_one(check_network(facts), Verdict::kBad, "takes shared memory away", "unset UCX_MM_ERROR_HANDLING");
  facts.settings = {{"UCX_ATOMIC_MODE", "device"}};
  expect_one(check_network(facts), Verdict::kNote, "UCX_ATOMIC_MODE=device", "unset UCX_ATOMIC_MODE");
  facts.settings.clear();
  facts.ptrace_scope = 1;
  EXPECT_EQ(worst_of(check_network(facts)), Verdict::kOk);  // without CMA it does not matter
  facts.in_force->resources.push_back({"cma", "memory"});
  expect_one(check_network(facts), Verdict::kNote, "ptrace_scope is 1", "sysctl kernel.yama.ptrace_scope=0");
}

TEST(DoctorRdma, the_memlock_limit_matters_with_a_device_alone) {
  NetworkFacts facts = healthy_network();
  facts.memlock_bytes = 8ULL << 20;
  expect_one(check_memlock(facts), Verdict::kBad, "8.0 MiB", "ulimit -l unlimited");
  facts.memlock_bytes = (1ULL << 30) + 1;
  expect_one(check_memlock(facts), Verdict::kWarn, "1.0 GiB", "LimitMEMLOCK=infinity");
  facts.may_lock_memory = true;
  EXPECT_EQ(worst_of(check_memlock(facts)), Verdict::kOk);
  facts.may_lock_memory = false;
  facts.rdma.clear();
  EXPECT_NE(check_memlock(facts).front().text.find("only matters with RDMA"), std::string::npos);
}

TEST(DoctorRdma, tells_what_was_chosen_and_why_and_who_overrules_it) {
  NetworkFacts facts = healthy_network();
  EXPECT_TRUE(check_rdma_choices(facts).empty()) << "of InfiniBand nothing is chosen";
  facts.choices = {{.key = "RC_RETRY_COUNT", .value = "6", .why = "a dead peer", .narrower = "RC_VERBS_RETRY_COUNT"}};
  EXPECT_EQ(check_rdma_choices(facts).front().text, "RC_RETRY_COUNT=6, chosen by Lath: a dead peer");
  EXPECT_EQ(worst_of(check_network(facts)), Verdict::kOk);
  facts.settings.push_back({"LATH_UCX_RC_VERBS_RETRY_COUNT", "7"});
  expect_one(check_rdma_choices(facts), Verdict::kNote, "RETRY_COUNT=7 stands, and Lath would choose 6",
             "unset LATH_UCX_RC_VERBS_RETRY_COUNT");
  facts.settings.back().value = "6";
  EXPECT_EQ(worst_of(check_rdma_choices(facts)), Verdict::kOk);
}

TEST(DoctorRdma, judges_devices_ports_and_gids) {
  NetworkFacts facts = healthy_network();
  RdmaPort& port = facts.rdma[0].ports[0];
  port.gids[0].type = "IB/RoCE v1";
  expect_one(check_rdma(facts), Verdict::kWarn, "no RoCE v2 GID", "LATH_UCX_IB_GID_INDEX");
  port.gids.clear();
  expect_one(check_rdma(facts), Verdict::kWarn, "no GID", "ip address add");
  port.state = "DOWN";
  expect_one(check_rdma(facts), Verdict::kWarn, "it is DOWN (LinkUp)", "ip link set");
  port.link_layer = "InfiniBand";
  expect_one(check_rdma(facts), Verdict::kWarn, "it is DOWN", "opensm");
  facts = healthy_network();
  facts.rdma[0].verbs_usable = false;
  expect_one(check_rdma(facts), Verdict::kWarn, "may not open /dev/infiniband/uverbs0", "--device=/dev/infiniband");
  facts = healthy_network();
  facts.in_force->resources.pop_back();
  expect_one(check_rdma(facts), Verdict::kNote, "the settings forbid it", "unset UCX_TLS");
  facts.unlimited->resources.pop_back();
  expect_one(check_rdma(facts), Verdict::kWarn, "no transport for it", "ibverbs-providers");
  facts.rdma.clear();
  expect_one(check_rdma(facts), Verdict::kNote, "no rdma_rxe", "rdma-core");
  facts.soft_roce = SoftRoce::kLoadable;
  expect_one(check_rdma(facts), Verdict::kNote, "soft-RoCE", "modprobe rdma_rxe; rdma link add");
}

TEST(UcxSurvey, is_parsed_from_what_ucx_prints) {
  const std::string printed =
      "#\n# UCP context\n#     component 1  :  tcp\n#            md 1  :  component 1  tcp \n"
      "#      resource 0  :  md 0  dev 0  flags -- self/memory0\n#      resource 2  :  md 1  dev 2  flags -- rc_verbs/mlx5_0:1 \n"
      "#      resource 3  :  broken\n#      resource 4 : /\n#      resource 5  :  tcp/lo";
  const std::vector<UcxResource> expected = {{"self", "memory0"}, {"rc_verbs", "mlx5_0:1"}, {"tcp", "lo"}};
  EXPECT_EQ(ucx_resources_in(printed), expected);
  EXPECT_TRUE(ucx_resources_in("").empty());
}

TEST(UcxSurvey, of_this_machine_has_what_is_unlimited_and_more) {
  const auto in_force = survey_ucx();
  const auto unlimited = survey_ucx_unlimited();
  ASSERT_TRUE(in_force) << in_force.error().text;
  ASSERT_TRUE(unlimited) << unlimited.error().text;
  EXPECT_FALSE(in_force->version.empty());
  EXPECT_FALSE(in_force->resources.empty());
  for (const UcxResource& each : in_force->resources)
    EXPECT_NE(std::find(unlimited->resources.begin(), unlimited->resources.end(), each), unlimited->resources.end())
        << each.transport;
}

TEST(Doctor, examines_this_very_machine) {
  const auto facts = gather_local_facts(process_environment());
  ASSERT_TRUE(facts) << facts.error().text;
  Findings found = check_machine(facts->machine);
  append(found, check_network(facts->network));
  std::printf("%s", text_report(found).c_str());
  EXPECT_GE(found.size(), 6U);
  for (const Finding& each : found) EXPECT_EQ(each.remedy.empty(), each.verdict == Verdict::kOk) << each.text;
}

TEST(Doctor, reports_as_text_and_as_json) {
  const Findings found = {fine("cores", "2"), finding(Verdict::kBad, "a\xff", "broken", "mend it")};
  EXPECT_EQ(text_report(found), "ok    cores: 2\nbad   a\xff: broken\n      -> mend it\n1 ok, 0 note, 0 warn, 1 bad\n");
  EXPECT_NE(json_report(found).find("\"verdict\": \"bad\""), std::string::npos);
  EXPECT_NE(json_report(found).find("\"remedy\": \"mend it\""), std::string::npos);
  EXPECT_EQ(worst_of({}), Verdict::kOk);
}

}  // namespace
}  // namespace lath
