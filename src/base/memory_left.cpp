#include "base/memory_left.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

namespace lath {

namespace {

// The files of a version of control groups: in v1 the memory controller has a tree of its own.
struct Version {
  const char* tree;
  const char* limit;
  const char* usage;
  std::array<const char*, 3> reclaimable;  // in memory.stat
};
constexpr Version kFirst{"/sys/fs/cgroup/memory",
                         "/memory.limit_in_bytes",
                         "/memory.usage_in_bytes",
                         {"total_inactive_file", "total_active_file", "total_slab_reclaimable"}};
constexpr Version kSecond{"/sys/fs/cgroup", "/memory.max", "/memory.current", {"inactive_file", "active_file", "slab_reclaimable"}};

// Reads small files whole, one at a time, and remembers where the process had no descriptor for one: what that would have said is not known.
class Files {
 public:
  explicit Files(const std::string& root) : root_(root) {}

  std::istringstream text_of(const std::string& path) {
    errno = 0;
    std::ifstream file(root_ + path);
    if (!file.is_open() && (errno == EMFILE || errno == ENFILE)) was_short_ = true;
    std::ostringstream text;
    text << file.rdbuf();
    return std::istringstream(std::move(text).str());
  }
  bool was_short() const { return was_short_; }

  std::optional<std::uint64_t> number_in(const std::string& path) {
    std::istringstream text = text_of(path);
    std::uint64_t number = 0;
    if (!(text >> number)) return std::nullopt;  // also "max"
    return number;
  }
  // The sum of the numbers behind these names, of lines "name number ..."; none where no line has one.
  std::optional<std::uint64_t> sum_in(const std::string& path, std::span<const char* const> names) {
    std::istringstream text = text_of(path);
    std::string line;
    std::optional<std::uint64_t> sum;
    while (std::getline(text, line)) {
      const std::size_t space = line.find(' ');
      if (space == std::string::npos || std::ranges::find(names, line.substr(0, space)) == names.end()) continue;
      std::istringstream numbers(line.substr(space));
      std::uint64_t number = 0;
      if (numbers >> number) sum = sum.value_or(0) + number;
    }
    return sum;
  }

 private:
  const std::string& root_;
  bool was_short_ = false;
};

// Pages of files count as used by the group, and are given up before anybody is killed. (Shared memory is not among them.) The kernel
// takes long to count them: it is asked only where the group could be the one with the least.
std::optional<std::uint64_t> left_in(Files& files, const std::string& folder, const Version& version, std::uint64_t least) {
  const auto limit = files.number_in(folder + version.limit);
  const auto usage = limit ? files.number_in(folder + version.usage) : std::nullopt;
  if (!usage || *limit - std::min(*limit, *usage) >= least) return std::nullopt;
  const std::uint64_t used = *usage - std::min(*usage, files.sum_in(folder + "/memory.stat", version.reclaimable).value_or(0));
  return *limit - std::min(*limit, used);
}

// The group and all those above it. What a container's own tree does not show of the path is its host's business: its root is looked at.
void look_at_groups(Files& files, std::string group, const Version& version, MemoryLeft& least) {
  for (;;) {
    if (group == "/") group.clear();
    const auto left = left_in(files, version.tree + group, version, least.bytes);
    if (left && *left < least.bytes) least = {*left, "the control group " + (group.empty() ? "/" : group), true};
    if (group.empty()) return;
    group.resize(group.find_last_of('/'));
  }
}

// The heap of a thread grows by 64 MiB of address space, for which it maps twice that for a moment: with less than that it is full.
constexpr std::uint64_t kHeapStep = 128ULL << 20;

// What the process may map, and what it may map for itself alone. Lines of limits: "Max data size  SOFT  HARD  bytes"; statm counts pages.
void look_at_limits(MemoryFor use, Files& files, MemoryLeft& least) {
  struct Limit {
    std::string_view line;
    std::size_t field;   // of statm
    std::uint64_t kept;  // of no use to what asks
    const char* whose;
  };
  constexpr std::array kLimits = {Limit{"Max data size", 5, 0, "the process's data size (ulimit -d)"},
                                  Limit{"Max address space", 0, kHeapStep, "the process's address space (ulimit -v)"}};
  std::istringstream limits = files.text_of("/proc/self/limits");
  std::string line;
  while (std::getline(limits, line)) {
    const auto limit = std::ranges::find_if(kLimits, [&](const Limit& each) { return line.starts_with(each.line); });
    if (limit == kLimits.end() || (use == MemoryFor::kSharing && limit == kLimits.begin())) continue;
    std::istringstream soft(line.substr(limit->line.size()));
    std::uint64_t bytes = 0;
    if (!(soft >> bytes)) continue;  // "unlimited"
    std::istringstream statm = files.text_of("/proc/self/statm");
    std::uint64_t pages = 0;
    for (std::size_t field = 0; field <= limit->field; ++field) statm >> pages;
    if (!statm) continue;
    const std::uint64_t used = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) + limit->kept;
    if (const std::uint64_t left = bytes - std::min(bytes, used); left < least.bytes) least = {left, limit->whose, false};
  }
}

}  // namespace

MemoryLeft memory_left(MemoryFor use, const std::string& root) {
  Files files(root);
  MemoryLeft least;
  constexpr std::array kAvailable = {"MemAvailable:"};
  if (const auto kib = files.sum_in("/proc/meminfo", kAvailable)) least.bytes = *kib * 1024;
  look_at_limits(use, files, least);
  // Lines NUMBER:CONTROLLERS:PATH; the second version has no controllers.
  std::istringstream groups = files.text_of("/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1);
    if (group.empty() || group.front() != '/') continue;
    if (controllers == ",,") look_at_groups(files, group, kSecond, least);
    if (controllers.find(",memory,") != std::string::npos) look_at_groups(files, group, kFirst, least);
  }
  return files.was_short() ? MemoryLeft{} : least;
}

}  // namespace lath
