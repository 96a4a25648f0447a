#include "shard/waiters.hpp"

#include "lath/limits.hpp"
#include "store/content_version.hpp"
#include "wire/writer.hpp"

namespace lath {

bool Waiters::park(const Key& key, const ParkedWait& waiter) {
  if (is_parked(waiter)) return true;
  if (parked_.size() >= kWaitersMax) return false;
  calls_.insert(waiter);
  parked_.emplace(key.hash, Parked{std::string(as_text(key.bytes)), waiter});
  return true;
}

void Waiters::take_moved(const Key& key, std::uint64_t now, std::vector<ParkedWait>& out) {
  auto [parked, end] = parked_.equal_range(key.hash);
  while (parked != end) {
    if (parked->second.key == as_text(key.bytes) && has_moved(now, parked->second.waiter.since)) {
      out.push_back(parked->second.waiter);
      calls_.erase(parked->second.waiter);
      parked = parked_.erase(parked);
    } else {
      ++parked;
    }
  }
}

}  // namespace lath
