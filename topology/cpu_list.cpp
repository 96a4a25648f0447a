#include "topology/cpu_list.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "lath/limits.hpp"

namespace lath {
namespace {

Error invalid(std::string_view text, std::string_view why) {
  std::string message = "'";  // appended to piece by piece: g++ 12 warns of std::string's own operator+ here
  message.append(text.substr(0, 64)).append("' is not a list of CPUs like 0-3,8: ").append(why);
  return {Code::kInvalid, std::move(message)};
}

}  // namespace

Result<CpuSet> cpus_from(std::string_view text) {
  CpuSet cpus;
  if (text.empty()) return cpus;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    std::uint32_t first = 0;
    auto number = std::from_chars(at, end, first);
    if (number.ec != std::errc()) return invalid(text, "a number is missing or too large");
    std::uint32_t last = first;
    if (number.ptr != end && *number.ptr == '-') {
      number = std::from_chars(number.ptr + 1, end, last);
      if (number.ec != std::errc()) return invalid(text, "a range has no end");
    }
    if (last < first) return invalid(text, "a range runs backwards");
    if (last > kCpuMax) return invalid(text, "no CPU has a number over " + std::to_string(kCpuMax));
    if (cpus.size() > kCpuMax) return invalid(text, "it names CPUs over and over");
    for (std::uint32_t cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
    if (number.ptr == end) break;
    if (*number.ptr != ',') return invalid(text, "a comma is missing");
    at = number.ptr + 1;
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

std::string text_of(const CpuSet& cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(cpus[i]);
    if (last > i) text += '-' + std::to_string(cpus[last]);
    i = last + 1;
  }
  return text;
}

CpuSet intersection(const CpuSet& a, const CpuSet& b) {
  CpuSet both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

CpuSet difference(const CpuSet& a, const CpuSet& b) {
  CpuSet rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace lath
