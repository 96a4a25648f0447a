// The lath_wait calls parked at one shard: each waits for its key to move past a version. Bounded by kWaitersMax. Nothing here
// costs anything while nobody waits.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "lath/ids.hpp"
#include "store/key.hpp"

namespace lath {

struct ParkedWait {
  std::uint64_t session = 0;
  std::uint32_t sequence = 0;
  std::uint16_t operation = 0;
  Stamp since;

  bool same_call(const ParkedWait& other) const {
    return session == other.session && sequence == other.sequence && operation == other.operation;
  }
};

class Waiters {
 public:
  bool empty() const { return parked_.empty(); }
  std::size_t size() const { return parked_.size(); }
  bool any_for(std::uint64_t hash) const { return !parked_.empty() && parked_.contains(hash); }

  // false: there is no room. A call that is parked already stays so.
  bool park(const Key& key, const ParkedWait& waiter);
  // Takes out those that wait for the key to move past a version under `now`.
  void take_moved(const Key& key, Stamp now, std::vector<ParkedWait>& out);
  // gone(waiter) says whether its session no longer wants an answer.
  template <class Gone>
  void drop_if(Gone&& gone) {
    std::erase_if(parked_, [&](const auto& entry) { return gone(entry.second.waiter); });
  }

 private:
  struct Parked {
    std::string key;
    ParkedWait waiter;
  };
  std::unordered_multimap<std::uint64_t, Parked> parked_;  // by the key's hash
};

}  // namespace lath
