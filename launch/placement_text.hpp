// The placement as the settings write it, and as the ring uses it.
#pragma once

#include <cstddef>

#include "launch/contact_protocol.hpp"
#include "topology/placement.hpp"

namespace lath {

Result<Placement> placement_from(const PlacementText& text);
// What the settings of rank 0 mean in a cluster of so many nodes.
PlacementText placement_text(const std::string& replication, std::vector<std::string> prefixes, std::size_t nodes);

}  // namespace lath
