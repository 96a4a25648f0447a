#include "transport/attachments.hpp"

#include <algorithm>

namespace lath {

const Attached* Attachments::find(PeerId peer, Bytes exported) {
  if (exported.empty()) return nullptr;
  const Reach reach = transport_.reach(peer);
  if (reach == Reach::kUnknown) transport_.probe(peer);
  auto kept =
      std::ranges::find_if(kept_, [&](const Kept& each) { return each.peer == peer && same_bytes(each.exported, exported); });
  Kept& found = kept != kept_.end() ? *kept : attach(peer, exported);
  found.last_use = ++uses_;
  // Where a device reads, no mapping is needed; elsewhere UCX would ask the peer for each word, slower than we do.
  const bool readable = found.attached && (found.region.mapping != nullptr || reach == Reach::kCopies);
  return readable ? &found.region : nullptr;
}

Attachments::Kept& Attachments::attach(PeerId peer, Bytes exported) {
  if (kept_.size() >= kAttachmentsMax) {
    const auto oldest = std::ranges::min_element(kept_, {}, &Kept::last_use);
    if (oldest->attached) transport_.detach(oldest->region.id);
    kept_.erase(oldest);
  }
  const Result<Attached> attached = transport_.attach(peer, exported);
  if (attached) drop_replaced(peer, *attached);
  Kept& added = kept_.emplace_back();
  added.peer = peer;
  added.exported.assign(exported.begin(), exported.end());
  if (attached) {
    added.attached = true;
    added.region = *attached;
  }
  return added;
}

// What UCX allocated lies alone: where another such region lies now, the old one was freed, and only our mapping keeps it in memory.
void Attachments::drop_replaced(PeerId peer, const Attached& by) {
  if (by.mapping == nullptr) return;
  std::erase_if(kept_, [&](const Kept& each) {
    const Attached& old = each.region;
    const bool overlaps = old.base < by.base + by.bytes && by.base < old.base + old.bytes;
    if (each.peer != peer || !each.attached || old.mapping == nullptr || !overlaps) return false;
    transport_.detach(old.id);
    return true;
  });
}

void Attachments::forget(PeerId peer) {
  std::erase_if(kept_, [&](const Kept& each) { return each.peer == peer; });
}

}  // namespace lath
