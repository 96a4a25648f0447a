// The lath_wait calls parked at one shard: each waits for its key to move past a version. Bounded by kWaitersMax. Nothing here
// costs anything while nobody waits.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "store/key.hpp"

namespace lath {

struct ParkedWait {
  std::uint64_t session = 0;
  std::uint32_t sequence = 0;
  std::uint16_t operation = 0;
  std::uint64_t since = 0;  // a content version

  struct SameCall {
    bool operator()(const ParkedWait& a, const ParkedWait& b) const {
      return a.session == b.session && a.sequence == b.sequence && a.operation == b.operation;
    }
  };
  struct HashOfCall {
    std::size_t operator()(const ParkedWait& call) const {
      // Sessions are random; the sequences of one follow each other.
      return call.session ^ ((std::uint64_t{call.sequence} << 16 | call.operation) * 0x9e3779b97f4a7c15);
    }
  };
};

class Waiters {
 public:
  bool empty() const { return parked_.empty(); }
  std::size_t size() const { return parked_.size(); }
  bool any_for(std::uint64_t hash) const { return !parked_.empty() && parked_.contains(hash); }

  bool is_parked(const ParkedWait& call) const { return calls_.contains(call); }
  // false: there is no room. A call that is parked already stays so.
  bool park(const Key& key, const ParkedWait& waiter);
  // Takes out those for which the key, whose version is `now`, has moved.
  void take_moved(const Key& key, std::uint64_t now, std::vector<ParkedWait>& out);
  // gone(waiter) says whether its session no longer wants an answer.
  template <class Gone>
  void drop_if(Gone&& gone) {
    std::erase_if(parked_, [&](const auto& entry) { return gone(entry.second.waiter) && calls_.erase(entry.second.waiter) > 0; });
  }

 private:
  struct Parked {
    std::string key;
    ParkedWait waiter;
  };
  std::unordered_multimap<std::uint64_t, Parked> parked_;                               // by the key's hash
  std::unordered_set<ParkedWait, ParkedWait::HashOfCall, ParkedWait::SameCall> calls_;  // the same
};

}  // namespace lath
