#include "transport/ucx_rdma.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace lath {

namespace {

namespace fs = std::filesystem;

std::string line_of(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator each(folder, error); !error && each != fs::directory_iterator(); each.increment(error))
    entries.push_back(each->path());
  std::ranges::sort(entries);
  return entries;
}

bool may_open(const std::string& root, const std::string& device) {
  return std::ranges::any_of(entries_of(root + "/sys/class/infiniband_verbs"), [&](const fs::path& verbs) {
    const std::string file = root + "/dev/infiniband/" + verbs.filename().string();
    return line_of(verbs / "ibdev") == device && access(file.c_str(), R_OK | W_OK) == 0;
  });
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (end > 0) parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

// `names`: what UCX takes for the transport, its own name and those of groups that it is in.
bool allows(const std::optional<std::string>& transports, std::initializer_list<std::string_view> names) {
  if (!transports) return true;
  const bool is_negated = transports->starts_with('^');
  const auto parts = split(std::string_view(*transports).substr(is_negated ? 1 : 0));
  const auto has = [&](std::string_view name) { return std::ranges::find(parts, name) != parts.end(); };
  const bool named = std::ranges::any_of(names, has);
  return is_negated ? !named : named || has("all");
}

bool is_chosen(const RdmaPortKind& port, const std::optional<std::string>& devices) {
  if (!devices || devices->empty() || *devices == "all") return true;
  const auto parts = split(*devices);
  return std::ranges::any_of(parts, [&](std::string_view each) { return each == port.name; });
}

}  // namespace

std::vector<RdmaPortKind> rdma_port_kinds(const std::string& root) {
  std::vector<RdmaPortKind> kinds;
  for (const fs::path& device : entries_of(root + "/sys/class/infiniband")) {
    const std::string name = device.filename();
    if (!may_open(root, name)) continue;
    std::error_code error;
    const fs::path driver = fs::read_symlink(device / "device" / "driver", error);
    for (const fs::path& port : entries_of(device / "ports")) {
      if (!line_of(port / "state").ends_with("ACTIVE")) continue;  // "4: ACTIVE"
      kinds.push_back({.name = name + ":" + port.filename().string(),
                       .on_ethernet = line_of(port / "link_layer") == "Ethernet",
                       .in_software = fs::exists(device / "parent", error),
                       .driver = driver.filename()});
    }
  }
  return kinds;
}

std::vector<UcxChoice> ucx_rdma_choices(const std::vector<RdmaPortKind>& ports, const std::optional<std::string>& transports,
                                        const std::optional<std::string>& devices) {
  bool is_roce = false;
  bool is_software = false;
  for (const RdmaPortKind& port : ports) {
    if (!port.on_ethernet || !is_chosen(port, devices)) continue;
    is_roce = is_roce || port.driver != "mlx5_core";
    is_software = is_software || port.in_software;
  }
  std::vector<UcxChoice> choices;
  const bool has_chosen = std::ranges::any_of(ports, [&](const RdmaPortKind& port) { return is_chosen(port, devices); });
  if (has_chosen &&
      allows(transports, {"ud_verbs", "ud_v", "ud_mlx5", "ud_x", "ud", "rc_verbs", "rc_v", "rc_mlx5", "rc_x", "rc", "ib"})) {
    choices.push_back({.key = "UD_TIMEOUT",
                       .value = "100000s",
                       .why = "UCX aborts where it gives up a connection that is being made; Lath gives it up by itself, after 6 s",
                       .narrower = "UD_VERBS_TIMEOUT"});
  }
  if (is_roce && allows(transports, {"ud_verbs", "ud_v", "ud", "rc_verbs", "rc_v", "rc", "ib"})) {
    choices.push_back({.key = "UD_ETH_DGID_CHECK",
                       .value = "n",
                       .why = "UCX drops what came over IPv4 where the card does not say to which GID",
                       .narrower = "UD_VERBS_ETH_DGID_CHECK"});
  }
  if (is_software && allows(transports, {"rc_verbs", "rc_v", "rc", "ib"})) {
    choices.push_back({.key = "RC_RETRY_COUNT",
                       .value = "6",
                       .why = "7, which is UCX's, means for ever to soft-RoCE, so that a dead peer is not noticed",
                       .narrower = "RC_VERBS_RETRY_COUNT"});
    choices.push_back({.key = "RC_TIMEOUT",
                       .value = "200ms",
                       .why = "a dead peer is noticed within 3 s of a send",
                       .narrower = "RC_VERBS_TIMEOUT"});
  }
  if (is_software && allows(transports, {"ud_verbs", "ud_v", "ud", "rc_verbs", "rc_v", "rc", "ib"})) {
    choices.push_back(
        {.key = "UD_TIMER_BACKOFF",
         .value = "1.2",
         .why = "a packet of a connection that begins is lost where many come; by UCX's 2 it is sent again seconds later",
         .narrower = "UD_VERBS_TIMER_BACKOFF"});
  }
  return choices;
}

std::vector<UcxPassedOn> ucx_rdma_settings_to_pass_on(const char* const* environment) {
  constexpr std::string_view kOurs = "LATH_UCX_";
  // UCX finds what belongs to one transport, or to InfiniBand as a whole, by the names of its tables.
  struct Renaming {
    std::string_view from;
    std::string_view to;
  };
  constexpr std::array<Renaming, 5> kRenamings = {
      {{"UD_VERBS_", "UD_"}, {"RC_VERBS_", "RC_"}, {"UD_", "UD_"}, {"RC_", "RC_"}, {"IB_", ""}}};
  std::vector<UcxPassedOn> settings;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals + 1 == entry.size() || !entry.starts_with(kOurs)) continue;  // empty: not set
    const std::string_view key = entry.substr(kOurs.size(), equals - kOurs.size());
    const auto* renaming = std::ranges::find_if(kRenamings, [&](const Renaming& each) { return key.starts_with(each.from); });
    if (renaming == kRenamings.end()) continue;
    settings.push_back({.variable = std::string(entry.substr(0, equals)),
                        .key = std::string(renaming->to) + std::string(key.substr(renaming->from.size())),
                        .value = std::string(entry.substr(equals + 1))});
  }
  return settings;
}

}  // namespace lath
