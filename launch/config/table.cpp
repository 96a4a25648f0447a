// The one table of settings: name, form, default, documentation, and how each is set and shown.
#include "launch/config/table.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "lath/limits.hpp"
#include "topology/cpu_list.hpp"
#include "topology/placement.hpp"

namespace lath {

namespace {

constexpr std::string_view kReplicationForm = "NODESxSHARDS such as 2x1, at most 16 replicas in all";

template <class T>
Result<void> assign(T& field, Result<std::uint64_t> parsed) {
  if (!parsed) return parsed.error();
  field = static_cast<T>(*parsed);
  return {};
}

Result<void> assign_text(std::string& field, const std::string& text) {
  if (text.find('\0') != std::string::npos || text.find('\n') != std::string::npos)
    return Error{Code::kInvalid, "expected one line of text"};
  field = text;
  return {};
}

Result<void> set_cpus(Config& config, const std::string& value) {
  if (const auto parsed = cpus_from(value); !parsed) return parsed.error();
  return assign_text(config.cpus, value);
}

Result<void> set_shards(Config& config, const std::string& value) {
  if (value == "auto") {
    config.shards = std::nullopt;
    return {};
  }
  const auto number = parse_number(value, 1, kShardsPerNodeMax);
  if (!number) return Error{Code::kInvalid, number.error().text + ", or auto for one a core"};
  config.shards = static_cast<std::uint32_t>(*number);
  return {};
}

Result<void> set_contact(Config& config, const std::string& value) {
  if (value == "none") {
    config.contact = std::nullopt;
    return {};
  }
  auto address = parse_host_port(value);
  if (!address) return Error{Code::kInvalid, address.error().text + ", or none"};
  config.contact = std::move(*address);
  return {};
}

Result<void> set_memory(Config& config, const std::string& value) {
  const auto bytes = parse_size(value);
  if (!bytes) return bytes.error();
  if (*bytes < kMemoryBytesMin || *bytes > kMemoryBytesMax) return Error{Code::kInvalid, "expected a size from 16MiB to 64TiB"};
  config.memory_bytes = *bytes;
  return {};
}

Result<void> set_replication(Config& config, const std::string& value) {
  if (value != "auto" && !replication_from(value))
    return Error{Code::kInvalid, "expected " + std::string(kReplicationForm) + ", or auto"};
  config.replication = value == "auto" ? "" : value;
  return {};
}

Result<void> set_replication_prefix(Config& config, const std::string& value) {
  std::vector<std::string> rules = config.replication_prefixes;
  rules.push_back(value);
  if (value.find('=') == std::string::npos) return Error{Code::kInvalid, "expected PREFIX=" + std::string(kReplicationForm)};
  if (const auto placement = Placement::from(rules, Replication{}); !placement) return placement.error();
  config.replication_prefixes = std::move(rules);
  return {};
}

constexpr std::string_view kLogLevels = "debug, info, warn, error or off";

Result<void> set_level(LogLevel& field, const std::string& value) {
  const auto level = log_level_from(value);
  if (!level) return Error{Code::kInvalid, "expected " + std::string(kLogLevels)};
  field = *level;
  return {};
}

constexpr std::array<std::string_view, 3> kOneSidedNames = {"off", "on", "get"};  // in the order of OneSidedMode

Result<void> set_one_sided(Config& config, const std::string& value) {
  const auto* named = std::find(kOneSidedNames.begin(), kOneSidedNames.end(), value);
  if (named == kOneSidedNames.end()) return Error{Code::kInvalid, "expected on, off or get"};
  config.one_sided = static_cast<OneSidedMode>(named - kOneSidedNames.begin());
  return {};
}

std::string show_level(LogLevel level) {
  constexpr std::array<std::string_view, 5> kNames = {"debug", "info", "warn", "error", "off"};
  return toml_string(kNames[static_cast<std::size_t>(level)]);
}

std::string show_size(std::uint64_t bytes) {
  if (bytes % (1ULL << 30) == 0) return toml_string(std::to_string(bytes >> 30) + "GiB");
  if (bytes % (1ULL << 20) == 0) return toml_string(std::to_string(bytes >> 20) + "MiB");
  return toml_string(std::to_string(bytes));
}

std::string show_prefixes(const Config& config) {
  std::string text = "[";
  for (const std::string& prefix : config.replication_prefixes) text += (text.size() > 1 ? ", " : "") + toml_string(prefix);
  return text + "]";
}

const std::array<Setting, 16> kSettings = {{
    {"cluster-file", "a path", "",
     "Where clients find the cluster: written once all nodes are ready, removed at a clean end. Empty: none is written.", false,
     [](Config& c, const std::string& v) { return assign_text(c.cluster_file, v); },
     [](const Config& c) { return toml_string(c.cluster_file); }},
    {"key-file", "a path", "",
     "The cluster's 32-byte key in hex, readable by its owner alone. Empty: the cluster file's name and .key. Made when missing.",
     false, [](Config& c, const std::string& v) { return assign_text(c.key_file, v); },
     [](const Config& c) { return toml_string(c.key_file); }},
    {"contact", "HOST:PORT", "0.0.0.0:0",
     "Where each node's contact port listens for clients that hold the key. Port 0 takes a free one; none opens no port. Where "
     "there are IPv6 addresses alone, 0.0.0.0 is every one of them.",
     false, set_contact, [](const Config& c) { return toml_string(c.contact ? to_text(*c.contact) : "none"); }},
    {"interface", "a network interface's name", "",
     "The network by which this node is reached (eth0, ib0): where its TCP ports are, and whose RDMA ports it uses. They trust it: "
     "name a "
     "private one. Empty: all there are.",
     false, [](Config& c, const std::string& v) { return assign_text(c.interface, v); },
     [](const Config& c) { return toml_string(c.interface); }},
    {"shards", "1 to 512, or auto", "auto", "Shards of this node; auto is one a core of its share of the host.", false, set_shards,
     [](const Config& c) { return c.shards ? std::to_string(*c.shards) : toml_string("auto"); }},
    {"cpus", "a list such as 0-3,8", "", "The processors that shards may use. Empty: all that this process may use.", false,
     set_cpus, [](const Config& c) { return toml_string(c.cpus); }},
    {"memory", "a size such as 512MiB or 4GiB", "1GiB", "Memory of this node's table, over all its shards.", false, set_memory,
     [](const Config& c) { return show_size(c.memory_bytes); }},
    {"replication", "NODESxSHARDS, or auto", "auto",
     "On how many nodes, and on how many shards of each, a key is held; auto is 1x1 with one node, else 2x1.", false,
     set_replication, [](const Config& c) { return toml_string(c.replication.empty() ? "auto" : c.replication); }},
    {"replication-prefix", "PREFIX=NODESxSHARDS", "",
     "The same for the keys under a prefix, such as hot/=3x1. May be given repeatedly; in the environment several stand in one "
     "variable, "
     "separated by semicolons.",
     true, set_replication_prefix, show_prefixes},
    {"gossip-us", "microseconds, 0 to 60000000", "1000", "How long updates gather before they are sent to the other replicas.",
     false, [](Config& c, const std::string& v) { return assign(c.gossip_us, parse_number(v, 0, kGossipUsMax)); },
     [](const Config& c) { return std::to_string(c.gossip_us); }},
    {"one-sided", "on, off or get", "on",
     "Whether sessions read a shard's table by themselves, where shared memory or RDMA lets them (LATH_ONE_SIDED in a client's "
     "environment); a node that is told off lets nobody. get: by copies even where the memory could be mapped, as over RDMA; for "
     "measurements.",
     false, set_one_sided, [](const Config& c) { return toml_string(kOneSidedNames[static_cast<std::size_t>(c.one_sided)]); }},
    {"log-level", kLogLevels, "info", "What is logged.", false,
     [](Config& c, const std::string& v) { return set_level(c.log_level, v); },
     [](const Config& c) { return show_level(c.log_level); }},
    {"log-ucx", kLogLevels, "debug",
     "The level at which UCX's own complaints about peers appear in the log; those about settings and devices are warnings.", false,
     [](Config& c, const std::string& v) { return set_level(c.log_ucx, v); },
     [](const Config& c) { return show_level(c.log_ucx); }},
    {"log-file", "a path", "", "Where the log goes. Empty: standard error.", false,
     [](Config& c, const std::string& v) { return assign_text(c.log_file, v); },
     [](const Config& c) { return toml_string(c.log_file); }},
    {"drain-timeout-ms", "milliseconds, 0 to 86400000", "10000",
     "How long a node that is told to stop may take to hand its keys to the others.", false,
     [](Config& c, const std::string& v) { return assign(c.drain_timeout_ms, parse_number(v, 0, kTimeoutMsMax)); },
     [](const Config& c) { return std::to_string(c.drain_timeout_ms); }},
    {"start-timeout-ms", "milliseconds, 1 to 86400000", "60000",
     "How long a node waits for the others, at each step of the start. Not for lath_open_mpi, which has open_timeout_ns.", false,
     [](Config& c, const std::string& v) { return assign(c.start_timeout_ms, parse_number(v, 1, kTimeoutMsMax)); },
     [](const Config& c) { return std::to_string(c.start_timeout_ms); }},
}};

}  // namespace

std::span<const Setting> settings() {
  return kSettings;
}

const Setting* find_setting(std::string_view name) {
  const auto* found =
      std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& setting) { return setting.name == name; });
  return found == kSettings.end() ? nullptr : found;
}

std::string environment_name(const Setting& setting) {
  std::string name = "LATH_";
  for (const char c : setting.name) name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace lath
