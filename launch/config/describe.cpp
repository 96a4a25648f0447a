// --print-config: the effective configuration as a TOML file that can be used as one.
#include <cstdio>

#include "launch/config/table.hpp"

namespace lath {

std::string toml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(byte));
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string describe_config(const Config& config) {
  std::string text = "# Settings of lathd. Flags (--name) go over the environment (LATH_NAME), the environment over this file.\n";
  for (const Setting& setting : settings()) {
    text += "\n# " + std::string(setting.doc) + "\n";
    text += "# " + std::string(setting.expected) +
            "; default: " + (setting.initial.empty() ? (setting.repeatable ? "none" : "empty") : std::string(setting.initial)) +
            "\n";
    text += std::string(setting.name) + " = " + setting.show(config) + "\n";
  }
  return text;
}

}  // namespace lath
