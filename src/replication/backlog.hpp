// The keys that one peer is behind with, each once, the longest waiting first: they are sent whole when it takes batches again.
// Its owner bounds it (kLaggingKeysMax over all peers). Off the warm path.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "replication/peer_stream.hpp"
#include "store/key.hpp"
#include "wire/writer.hpp"

namespace lath {

class Backlog {
 public:
  struct Lagging {
    std::uint64_t hash = 0;
    std::string key;
    Carried carried;

    Key as_key() const { return {hash, as_bytes(key)}; }
  };

  bool empty() const { return order_.empty(); }
  std::size_t size() const { return order_.size(); }
  const Lagging& front() const { return order_.front(); }

  // Says whether the key was not there before.
  bool add(const Key& key, const Carried& carried) {
    carried_.include(carried);
    if (const auto found = known_.find(as_text(key.bytes)); found != known_.end()) {
      found->second->carried.include(carried);
      return false;
    }
    Lagging& lagging = order_.emplace_back(Lagging{key.hash, std::string(as_text(key.bytes)), carried});
    known_.emplace(lagging.key, &lagging);
    return true;
  }
  void pop_front() {
    known_.erase(order_.front().key);
    order_.pop_front();
  }
  void clear() {
    known_.clear();
    order_.clear();
    carried_ = {};
  }

  // At the oldest, and at the most; exact after settle(), which looks at every key.
  const Carried& carried() const { return carried_; }
  void settle() {
    carried_ = {};
    for (const Lagging& lagging : order_) carried_.include(lagging.carried);
  }

 private:
  std::deque<Lagging> order_;                             // grows and shrinks at its ends: what is between never moves
  std::unordered_map<std::string_view, Lagging*> known_;  // by the keys in order_
  Carried carried_;
};

}  // namespace lath
