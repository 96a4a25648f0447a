#include "shard/waiters.hpp"

#include "lath/limits.hpp"
#include "wire/writer.hpp"

namespace lath {

bool Waiters::park(const Key& key, const ParkedWait& waiter) {
  const auto [begin, end] = parked_.equal_range(key.hash);
  for (auto parked = begin; parked != end; ++parked) {
    if (parked->second.waiter.same_call(waiter)) return true;
  }
  if (parked_.size() >= kWaitersMax) return false;
  parked_.emplace(key.hash, Parked{std::string(as_text(key.bytes)), waiter});
  return true;
}

void Waiters::take_moved(const Key& key, Stamp now, std::vector<ParkedWait>& out) {
  auto [parked, end] = parked_.equal_range(key.hash);
  while (parked != end) {
    if (parked->second.key == as_text(key.bytes) && now > parked->second.waiter.since) {
      out.push_back(parked->second.waiter);
      parked = parked_.erase(parked);
    } else {
      ++parked;
    }
  }
}

}  // namespace lath
