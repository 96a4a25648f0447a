#include "transport/ucx_survey.hpp"

#include <stdio.h>
#include <stdlib.h>
#include <ucp/api/ucp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/process_lock.hpp"
#include "transport/network_limits.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_log.hpp"
#include "transport/ucx_needs.hpp"

namespace lath {

namespace {

struct Free {
  void operator()(char* text) const { free(text); }
};
struct Cleanup {
  void operator()(ucp_context* context) const { ucp_cleanup(context); }
};
struct Release {
  void operator()(ucp_config_t* config) const { ucp_config_release(config); }
};

Error failed(const std::string& what, ucs_status_t status) {
  return {Code::kIo, what + " (" + ucs_status_string(status) + ")"};
}

// What UCX has but its TCP, which is ours.
Result<UcxSurvey> survey_of(ucp_context* context, const std::vector<TcpInterface>& tcp) {
  Result<std::vector<UcxResource>> resources = ucx_resources_of(context);
  if (!resources) return resources.error();
  UcxSurvey survey = {.version = ucp_get_version_string(), .resources = std::move(*resources)};
  std::erase_if(survey.resources, [](const UcxResource& each) { return each.transport == "tcp"; });
  for (const TcpInterface& each : tcp) {
    const UcxResource resource = {"tcp", each.name};
    if (std::ranges::find(survey.resources, resource) == survey.resources.end()) survey.resources.push_back(resource);
  }
  return survey;
}

}  // namespace

bool is_rdma(const UcxResource& resource) {
  return resource.transport.starts_with("rc_") || resource.transport.starts_with("dc_") || resource.transport.starts_with("ud_");
}

bool shares_memory(const UcxResource& resource) {
  return resource.transport == "posix" || resource.transport == "sysv" || resource.transport == "xpmem";
}

Result<std::vector<UcxResource>> ucx_resources_of(ucp_context* context) {
  char* text = nullptr;
  std::size_t size = 0;
  FILE* stream = open_memstream(&text, &size);
  if (stream == nullptr) return Error{Code::kIo, "no memory for what UCX prints"};
  ucp_context_print_info(context, stream);
  const bool written = fclose(stream) == 0;  // text and size are set by this
  const std::unique_ptr<char, Free> owner(text);
  if (!written) return Error{Code::kIo, "no memory for what UCX prints"};
  return ucx_resources_in({text, size});
}

// A line of interest: "#      resource 2  :  md 1  dev 2  flags -- tcp/eth0".
std::vector<UcxResource> ucx_resources_in(std::string_view printed) {
  constexpr std::string_view kWord = "resource ";
  std::vector<UcxResource> resources;
  while (!printed.empty()) {
    const std::size_t end = printed.find('\n');
    const std::string_view line = printed.substr(0, end);
    printed.remove_prefix(end == std::string_view::npos ? printed.size() : end + 1);
    const std::size_t word = line.find_first_not_of("# ");
    if (word == std::string_view::npos || !line.substr(word).starts_with(kWord)) continue;
    const std::size_t last = line.find_last_not_of(" \r");
    const std::size_t space = line.find_last_of(' ', last);
    const std::string_view name = line.substr(space + 1, last - space);
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) continue;
    resources.push_back({std::string(name.substr(0, slash)), std::string(name.substr(slash + 1))});
  }
  return resources;
}

Result<UcxSurvey> survey_ucx() {
  const auto limits = network_limits_here(network_settings_here());
  if (!limits) return limits.error();
  auto context = UcxContext::open(limits->ucx);
  if (!context) return context.error();
  const bool has_tcp = limits->tcp && !(limits->interfaces_named && limits->interfaces.empty());
  return survey_of((*context)->handle(), has_tcp ? tcp_interfaces_here(limits->interfaces) : std::vector<TcpInterface>());
}

Result<UcxSurvey> survey_ucx_unlimited() {
  const ProcessLock alone(OfProcess::kUcx);
  if (const auto enough = check_ucx_needs(); !enough) return enough.error();
  const UcxLogCapture log;
  const UcxLogOpening opening;
  ucp_config_t* raw_config = nullptr;
  ucs_status_t status = ucp_config_read("LATH", nullptr, &raw_config);
  if (status != UCS_OK) return failed("UCX cannot read its settings", status);
  const std::unique_ptr<ucp_config_t, Release> config(raw_config);
  constexpr std::array kLimits = {"TLS", "NET_DEVICES", "SHM_DEVICES", "SELF_DEVICES", "ACC_DEVICES"};
  for (const char* limit : kLimits) {
    status = ucp_config_modify(config.get(), limit, "all");
    if (status != UCS_OK) return failed(std::string("UCX refuses ") + limit + "=all", status);
  }
  ucp_params_t params = {};
  params.field_mask = UCP_PARAM_FIELD_FEATURES;
  params.features = UCP_FEATURE_AM | UCP_FEATURE_RMA | UCP_FEATURE_WAKEUP;
  ucp_context_h raw_context = nullptr;
  status = ucp_init(&params, config.get(), &raw_context);
  if (status != UCS_OK) return failed("UCX cannot start with all its transports", status);
  const std::unique_ptr<ucp_context, Cleanup> context(raw_context);
  return survey_of(context.get(), tcp_interfaces_here({}));
}

}  // namespace lath
