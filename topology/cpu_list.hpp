// Sets of hardware threads as Linux writes them: "0-3,8".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lath/result.hpp"

namespace lath {

using CpuSet = std::vector<std::uint32_t>;  // the operating system's numbers, ascending, each once

// "" is the empty set; a range that runs backwards, a number of 2^16 or more, or anything else is an error.
Result<CpuSet> cpus_from(std::string_view text);
std::string text_of(const CpuSet& cpus);
CpuSet intersection(const CpuSet& a, const CpuSet& b);
CpuSet difference(const CpuSet& a, const CpuSet& b);

}  // namespace lath
