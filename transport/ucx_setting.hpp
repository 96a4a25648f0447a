// A setting of UCX in the environment: LATH_UCX_*, which is for Lath alone, over UCX_*.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace lath {

inline std::optional<std::string> ucx_setting(const std::string& key) {
  const char* ours = std::getenv(("LATH_UCX_" + key).c_str());
  const char* value = ours != nullptr ? ours : std::getenv(("UCX_" + key).c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace lath
