// A setting of UCX in the environment: LATH_UCX_*, which is for Lath alone, over UCX_*. One that is empty is not set.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace lath {

inline std::optional<std::string> nonempty_setting(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

inline std::optional<std::string> lath_ucx_setting(const std::string& key) {
  return nonempty_setting("LATH_UCX_" + key);
}

inline std::optional<std::string> ucx_setting(const std::string& key) {
  const std::optional<std::string> ours = lath_ucx_setting(key);
  return ours ? ours : nonempty_setting("UCX_" + key);
}

}  // namespace lath
