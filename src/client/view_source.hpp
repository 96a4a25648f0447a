// Where a session learns how the cluster looks: the control thread of an embedded node, or the client's own contact connection.
// Any thread may call any of these.
#pragma once

#include <cstdint>
#include <memory>

namespace lath {

struct ClusterView;

class ViewSource {
 public:
  virtual ~ViewSource() = default;
  // The newest view; never null. What it points to never changes.
  virtual std::shared_ptr<const ClusterView> current() const = 0;
  // Grows with each new view: one relaxed load, so that a session may look before every turn.
  virtual std::uint64_t version() const = 0;
  // A shard answered by another view than ours: fetch a newer one soon. Returns at once; asking often costs nothing more.
  virtual void ask_for_news() = 0;
};

}  // namespace lath
