// The doctor's checks of what UCX and RDMA offer on this host, and of what the settings make of it. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "launch/doctor/doctor.hpp"
#include "topology/rdma.hpp"
#include "transport/ucx_rdma.hpp"
#include "transport/ucx_survey.hpp"

namespace lath {

struct UcxSetting {
  std::string variable;  // UCX_TLS, LATH_UCX_NET_DEVICES
  std::string value;
};

struct NetworkFacts {
  std::optional<UcxSurvey> in_force;   // under the settings
  std::string survey_error;            // why there is none
  std::optional<UcxSurvey> unlimited;  // with every transport and device allowed
  std::vector<UcxSetting> settings;    // every UCX_* and LATH_UCX_* variable
  std::vector<RdmaDevice> rdma;
  std::vector<UcxChoice> choices;  // what Lath has UCX do there, where the settings do not say otherwise
  SoftRoce soft_roce = SoftRoce::kMissing;
  std::optional<std::uint64_t> memlock_bytes;  // none: no limit
  std::uint64_t memory_bytes = 0;              // that a node plans
  bool may_lock_memory = false;                // CAP_IPC_LOCK: the limit does not count
  std::optional<int> ptrace_scope;             // Yama's; none: no such limit
  bool may_trace = false;                      // CAP_SYS_PTRACE
};

Findings check_network(const NetworkFacts& facts);  // all of the below

Findings check_ucx(const NetworkFacts& facts);           // what there is, and what it can reach
Findings check_ucx_settings(const NetworkFacts& facts);  // those in force, and what they forbid
Findings check_cma(const NetworkFacts& facts);
Findings check_rdma(const NetworkFacts& facts);
Findings check_rdma_choices(const NetworkFacts& facts);
Findings check_memlock(const NetworkFacts& facts);

// What a transport is for.
bool crosses_hosts(const UcxResource& resource);

// The value in force: LATH_UCX_NAME over UCX_NAME; null where neither is set.
const UcxSetting* setting_in_force(const NetworkFacts& facts, const std::string& name);

}  // namespace lath
