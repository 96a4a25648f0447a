// The cluster file: JSON that says where a cluster's contact ports are. Written whole or not at all, by rank 0, once all nodes are
// ready; removed at a clean end if it is still this cluster's. It holds no secret: the key lies beside it (key_file.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "launch/config/config.hpp"

namespace lath {

inline constexpr int kClusterFileVersion = 1;

struct ClusterFileNode {
  NodeId node;
  std::string host;
  HostPort contact;
  bool operator==(const ClusterFileNode&) const = default;
};

struct ClusterFile {
  std::uint64_t cluster = 0;  // the cookie: which cluster, which start of it
  std::vector<ClusterFileNode> nodes;
  bool operator==(const ClusterFile&) const = default;
};

// kInvalid: another cluster's file is there, and stays.
Result<void> write_cluster_file(const std::string& path, const ClusterFile& file);
Result<ClusterFile> read_cluster_file(const std::string& path);
// true: it is gone, or was before. false: it is another cluster's, and stays.
Result<bool> remove_cluster_file(const std::string& path, std::uint64_t cluster);

}  // namespace lath
