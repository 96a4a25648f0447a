// The TOML file: flat, one key a setting, values as numbers or text (or an array of text where a setting may be repeated).
#include <toml++/toml.h>

#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "lath/limits.hpp"
#include "launch/config/table.hpp"
#include "launch/file_io.hpp"

namespace lath {

namespace {

bool value_of(const toml::node& node, const Setting& setting, std::string& out) {
  if (const auto* text = node.as_string()) {
    out = text->get();
  } else if (const auto* number = node.as_integer(); number != nullptr && setting.expected != "a path") {
    out = std::to_string(number->get());
  } else {
    return false;
  }
  return true;
}

bool values_of(const toml::node& node, const Setting& setting, std::vector<std::string>& out) {
  std::string value;
  if (const auto* array = node.as_array(); array != nullptr && setting.repeatable) {
    for (const toml::node& element : *array) {
      if (!value_of(element, setting, value)) return false;
      out.push_back(value);
    }
    return true;
  }
  if (!value_of(node, setting, value)) return false;
  out.push_back(value);
  return true;
}

}  // namespace

Result<GivenValues> read_config_file(const std::string& path) {
  // A folder opens, and reads as an empty file.
  if (std::error_code none; std::filesystem::is_directory(path, none))
    return Error{Code::kInvalid, "cannot read the configuration file '" + path + "': it is a folder; name a file"};
  const auto text = read_file(path, kConfigFileBytesMax);
  if (!text && text.error().code == Code::kNotFound)
    return Error{Code::kInvalid, "there is no configuration file '" + path +
                                     "': name one that is there by --config, LATH_CONFIG or the option config_file, or none (lathd "
                                     "--print-config prints one)"};
  if (!text) return Error{Code::kInvalid, "the configuration file: " + text.error().text};
  // Debian's toml++ throws; no exception leaves this file.
  toml::table table;
  try {
    table = toml::parse(*text, path);
  } catch (const toml::parse_error& failure) {
    std::ostringstream told;
    told << "cannot read the configuration file '" << path << "': " << failure.description();
    if (failure.source().begin.line > 0) told << " (line " << failure.source().begin.line << ")";
    return Error{Code::kInvalid, told.str()};
  }
  GivenValues given;
  for (const auto& [key, node] : std::as_const(table)) {
    const std::string name(key.str());
    const Setting* setting = find_setting(name);
    if (setting == nullptr) {
      given.warnings.push_back("unknown setting '" + name + "' in " + path + " (lathd --print-config lists the known ones)");
      continue;
    }
    GivenValue value{setting, {}, "'" + name + "' in " + path};
    if (!values_of(node, *setting, value.values)) {
      return Error{Code::kInvalid, "setting " + value.origin + " is malformed: expected " + std::string(setting->expected)};
    }
    given.values.push_back(std::move(value));
  }
  return given;
}

}  // namespace lath
