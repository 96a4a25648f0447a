#include "topology/cluster_view.hpp"

#include <string>
#include <utility>

#include "topology/hash.hpp"

namespace lath {

std::shared_ptr<const ClusterView> ClusterView::make(View view, Placement placement) {
  std::string rules;
  for (const std::string& text : placement.texts()) rules += text + '\n';
  const std::uint64_t digest = key_hash(std::as_bytes(std::span(rules)));
  auto made = std::make_shared<ClusterView>();
  made->epoch = mix(view.epoch() ^ mix(digest));
  made->ring = Ring(view);
  made->view = std::move(view);
  made->placement = std::move(placement);
  return made;
}

}  // namespace lath
