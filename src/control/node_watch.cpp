#include "control/node_watch.hpp"

#include <algorithm>
#include <utility>

namespace lath {

NodeWatch::NodeWatch(NodeId self, const View& view, Random random, TimeNs now) : self_(self), random_(random) {
  follow(view, now);
}

void NodeWatch::follow(const View& view, TimeNs now) {
  std::map<NodeId, Watched> nodes;
  for (const NodeEntry* entry : view.entries()) {
    if (entry->id == self_ || entry->state >= NodeState::kLeft) continue;
    const auto known = nodes_.find(entry->id);
    Watched& watched = nodes[entry->id];
    if (known != nodes_.end()) watched = std::move(known->second);
    watched.neighbour = false;
  }
  nodes_ = std::move(nodes);
  // The next in the order of their ids, around: each node is some others' neighbour.
  auto next = nodes_.upper_bound(self_);
  for (std::size_t count = 0; count < std::min(kWatchedMax, nodes_.size()); ++count) {
    if (next == nodes_.end()) next = nodes_.begin();
    Watched& watched = next->second;
    watched.neighbour = true;
    if (watched.look_at == 0) watched.look_at = next_look(watched, now);
    ++next;
  }
}

// Not of all neighbours, nor of all nodes, at once.
TimeNs NodeWatch::next_look(const Watched& watched, TimeNs now) {
  if (watched.lost) return now + std::clamp((now - watched.lost_at) / kLookDivisor, kLookLostNsMin, kLookLostNsMax);
  return now + kWatchNs / 2 + random_.below(kWatchNs / 2);
}

bool NodeWatch::lost(NodeId node, std::string reason, TimeNs now) {
  const auto known = nodes_.find(node);
  if (known == nodes_.end()) return false;
  Watched& watched = known->second;
  if (watched.lost) {
    if (!watched.told) watched.reason = std::move(reason);
    return false;
  }
  watched.lost = true;
  watched.told = false;
  watched.lost_at = now;
  watched.tell_at = std::max(now + kLossGraceNs, watched.quiet_until);
  watched.look_at = now;  // it may have lost no more than this one connection
  watched.reason = std::move(reason);
  return true;
}

bool NodeWatch::heard(NodeId node, TimeNs now) {
  const auto known = nodes_.find(node);
  if (known == nodes_.end()) return false;
  Watched& watched = known->second;
  const bool was_lost = std::exchange(watched.lost, false);
  if (was_lost && watched.told) {
    back_.push_back({.node = node, .lost = false, .reason = {}, .away_ns = now - watched.lost_at, .untold = 0});
  } else if (was_lost && now - watched.lost_at >= kLossGraceNs) {
    ++watched.untold;
  }
  watched.look_at = next_look(watched, now);
  return was_lost;
}

std::vector<NodeWatch::Look> NodeWatch::take_looks(TimeNs now) {
  std::vector<Look> looks;
  for (auto& [node, watched] : nodes_) {
    if (!(watched.neighbour || watched.lost) || watched.look_at > now) continue;
    looks.push_back({node, watched.lost && now - watched.lost_at >= kLossGraceNs});
    watched.look_at = next_look(watched, now);
  }
  return looks;
}

std::vector<NodeNews> NodeWatch::take_news(TimeNs now) {
  std::vector<NodeNews> news = std::exchange(back_, {});
  for (auto& [node, watched] : nodes_) {
    if (!watched.lost || watched.told || watched.tell_at > now) continue;
    watched.told = true;
    watched.quiet_until = now + kLossLineNs;
    news.push_back(
        {.node = node, .lost = true, .reason = watched.reason, .away_ns = 0, .untold = std::exchange(watched.untold, 0)});
  }
  return news;
}

std::size_t NodeWatch::lost_now(TimeNs now) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      nodes_, [now](const auto& each) { return each.second.lost && now - each.second.lost_at >= kLossGraceNs; }));
}

}  // namespace lath
