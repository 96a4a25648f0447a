#include "client/router.hpp"

#include "base/assert.hpp"

namespace lath {

bool Router::refresh() {
  // The version first: a view that comes between the two reads is looked at again.
  const std::uint64_t version = views_.version();
  if (view_ != nullptr && version == version_) return false;
  version_ = version;
  std::shared_ptr<const ClusterView> view = views_.current();
  LATH_ASSERT(view != nullptr);
  if (view_ != nullptr && view->epoch == view_->epoch) return false;
  view_ = std::move(view);
  return true;
}

}  // namespace lath
