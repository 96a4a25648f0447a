// Reads this host's facts for the doctor's checks. Blocks for as long as UCX takes to open, twice.
#pragma once

#include <span>
#include <string>

#include "launch/doctor/machine.hpp"
#include "launch/doctor/network.hpp"

namespace lath {

struct LocalFacts {
  MachineFacts machine;
  NetworkFacts network;
};

// `environment` as "NAME=value".
Result<LocalFacts> gather_local_facts(std::span<const std::string> environment);

// UCX_* and LATH_UCX_* of an environment.
std::vector<UcxSetting> ucx_settings_in(std::span<const std::string> environment);
// The first `name` that can be run in the folders of PATH; "" if none.
std::string find_in_path(const std::string& name, const std::string& path);

}  // namespace lath
