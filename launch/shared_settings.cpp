#include "launch/shared_settings.hpp"

#include <algorithm>

namespace lath {

namespace {

std::string shown(const std::string& value) {
  return value.empty() ? "not set" : "'" + value + "'";
}

}  // namespace

std::vector<std::string> told_differences(std::span<const char* const> settings, std::span<const Told> by_rank) {
  std::vector<std::string> differences;
  for (std::size_t setting = 0; setting < settings.size(); ++setting) {
    const std::string& first = by_rank.front()[setting];
    const auto differs = [&](const Told& node) { return !node[setting].empty() && node[setting] != first; };
    const auto found = std::ranges::find_if(by_rank, differs);
    if (found == by_rank.end()) continue;
    const auto others = std::count_if(found + 1, by_rank.end(), differs);
    const std::string name = settings[setting];
    differences.push_back("setting '" + name + "' of node " + std::to_string(found - by_rank.begin()) + " is " +
                          shown((*found)[setting]) + ", and node 0's, which holds for all nodes, is " + shown(first) +
                          (others > 0 ? " (" + std::to_string(others) + " more node(s) differ)" : "") +
                          ": give all nodes the same --" + name);
  }
  return differences;
}

}  // namespace lath
