// What UCX 1.13 needs on this host's RDMA devices and does not choose by itself. Of RoCE alone: on InfiniBand its own choices hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lath {

// A port that UCX can use: it is active, and this process may open its device.
struct RdmaPortKind {
  std::string name;          // as UCX names it: rxe0:1
  bool on_ethernet = false;  // RoCE
  bool in_software = false;  // soft-RoCE
  std::string driver;        // "mlx5_core"; empty in software
  bool operator==(const RdmaPortKind&) const = default;
};

// Of this host, read afresh by each call; any thread. `root` holds sys and dev: "" on a real host, a folder in tests.
std::vector<RdmaPortKind> rdma_port_kinds(const std::string& root = "");

struct UcxChoice {
  std::string key;  // RC_RETRY_COUNT
  std::string value;
  std::string why;
  std::string narrower;  // UCX's name for the same of one transport, which overrules us too: RC_VERBS_RETRY_COUNT
};

// What holds where the user has set nothing else. UCX complains of a setting that no transport in use knows, so these are for those that
// `transports` (UCX_TLS) and `devices` (UCX_NET_DEVICES) allow.
std::vector<UcxChoice> ucx_rdma_choices(const std::vector<RdmaPortKind>& ports, const std::optional<std::string>& transports,
                                        const std::optional<std::string>& devices);

// A setting of RDMA transports by LATH_UCX_*, which UCX reads by UCX_* alone, and otherwise takes by another name.
struct UcxPassedOn {
  std::string variable;  // LATH_UCX_UD_VERBS_TIMEOUT
  std::string key;       // UD_TIMEOUT
  std::string value;
  bool operator==(const UcxPassedOn&) const = default;
};
std::vector<UcxPassedOn> ucx_rdma_settings_to_pass_on(const char* const* environment);

}  // namespace lath
