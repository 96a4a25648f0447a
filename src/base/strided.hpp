// Memory that is dense in runs only: a sub-block of an array, a column of a matrix. Its bytes, run after run, are numbered as if they lay
// together. A layout says where the runs are from the first one on; it holds no pointer, so that it can be told to another process.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "lath/limits.hpp"

namespace lath {

struct StridedLayout {
  struct Level {
    std::uint64_t count = 1;
    std::uint64_t stride = 0;  // bytes from one to the next
    bool operator==(const Level&) const = default;
  };

  std::uint64_t run_bytes = 0;
  std::uint32_t level_count = 0;                 // 0: one run
  std::array<Level, kLayoutLevelsMax> levels{};  // the outermost first

  static StridedLayout dense(std::uint64_t bytes) { return {.run_bytes = bytes}; }
  bool operator==(const StridedLayout&) const = default;

  bool is_dense() const { return level_count == 0; }
  // Of all runs. Wraps where the counts are not sound; valid_within() says so.
  std::uint64_t bytes() const {
    std::uint64_t all = run_bytes;
    for (std::uint32_t level = 0; level < level_count; ++level) all *= levels[level].count;
    return all;
  }
  // From the first byte of the first run to the end of the last.
  std::uint64_t extent() const {
    std::uint64_t all = run_bytes;
    for (std::uint32_t level = 0; level < level_count; ++level) all += (levels[level].count - 1) * levels[level].stride;
    return all;
  }
  // Whether it has at least one byte, and nothing in it passes `limit`: what comes from outside is asked before it is used.
  bool valid_within(std::uint64_t limit) const {
    if (level_count > kLayoutLevelsMax || run_bytes == 0 || run_bytes > limit) return false;
    std::uint64_t all = run_bytes;
    std::uint64_t reach = run_bytes;
    for (std::uint32_t at = 0; at < level_count; ++at) {
      const Level& level = levels[at];
      if (level.count == 0 || level.count > limit / all) return false;
      all *= level.count;
      if (level.count > 1 && level.stride > (kReachMax - reach) / (level.count - 1)) return false;
      reach += (level.count - 1) * level.stride;
    }
    return true;
  }

  // visit(offset from the first run, bytes) for what lies at [first, first + bytes) of all runs, in order.
  template <class Visitor>
  void each_run(std::uint64_t first, std::uint64_t bytes, Visitor&& visit) const {
    while (bytes > 0) {
      const std::uint64_t within = first % run_bytes;
      const std::uint64_t taken = std::min(bytes, run_bytes - within);
      visit(run_offset(first / run_bytes) + within, taken);
      first += taken;
      bytes -= taken;
    }
  }

 private:
  static constexpr std::uint64_t kReachMax = std::uint64_t{1} << 47;  // an address space

  std::uint64_t run_offset(std::uint64_t run) const {
    std::uint64_t offset = 0;
    for (std::uint32_t at = level_count; at > 0; --at) {
      const Level& level = levels[at - 1];
      offset += run % level.count * level.stride;
      run /= level.count;
    }
    return offset;
  }
};

}  // namespace lath
