// Where an operation goes: the session's view of the cluster, and which replica it prefers. The choice for a key stays the same
// while the view does and no connection fails. The session's thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/message.hpp"
#include "client/view_source.hpp"
#include "lath/ids.hpp"
#include "lath/limits.hpp"
#include "topology/cluster_view.hpp"
#include "topology/hash.hpp"

namespace lath {

class Router {
 public:
  Router(ViewSource& views, std::optional<NodeId> local, std::optional<Place> own = std::nullopt)
      : views_(views), local_(local), own_(own) {
    refresh();
  }

  // True where the cluster looks otherwise than before.
  bool refresh();
  bool is_stale() const { return views_.version() != version_; }
  void ask_for_news() { views_.ask_for_news(); }

  const ClusterView& view() const { return *view_; }
  std::uint64_t version() const { return version_; }

  // The replica for a key; false where no node is alive, or where `avoid` refuses all. The session's own shard goes first,
  // then a replica on the local node. (No optional: one that is copied is read in larger pieces than it was written in, for which the
  // processor waits some 5 ns each time.)
  template <class Avoid>
  bool route(Bytes key, Place& out, Avoid&& avoid) const {
    const std::uint64_t hash = key_hash(key);
    if (!view_->ring.empty()) [[likely]] {
      const Place primary = view_->ring.primary(hash);
      if ((!local_ || primary.node == *local_) && (!own_ || primary == *own_) && !avoid(primary)) [[likely]] {
        out = primary;
        return true;
      }
    }
    const std::optional<Place> found = among_replicas(hash, key, avoid);
    if (found) out = *found;
    return found.has_value();
  }

 private:
  // Apart, because a call's room for the replicas is cleared as it is entered.
  template <class Avoid>
  [[gnu::noinline]] std::optional<Place> among_replicas(std::uint64_t hash, Bytes key, Avoid&& avoid) const {
    std::array<Place, kReplicasMax> places;
    const std::size_t count = view_->replicas(hash, key, places);
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(count);
    if (own_ && std::find(places.begin(), end, *own_) != end && !avoid(*own_)) return own_;
    std::optional<Place> other;
    for (std::size_t i = 0; i < count; ++i) {
      if (avoid(places[i])) continue;
      if (!local_ || places[i].node == *local_) return places[i];
      if (!other) other = places[i];
    }
    return other;
  }

  ViewSource& views_;
  std::optional<NodeId> local_;
  std::optional<Place> own_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const ClusterView> view_;
};

}  // namespace lath
