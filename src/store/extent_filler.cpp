#include "store/extent_filler.hpp"

#include <algorithm>

namespace lath {

bool ExtentFiller::is_refused() const {
  return std::ranges::any_of(shards_, &Fed::refused);
}

Result<void> ExtentFiller::turn(TimeNs now) {
  pause_ns_ = kCheckNs;
  std::size_t untouched = 0;
  for (const Fed& shard : shards_) untouched += shard.extents->bytes_untouched();
  Result<void> filled;
  for (Fed& shard : shards_) {
    if (!shard.extents->wants_more()) continue;
    if (auto part = fill(shard, now, untouched); !part) filled = part;
  }
  return filled;
}

// What has been begun goes on, whatever is refused meanwhile; what is to be begun waits until little is under way.
Result<void> ExtentFiller::fill(Fed& shard, TimeNs now, std::size_t& untouched) {
  const bool maps = shard.extents->bytes_untouched() == 0;
  if (maps && (now < shard.map_not_before || untouched + ExtentQueue::kExtentBytesLast > kUntouchedMax)) return {};
  auto part = shard.refill(kPartBytes);
  if (maps) {
    shard.refused = !part.has_value();
    if (shard.refused) shard.map_not_before = now + kRetryNs;
    untouched += shard.extents->bytes_untouched();
  }
  if (part && shard.extents->wants_more()) pause_ns_ = std::min(pause_ns_, shard.extents->is_starving() ? 0 : kPauseNs);
  return part;
}

}  // namespace lath
