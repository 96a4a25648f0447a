// What each node of a launch was told of the replication. Node 0's holds for all, so that those who were told otherwise are named.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "launch/bootstrap.hpp"
#include "launch/config/config.hpp"
#include "topology/membership.hpp"
#include "topology/placement.hpp"

namespace lath {

// A node's, for the others.
Record replication_record(const Config& config);
// A sentence for each setting of which a node was told otherwise than node 0. Who was told nothing agrees with whatever holds.
Result<std::vector<std::string>> replication_differences(std::span<const Record> by_rank);
// A sentence for each setting that asks for more nodes, or more shards of each, than this cluster has: keys then have fewer copies.
std::vector<std::string> replication_shortfalls(const Placement& placement, const View& view);

}  // namespace lath
