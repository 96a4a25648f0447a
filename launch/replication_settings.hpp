// What each node of a launch was told of the replication. Node 0's holds for all, so that those who were told otherwise are named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "launch/bootstrap.hpp"
#include "launch/config/config.hpp"
#include "topology/membership.hpp"
#include "topology/placement.hpp"

namespace lath {

// Where a caller gives one half of it, or both, the other is what `told` says (the environment's, the file's), or else what is usual.
// As the setting 'replication' has it; `told` itself where neither is given.
Result<std::string> replication_with(const std::string& told, std::optional<std::uint32_t> nodes,
                                     std::optional<std::uint32_t> shards, std::size_t node_count);

// A node's, for the others.
Record replication_record(const Config& config);
// A sentence for each setting of which a node was told otherwise than node 0. Who was told nothing agrees with whatever holds.
Result<std::vector<std::string>> replication_differences(std::span<const Record> by_rank);
// A sentence for each setting that asks for more nodes, or more shards of each, than this cluster has: keys then have fewer copies.
std::vector<std::string> replication_shortfalls(const Placement& placement, const View& view);

}  // namespace lath
