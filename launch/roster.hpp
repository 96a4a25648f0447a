// lathd's files: the cluster file and the key beside it. Rank 0 makes them; the last node that leaves removes what was made. Not for
// embedded nodes.
#pragma once

#include <optional>
#include <string>

#include "launch/bootstrap.hpp"
#include "launch/cluster_file.hpp"
#include "launch/config/config.hpp"
#include "launch/contact/key_file.hpp"
#include "launch/node.hpp"

namespace lath {

class Roster {
 public:
  // Collective. Refuses a cluster file of a cluster that still answers, or a file that is no cluster file.
  static Result<Roster> prepare(GroupBootstrap& group, const Config& config, const Clock& clock);

  const ClusterKey& key() const { return key_; }
  // Rank 0 alone writes, once all are ready. Where another cluster was quicker, the file and the key are its.
  Result<void> write(const Node& node);
  // The start failed: removes what was made for it.
  void withdraw() const;
  // After the node has stopped: removes the files if nobody stays. What cannot be removed is told.
  void leave(const Node& node) const;

  std::string summary(const Node& node) const;  // "2 nodes x 1 shard"
  std::string summary_of_file() const;

 private:
  Result<void> prepare_first(const Config& config, const Clock& clock);
  Result<void> share_paths(GroupBootstrap& group, const Config& config);
  void remove_key(const ClusterKey& key) const;

  bool first_ = false;  // rank 0
  bool key_made_ = false;
  std::optional<std::uint64_t> stale_;  // the cluster whose file lies there, none of whose nodes answers
  ClusterKey key_{};
  std::string cluster_path_;  // absolute, of rank 0; "": none
  std::string key_path_;
  std::string shown_path_;  // as it was given
};

}  // namespace lath
