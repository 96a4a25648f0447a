// A node's settings. One table (table.cpp) gives flags, LATH_* environment, the TOML file and --print-config.
// Flags go over the environment, the environment over the file, the file over the defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "client/one_sided_mode.hpp"
#include "lath/result.hpp"

namespace lath {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  auto operator<=>(const HostPort&) const = default;
};

struct Config {
  std::string cluster_file;                       // "": none is written
  std::string key_file;                           // "": beside the cluster file
  std::optional<HostPort> contact;                // nullopt: no contact port
  std::string interface;                          // "": UCX chooses
  std::optional<std::uint32_t> shards;            // nullopt: one a core
  std::string cpus;                               // "": all that this process may use
  std::uint64_t memory_bytes = 0;                 // of this node, over all its shards
  std::string replication;                        // "": 1x1 with one node, else 2x1
  std::vector<std::string> replication_prefixes;  // "hot/=3x1"
  std::uint64_t gossip_us = 0;
  OneSidedMode one_sided = OneSidedMode::kOn;
  LogLevel log_level = LogLevel::kInfo;
  LogLevel log_ucx = LogLevel::kDebug;  // of what UCX writes while it runs
  std::string log_file;                 // "": standard error
  std::uint64_t drain_timeout_ms = 0;
  std::uint64_t start_timeout_ms = 0;
};

// What a command line asked for.
struct ConfigRequest {
  Config config;
  std::vector<std::string> warnings;  // names that mean nothing to us, by name
  bool print_config = false;
  bool version = false;
  std::optional<std::string> help;  // asked for: print it and stop
};

// `arguments` without the program's name; `environment` as "NAME=value". An error names the setting, its value, where it came from
// and what is expected. `origin` says what the arguments are where they are no flags.
Config default_config();
Result<ConfigRequest> read_config(std::span<const std::string> arguments, std::span<const std::string> environment,
                                  const Config& defaults = default_config(), std::string_view origin = {});
std::vector<std::string> process_environment();

// The effective configuration as TOML, each setting under its documentation.
std::string describe_config(const Config& config);

// Values as people write them.
Result<std::uint64_t> parse_size(std::string_view text);  // 1073741824, 512MiB, 1GiB, 2GB; past 64 bits the greatest
Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most);
Result<HostPort> parse_host_port(std::string_view text);  // HOST:PORT, [IPV6]:PORT
std::string to_text(const HostPort& address);

}  // namespace lath
