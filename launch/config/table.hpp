// The table of settings, private to launch/config.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launch/config/config.hpp"

namespace lath {

struct Setting {
  std::string_view name;      // as in --name, LATH_NAME and the file
  std::string_view expected;  // what a value looks like
  std::string_view initial;   // the default, as text
  std::string_view doc;
  bool repeatable = false;
  Result<void> (*set)(Config& config, const std::string& value);
  std::string (*show)(const Config& config);  // a TOML value
};

std::span<const Setting> settings();
const Setting* find_setting(std::string_view name);
std::string environment_name(const Setting& setting);  // LATH_CLUSTER_FILE

// Values from one source, by setting. `origin` names it for errors ("--shards", "LATH_SHARDS", "shards in lath.toml").
struct GivenValue {
  const Setting* setting = nullptr;
  std::vector<std::string> values;
  std::string origin;
};
struct GivenValues {
  std::vector<GivenValue> values;
  std::vector<std::string> warnings;
};

struct GivenFlags {
  GivenValues given;
  std::string config_file;
  bool print_config = false;
  bool version = false;
  std::optional<std::string> help;
};

Result<GivenFlags> read_flags(std::span<const std::string> arguments);  // flags.cpp
Result<GivenValues> read_config_file(const std::string& path);          // file.cpp

std::string toml_string(std::string_view text);  // quoted

}  // namespace lath
