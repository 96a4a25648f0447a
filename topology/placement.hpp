// How many replicas a key has: one replication for the store, and others for keys under a prefix, of which the longest wins.
// Every node and client of a cluster holds the same one. Built once; then any thread may read it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.hpp"
#include "lath/result.hpp"
#include "topology/ring.hpp"

namespace lath {

// "NODESxSHARDS", as in "2x1"; both at least 1, and their product at most kReplicasMax.
Result<Replication> replication_from(std::string_view text);
std::string text_of(Replication replication);

class Placement {
 public:
  struct Rule {
    std::string prefix;  // any bytes, at least one
    Replication replication;
    bool operator==(const Rule&) const = default;
  };

  Placement() = default;  // 1x1
  explicit Placement(Replication everywhere) : everywhere_(everywhere) {}

  // What a store has that says nothing: two copies on two nodes, or one where there is one node.
  static Replication usual(std::size_t node_count) { return {.nodes = node_count > 1 ? 2U : 1U, .shards = 1}; }

  // Each text is a rule "PREFIX=NODESxSHARDS" (the last '=' counts, so that a prefix may hold one), or "NODESxSHARDS" for the
  // keys under no prefix. Nothing may be said twice. `everywhere` holds where no text says otherwise.
  static Result<Placement> from(const std::vector<std::string>& texts, Replication everywhere);

  Replication of(Bytes key) const { return rules_.empty() ? everywhere_ : longest_match(key); }

  // On how many nodes a key is, at least and at most, where there are `there` nodes.
  struct Spread {
    std::size_t least = 0;
    std::size_t most = 0;
  };
  Spread spread(std::size_t there) const;

  Replication everywhere() const { return everywhere_; }
  const std::vector<Rule>& rules() const { return rules_; }
  std::vector<std::string> texts() const;  // from() of these gives this placement again
  bool operator==(const Placement&) const = default;

 private:
  Replication longest_match(Bytes key) const;

  Replication everywhere_;
  std::vector<Rule> rules_;  // longer prefixes first, so that the first match is the longest
};

}  // namespace lath
