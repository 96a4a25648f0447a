// Settings that hold for all nodes of a launch as node 0 was told them: whoever was told otherwise is named.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace lath {

// By one node: a value for each of the settings, "" where nothing was said.
using Told = std::vector<std::string>;

// A sentence for each setting of which a node was told otherwise than node 0. Who was told nothing agrees with whatever holds.
std::vector<std::string> told_differences(std::span<const char* const> settings, std::span<const Told> by_rank);

}  // namespace lath
