// Asks the nodes of a cluster for the doctor: their contact ports, then their shards. Nodes are asked side by side, each question with
// a deadline of its own, so that one that is dead costs no more than its deadline.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "launch/contact/crypto.hpp"
#include "launch/doctor/cluster.hpp"

namespace lath {

inline constexpr TimeNs kProbeNs = 2'000'000'000;    // for one answer: far above any network, bearable for a person
inline constexpr std::size_t kProbeThreadsMax = 16;  // each with a session of about 4 MB
inline constexpr std::size_t kSilentShardsMax = 2;   // then the node's other shards are not asked

// Asks shards over the data path; used by one thread.
class ShardAsker {
 public:
  virtual ~ShardAsker() = default;
  virtual ShardAnswer ask(Place place, TimeNs timeout_ns) = 0;
};
using AskerMaker = std::function<std::unique_ptr<ShardAsker>()>;  // from any thread; null: none can be made

struct ClusterPlace {
  std::string cluster_file;  // or:
  std::string contact;       // HOST:PORT
  std::string key_file;      // "": beside the cluster file
};

// The file, the key and the contact ports.
ClusterFacts probe_contacts(const ClusterPlace& place, const Clock& clock, TimeNs timeout_ns = kProbeNs);
// Fills in the shards of the nodes that are expected to answer.
void probe_shards(ClusterFacts& facts, const AskerMaker& make_asker, TimeNs timeout_ns = kProbeNs);

}  // namespace lath
