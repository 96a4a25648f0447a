// The checks of RDMA devices, and of the limit that matters to them alone.
#include <algorithm>

#include "launch/doctor/network.hpp"

namespace lath {

namespace {

constexpr std::size_t kGidsShownMax = 8;  // a device with many VLANs has hundreds

std::string subject_of(const RdmaDevice& device) {
  return "RDMA device " + device.name;
}

std::string text_of(const RdmaPort& port) {
  std::string text = "port " + std::to_string(port.number) + " " + port.state + ", " + port.link_layer;
  if (!port.rate.empty()) text += ", " + port.rate;
  for (std::size_t i = 0; i < std::min(port.gids.size(), kGidsShownMax); ++i) {
    const RdmaGid& gid = port.gids[i];
    text += std::string(i == 0 ? "; GIDs " : ", ") + std::to_string(gid.index) + " " + gid.gid;
    if (!gid.type.empty()) text += " (" + gid.type + (gid.netdev.empty() ? "" : ", " + gid.netdev) + ")";
  }
  if (port.gids.size() > kGidsShownMax) text += " and " + std::to_string(port.gids.size() - kGidsShownMax) + " more";
  return text;
}

std::string text_of(const RdmaDevice& device) {
  std::string text = device.parent.empty() ? "" : "in software over " + device.parent + "; ";
  if (device.numa_node) text += "NUMA node " + std::to_string(*device.numa_node) + ", ";
  text += device.near_cpus.empty() ? "as near to every core" : "near cores " + lath::text_of(device.near_cpus);
  for (const RdmaPort& port : device.ports) text += "; " + text_of(port);
  return text;
}

Findings check_ports(const RdmaDevice& device) {
  Findings found;
  for (const RdmaPort& port : device.ports) {
    const std::string subject = subject_of(device) + " port " + std::to_string(port.number);
    const bool ethernet = port.link_layer == "Ethernet";
    const std::string netdev = !device.parent.empty() ? device.parent : !port.gids.empty() ? port.gids[0].netdev : "";
    if (port.state != "ACTIVE") {
      std::string remedy =
          ethernet ? "ip link set " + (netdev.empty() ? "its network device" : netdev) + " up; rdma link shows the state"
                   : "check the cable and that a subnet manager runs (systemctl status opensm); ibstat " + device.name;
      found.push_back(finding(Verdict::kWarn, subject,
                              "it is " + port.state + " (" + port.phys_state + "), so nothing goes over it", std::move(remedy)));
    } else if (port.gids.empty()) {
      found.push_back(finding(Verdict::kWarn, subject, "it has no GID, so no peer can be addressed through it",
                              ethernet ? "give its network device an address: ip address add ADDRESS/PREFIX dev " +
                                             (netdev.empty() ? std::string("DEVICE") : netdev)
                                       : std::string("check the subnet manager: systemctl status opensm")));
    } else if (ethernet && std::none_of(port.gids.begin(), port.gids.end(), [](const RdmaGid& g) { return g.type == "RoCE v2"; })) {
      found.push_back(finding(Verdict::kWarn, subject, "it has no RoCE v2 GID: its traffic cannot be routed",
                              "give its network device an IP address, and choose its GID by LATH_UCX_IB_GID_INDEX"));
    }
  }
  return found;
}

bool ucx_has(const std::optional<UcxSurvey>& survey, const std::string& device) {
  return survey && std::any_of(survey->resources.begin(), survey->resources.end(), [&](const UcxResource& each) {
           return is_rdma(each) && (each.device == device || each.device.starts_with(device + ":"));
         });
}

Findings check_device(const NetworkFacts& facts, const RdmaDevice& device) {
  Findings found{fine(subject_of(device), text_of(device))};
  append(found, check_ports(device));
  const bool active = std::any_of(device.ports.begin(), device.ports.end(), [](const RdmaPort& p) { return p.state == "ACTIVE"; });
  if (!device.verbs_usable) {
    const std::string file = device.verbs_file.empty() ? "/dev/infiniband/uverbs*" : device.verbs_file;
    found.push_back(finding(Verdict::kWarn, subject_of(device), "this process may not open " + file + ", so it cannot use it",
                            "modprobe ib_uverbs; chmod 666 " + file + "; in a container pass --device=/dev/infiniband"));
  } else if (active && facts.unlimited && !ucx_has(facts.unlimited, device.name)) {
    found.push_back(finding(Verdict::kWarn, subject_of(device), "its port is active, but UCX has no transport for it",
                            "apt-get install ibverbs-providers; raise the memlock limit; UCX_LOG_LEVEL=diag ucx_info -d says why"));
  } else if (active && ucx_has(facts.unlimited, device.name) && facts.in_force && !ucx_has(facts.in_force, device.name)) {
    found.push_back(finding(Verdict::kNote, subject_of(device), "UCX could use it, but the settings forbid it",
                            "unset UCX_TLS, UCX_NET_DEVICES and the same with LATH_ in front"));
  }
  return found;
}

}  // namespace

Findings check_rdma(const NetworkFacts& facts) {
  if (facts.rdma.empty()) {
    const std::string text = "there is no RDMA device: hosts talk over TCP";
    if (facts.soft_roce == SoftRoce::kMissing)
      return {finding(Verdict::kNote, "RDMA", text + "; this kernel has no rdma_rxe to make one in software",
                      "install the adapter's driver and rdma-core, or a kernel with rdma_rxe (apt-get install linux-image-amd64)")};
    return {finding(Verdict::kNote, "RDMA", text + "; one in software (soft-RoCE) can be had",
                    std::string(facts.soft_roce == SoftRoce::kLoadable ? "modprobe rdma_rxe; " : "") +
                        "rdma link add rxe0 type rxe netdev DEVICE")};
  }
  Findings found;
  for (const RdmaDevice& device : facts.rdma) append(found, check_device(facts, device));
  return found;
}

Findings check_rdma_choices(const NetworkFacts& facts) {
  Findings found;
  for (const UcxChoice& choice : facts.choices) {
    const UcxSetting* wide = setting_in_force(facts, choice.key);
    const UcxSetting* narrow = setting_in_force(facts, choice.narrower);
    const UcxSetting* theirs = narrow != nullptr ? narrow : wide;
    if (theirs == nullptr) {
      found.push_back(fine("UCX over RDMA", choice.key + "=" + choice.value + ", chosen by Lath: " + choice.why));
    } else if (theirs->value == choice.value) {
      found.push_back(fine("UCX over RDMA", theirs->variable + "=" + theirs->value + ", as Lath would choose: " + choice.why));
    } else {
      found.push_back(
          finding(Verdict::kNote, "UCX over RDMA",
                  theirs->variable + "=" + theirs->value + " stands, and Lath would choose " + choice.value + ": " + choice.why,
                  "unset " + theirs->variable));
    }
  }
  return found;
}

Findings check_memlock(const NetworkFacts& facts) {
  const std::string subject = "memlock limit";
  if (!facts.memlock_bytes) return {fine(subject, "none")};
  const std::string limit = text_of_bytes(*facts.memlock_bytes);
  if (facts.rdma.empty()) return {fine(subject, limit + "; it only matters with RDMA devices, and there are none")};
  if (facts.may_lock_memory) return {fine(subject, limit + ", but this process may exceed it (CAP_IPC_LOCK)")};
  if (*facts.memlock_bytes >= 2 * facts.memory_bytes) return {fine(subject, limit)};
  // RDMA pins what it registers: the table, and about as much again for buffers in the worst case.
  const bool fatal = *facts.memlock_bytes < facts.memory_bytes;
  return {finding(fatal ? Verdict::kBad : Verdict::kWarn, subject,
                  limit + ", and RDMA must pin the " + text_of_bytes(facts.memory_bytes) + " that a node plans, and its buffers",
                  "ulimit -l unlimited before lathd; for good: '* - memlock unlimited' in /etc/security/limits.d/lath.conf, "
                  "LimitMEMLOCK=infinity in a systemd unit, --ulimit memlock=-1 for docker")};
}

}  // namespace lath
