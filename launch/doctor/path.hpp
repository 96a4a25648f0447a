// By which way frames from here reach each node of a cluster: what UCX chose for an endpoint that is made for the purpose, to the
// node's first shard, and given up again. Sends a greeting and a goodbye, no more; hosts that have to be asked are waited for, a second at
// most for each 64 nodes.
#pragma once

#include <string>
#include <vector>

#include "launch/open_store.hpp"

namespace lath {

struct NodePath {
  NodeId node;
  std::string path;   // "posix", "rc_verbs", "tcp": the lanes in UCX's order; empty: there is none
  std::string error;  // why there is none
  bool same_host = false;
};

// To every node of the view that is alive or leaving. An error: no endpoint of our own can be made.
Result<std::vector<NodePath>> paths_to_nodes(OpenStore& store);

}  // namespace lath
