#include "launch/doctor/network.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace lath {

namespace {

constexpr std::string_view kLathPrefix = "LATH_UCX_";
constexpr std::string_view kUcxPrefix = "UCX_";

std::string bare_name(const UcxSetting& setting) {
  const std::string_view prefix = setting.variable.starts_with(kLathPrefix) ? kLathPrefix : kUcxPrefix;
  return setting.variable.substr(prefix.size());
}

// "tcp (eth0, lo), posix (memory)", in the order in which transports appear.
std::string text_of(const std::vector<UcxResource>& resources) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> devices;
  for (const UcxResource& each : resources) {
    if (!devices.contains(each.transport)) order.push_back(each.transport);
    devices[each.transport].push_back(each.device);
  }
  for (std::string& name : order) name += " (" + joined(devices[name]) + ")";
  return joined(order);
}

// What limits the transports and devices, as "UCX_TLS=tcp and UCX_NET_DEVICES=eth9"; "" where nothing does.
std::string limits_of(const NetworkFacts& facts) {
  std::string limits;
  for (const char* name : {"TLS", "NET_DEVICES", "SHM_DEVICES"}) {
    const UcxSetting* setting = setting_in_force(facts, name);
    if (setting == nullptr || setting->value == "all") continue;
    limits += (limits.empty() ? "" : " and ") + setting->variable + "=" + setting->value;
  }
  return limits;
}

std::string lift_limits(const NetworkFacts& facts) {
  std::string variables;
  for (const UcxSetting& setting : facts.settings) {
    const std::string name = bare_name(setting);
    if (name == "TLS" || name == "NET_DEVICES" || name == "SHM_DEVICES") variables += " " + setting.variable;
  }
  if (variables.empty()) return "see what this machine has: ucx_info -d, ip link";
  std::string remedy = "unset" + variables;
  if (facts.unlimited) remedy += ", or name some of what this machine has: " + text_of(facts.unlimited->resources);
  return remedy;
}

bool is_off(const std::string& value) {
  constexpr std::array<std::string_view, 4> kOff = {"n", "no", "0", "off"};
  return std::find(kOff.begin(), kOff.end(), value) != kOff.end();
}

}  // namespace

// cma only copies for another transport, and self reaches nobody else.
bool crosses_hosts(const UcxResource& resource) {
  return is_rdma(resource) || (resource.transport == "tcp" && resource.device != "lo");
}

const UcxSetting* setting_in_force(const NetworkFacts& facts, const std::string& name) {
  const UcxSetting* found = nullptr;
  for (const UcxSetting& setting : facts.settings) {
    if (bare_name(setting) == name && (found == nullptr || setting.variable.starts_with(kLathPrefix))) found = &setting;
  }
  return found;
}

Findings check_ucx(const NetworkFacts& facts) {
  if (!facts.in_force) return {finding(Verdict::kBad, "UCX", facts.survey_error, lift_limits(facts))};
  const std::vector<UcxResource>& resources = facts.in_force->resources;
  Findings found;
  found.push_back(fine("UCX", "version " + facts.in_force->version + ", and Lath's own TCP: " + text_of(resources)));
  const bool shares = std::any_of(resources.begin(), resources.end(), shares_memory);
  const bool crosses = std::any_of(resources.begin(), resources.end(), crosses_hosts);
  const bool loops = std::any_of(resources.begin(), resources.end(), [](const UcxResource& r) { return r.transport == "tcp"; });
  const std::string limits = limits_of(facts);
  const std::string by = limits.empty() ? "" : " (" + limits + ")";
  if (!shares && !crosses && !loops) {
    found.push_back(finding(Verdict::kBad, "transports", "none is left that reaches another process" + by, lift_limits(facts)));
  } else if (!crosses) {
    found.push_back(finding(Verdict::kWarn, "transports", "none is left that reaches another host" + by, lift_limits(facts)));
  } else if (!shares) {
    found.push_back(finding(Verdict::kWarn, "transports",
                            "no shared memory" + by + ": processes of one host go over the network, about 100 times slower",
                            limits.empty() ? "mount /dev/shm: mount -t tmpfs tmpfs /dev/shm" : lift_limits(facts)));
  }
  return found;
}

Findings check_ucx_settings(const NetworkFacts& facts) {
  Findings found;
  std::vector<std::string> shown;
  for (const UcxSetting& setting : facts.settings) {
    if (setting_in_force(facts, bare_name(setting)) == &setting) shown.push_back(setting.variable + "=" + setting.value);
  }
  found.push_back(fine("UCX settings", shown.empty() ? "none in the environment: UCX and Lath choose" : joined(shown)));

  if (facts.in_force && facts.unlimited) {
    std::vector<UcxResource> forbidden;
    for (const UcxResource& each : facts.unlimited->resources) {
      const auto& left = facts.in_force->resources;
      if (each.transport != "self" && std::find(left.begin(), left.end(), each) == left.end()) forbidden.push_back(each);
    }
    if (!forbidden.empty())
      found.push_back(
          finding(Verdict::kNote, "UCX settings", limits_of(facts) + " forbids " + text_of(forbidden), lift_limits(facts)));
  }
  const UcxSetting* errors = setting_in_force(facts, "MM_ERROR_HANDLING");
  if (errors != nullptr && is_off(errors->value))
    found.push_back(
        finding(Verdict::kBad, "UCX settings",
                errors->variable + "=" + errors->value + " takes shared memory away from connections that notice a dead peer",
                "unset " + errors->variable));
  const UcxSetting* atomics = setting_in_force(facts, "ATOMIC_MODE");
  if (atomics != nullptr && atomics->value != "cpu")
    found.push_back(finding(Verdict::kNote, "UCX settings",
                            atomics->variable + "=" + atomics->value +
                                ": a network card's atomics do not agree with the processor's; "
                                "Lath uses none",
                            "nothing to do for Lath; unset " + atomics->variable + " if your own program reads memory by both"));
  return found;
}

Findings check_cma(const NetworkFacts& facts) {
  const bool offered = facts.in_force && std::any_of(facts.in_force->resources.begin(), facts.in_force->resources.end(),
                                                     [](const UcxResource& r) { return r.transport == "cma"; });
  if (!offered || !facts.ptrace_scope || *facts.ptrace_scope == 0 || facts.may_trace) return {};
  return {finding(Verdict::kNote, "CMA",
                  "kernel.yama.ptrace_scope is " + std::to_string(*facts.ptrace_scope) +
                      ": large values between processes of this host are copied twice instead of once",
                  "sysctl kernel.yama.ptrace_scope=0")};
}

Findings check_network(const NetworkFacts& facts) {
  Findings found = check_ucx(facts);
  append(found, check_ucx_settings(facts));
  append(found, check_cma(facts));
  append(found, check_rdma(facts));
  append(found, check_rdma_choices(facts));
  append(found, check_memlock(facts));
  return found;
}

}  // namespace lath
