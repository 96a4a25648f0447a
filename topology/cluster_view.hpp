// A view with all that follows from it: the ring, and which replicas each key has. Immutable once made, so any thread may read it;
// shared by shared_ptr between the threads that follow the cluster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/message.hpp"
#include "topology/membership.hpp"
#include "topology/placement.hpp"
#include "topology/ring.hpp"

namespace lath {

struct ClusterView {
  View view;
  Ring ring;
  Placement placement;
  std::uint64_t epoch = 0;  // a digest of the view and the placement: who has the same routes the same

  static std::shared_ptr<const ClusterView> make(View view, Placement placement);

  // The replicas of a key, primary first; at most out.size(). Returns how many.
  std::size_t replicas(std::uint64_t hash, Bytes key, std::span<Place> out) const {
    if (ring.empty()) return 0;
    return ring.replicas(hash, placement.of(key), out);
  }
  // The same, in no order: sooner where every node is one.
  std::size_t holders(std::uint64_t hash, Bytes key, std::span<Place> out) const {
    return ring.holders(hash, placement.of(key), out);
  }
};

}  // namespace lath
