// What carries messages on this machine: UCX's version, its transports and their devices, and the interfaces of our TCP in place of UCX's.
// For the doctor: each survey opens a context of its own and closes it again. Any thread, one at a time.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "lath/result.hpp"

struct ucp_context;

namespace lath {

struct UcxResource {
  std::string transport;  // tcp, posix, rc_verbs
  std::string device;     // eth0, memory, mlx5_0:1
  auto operator<=>(const UcxResource&) const = default;
};

struct UcxSurvey {
  std::string version;
  std::vector<UcxResource> resources;  // in UCX's order; our TCP's last
};

// Under the settings in force, as a node would start.
Result<UcxSurvey> survey_ucx();
// As if nobody had limited the transports and the devices: the difference is what the settings forbid.
Result<UcxSurvey> survey_ucx_unlimited();

bool is_rdma(const UcxResource& resource);
bool shares_memory(const UcxResource& resource);  // carries messages between processes of one host
Result<std::vector<UcxResource>> ucx_resources_of(ucp_context* context);
// The resources in what ucp_context_print_info writes.
std::vector<UcxResource> ucx_resources_in(std::string_view printed);

}  // namespace lath
