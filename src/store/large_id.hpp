// The name of a large value's bytes: the write that put them. No two writes share it, so whoever has bytes under this name has these.
#pragma once

#include <compare>
#include <cstddef>

#include "lath/ids.hpp"

namespace lath {

struct LargeId {
  Stamp stamp;
  WriterId writer;
  auto operator<=>(const LargeId&) const = default;
};

struct LargeIdHash {
  std::size_t operator()(const LargeId& id) const {
    const std::uint64_t place = std::uint64_t{id.writer.node.value} << 32 | id.writer.shard.value;
    return (id.stamp.value ^ place * 0x9e3779b97f4a7c15ULL) * 0xff51afd7ed558ccdULL;
  }
};

}  // namespace lath
