// Which other nodes are lost, as far as this node knows, and what of that is worth a line of its log. What shards and views say to
// others shows a lost node too, but only where there is something to say: so a few neighbours are asked now and then for a sign of
// life, and lost nodes until they are back. Nothing follows from it for the view: a lost node may come back. Time in, no I/O.
// One thread, the control thread's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "topology/membership.hpp"

namespace lath {

inline constexpr std::size_t kWatchedMax = 3;      // neighbours: a host with two nodes may go, and they are still missed
inline constexpr TimeNs kWatchNs = 5'000'000'000;  // between looks at a neighbour that does not speak, at most; half of it at least
inline constexpr TimeNs kLossGraceNs = 1'000'000'000;     // for a node that was only leaving, or lost one connection of several
inline constexpr TimeNs kLossLineNs = 60'000'000'000;     // of one node's losses, one at most is told in so long
inline constexpr std::uint64_t kLookDivisor = 8;          // who was away for 8 s is found within 1 s
inline constexpr TimeNs kLookLostNsMin = 1'000'000'000;   // between looks at a lost node
inline constexpr TimeNs kLookLostNsMax = 60'000'000'000;  // of one that is lost for ever, which each look costs a connection

// What a line should tell.
struct NodeNews {
  NodeId node;
  bool lost = false;         // false: it is back
  std::string reason;        // of a loss
  TimeNs away_ns = 0;        // of one that is back
  std::uint64_t untold = 0;  // losses since the last line
};

class NodeWatch {
 public:
  NodeWatch(NodeId self, const View& view, Random random, TimeNs now);

  // Who has left is not missed.
  void follow(const View& view, TimeNs now);
  // Its connection ended without a goodbye, or it answers nothing. True: it was not lost before.
  bool lost(NodeId node, std::string reason, TimeNs now);
  // It said something. True: it was lost.
  bool heard(NodeId node, TimeNs now);

  struct Look {
    NodeId node;
    bool once = false;  // it is lost: one question says enough
  };
  std::vector<Look> take_looks(TimeNs now);
  std::vector<NodeNews> take_news(TimeNs now);
  std::size_t lost_now(TimeNs now) const;

 private:
  struct Watched {
    bool neighbour = false;
    bool lost = false;
    bool told = false;  // that it is lost
    TimeNs look_at = 0;
    TimeNs lost_at = 0;
    TimeNs tell_at = 0;
    TimeNs quiet_until = 0;
    std::uint64_t untold = 0;
    std::string reason;
  };
  TimeNs next_look(const Watched& watched, TimeNs now);

  NodeId self_;
  Random random_;
  std::map<NodeId, Watched> nodes_;  // that take part
  std::vector<NodeNews> back_;
};

}  // namespace lath
