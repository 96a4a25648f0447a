// The doctor's checks of a cluster: its file and key, and of each node its contact port, its shards over the data path, its clock.
// Pure functions; the facts come from doctor_probe.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "launch/contact/socket.hpp"
#include "launch/doctor/doctor.hpp"

namespace lath {

// One question to one shard, and its answer. Our wall clock on both sides of it.
struct ShardAnswer {
  ShardId shard;
  Code code = Code::kOk;
  std::string error;
  std::uint64_t sent_wall_us = 0;
  std::uint64_t received_wall_us = 0;
  std::uint64_t round_trip_ns = 0;
  std::optional<std::uint64_t> wall_us;  // the shard's clock in between; none: it did not tell
};

struct NodeFacts {
  NodeId node;
  std::string host;
  std::string contact;          // HOST:PORT; empty: unknown, so not tried
  std::string state = "alive";  // as lath_node has it
  Code contact_code = Code::kOk;
  std::string contact_error;
  Knock knock = Knock::kUnknown;  // where it did not answer: what a bare connection meets
  std::uint64_t contact_ns = 0;   // to connect and to authenticate
  std::uint64_t cluster = 0;      // the cookie that it told
  std::uint32_t shard_count = 0;
  std::string path;        // by which ways this host reaches it; empty: it was not asked, or there is none
  std::string path_error;  // why there is none
  bool same_host = false;
  std::vector<ShardAnswer> shards;  // those that were asked: after two silent ones the others are not
};

struct ClusterFacts {
  std::string cluster_file;  // empty: the cluster was named by an address
  Code file_code = Code::kOk;
  std::string file_error;
  std::uint64_t cluster = 0;  // the cookie in the file; 0: none
  std::string key_file;
  Code key_code = Code::kOk;
  std::string key_error;
  std::vector<NodeFacts> nodes;
  std::size_t cores_here = 0;  // of the whole host; 0: not known
  bool rdma_here = false;      // UCX has a transport for an RDMA device of this host
  std::string open_error;      // why the data path could not be opened; empty: it was, or it was not tried
};

Findings check_cluster(const ClusterFacts& facts);  // all of the below

Findings check_cluster_file(const ClusterFacts& facts);
Findings check_key_file(const ClusterFacts& facts);
Findings check_cores_here(const ClusterFacts& facts);
Findings check_contact(const ClusterFacts& facts, const NodeFacts& node);
Findings check_shards(const NodeFacts& node);
Findings check_path(const ClusterFacts& facts, const NodeFacts& node);
Findings check_clock(const NodeFacts& node);

// Theirs minus ours, by the quickest answer; none where no shard told its clock.
std::optional<std::int64_t> clock_skew_us(const NodeFacts& node);

}  // namespace lath
