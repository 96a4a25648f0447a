// Puts defaults, file, environment and flags over one another.
#include "launch/config/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "launch/config/table.hpp"

namespace lath {

namespace {

// LATH_* names that are no settings: read by the launcher's scripts, the tests or UCX.
constexpr std::array<std::string_view, 4> kForeignNames = {"LATH_CONFIG", "LATH_SEED", "LATH_SKIP_DEPS", "LATH_TORTURE_SECONDS"};
constexpr std::string_view kForeignPrefix = "LATH_UCX_";

bool is_foreign(std::string_view name) {
  return std::find(kForeignNames.begin(), kForeignNames.end(), name) != kForeignNames.end() || name.starts_with(kForeignPrefix);
}

struct EnvironmentValues {
  GivenValues given;
  std::string config_file;
};

EnvironmentValues read_environment(std::span<const std::string> environment) {
  EnvironmentValues read;
  for (const std::string& entry : environment) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with("LATH_") || equals == std::string::npos) continue;
    const std::string name = entry.substr(0, equals);
    const std::string value = entry.substr(equals + 1);
    if (name == "LATH_CONFIG") read.config_file = value;
    if (is_foreign(name)) continue;
    const auto all = settings();
    const auto setting =
        std::find_if(all.begin(), all.end(), [&](const Setting& known) { return environment_name(known) == name; });
    if (setting == all.end()) {
      read.given.warnings.push_back("unknown setting " + name + " in the environment (lathd --print-config lists the known ones)");
      continue;
    }
    GivenValue given{&*setting, {}, name};
    // A setting that may be repeated takes a list here: no key prefix of ours holds a semicolon in this form.
    for (std::size_t from = 0; from <= value.size();) {
      const std::size_t to = setting->repeatable ? std::min(value.find(';', from), value.size()) : value.size();
      given.values.push_back(value.substr(from, to - from));
      from = to + 1;
    }
    read.given.values.push_back(std::move(given));
  }
  return read;
}

// Later sources replace earlier ones whole, repeated settings included.
Result<void> apply(const GivenValues& given, Config& config) {
  for (const GivenValue& value : given.values) {
    if (value.setting->repeatable) config.replication_prefixes.clear();
    for (const std::string& text : value.values) {
      const auto set = value.setting->set(config, text);
      if (!set) {
        return Error{Code::kInvalid, "setting '" + std::string(value.setting->name) + "' from " + value.origin + ": '" + text +
                                         "' is malformed: " + set.error().text};
      }
    }
  }
  return {};
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

Config default_config() {
  Config config;
  for (const Setting& setting : settings()) {
    if (setting.initial.empty()) continue;
    LATH_ASSERT(setting.set(config, std::string(setting.initial)).has_value());
  }
  return config;
}

Result<ConfigRequest> read_config(std::span<const std::string> arguments, std::span<const std::string> environment,
                                  const Config& defaults, std::string_view origin) {
  auto flags = read_flags(arguments);
  if (!flags) return flags.error();
  for (GivenValue& value : flags->given.values) {
    if (!origin.empty()) value.origin = origin;
  }
  ConfigRequest request;
  request.config = defaults;
  request.print_config = flags->print_config;
  request.version = flags->version;
  request.help = flags->help;
  if (request.help || request.version) return request;

  const EnvironmentValues from_environment = read_environment(environment);
  const std::string& path = flags->config_file.empty() ? from_environment.config_file : flags->config_file;
  if (!path.empty()) {
    const auto from_file = read_config_file(path);
    if (!from_file) return from_file.error();
    append(request.warnings, from_file->warnings);
    if (const auto applied = apply(*from_file, request.config); !applied) return applied.error();
  }
  append(request.warnings, from_environment.given.warnings);
  if (const auto applied = apply(from_environment.given, request.config); !applied) return applied.error();
  if (const auto applied = apply(flags->given, request.config); !applied) return applied.error();
  return request;
}

std::vector<std::string> process_environment() {
  std::vector<std::string> environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) environment.emplace_back(*entry);
  return environment;
}

}  // namespace lath
