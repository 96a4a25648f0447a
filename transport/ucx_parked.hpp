// Endpoints without a connection, by worker address. UCX pairs the endpoints of two workers by the order in which they are made, and
// aborts where one is closed while its twin's request is under way: so two workers have one endpoint each for as long as both live,
// which the next connection uses again. Bounded, since a worker may end unheard in a process that lives on: of those that wait longest
// the peer has long been stopped, or gone.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

struct ucp_ep;

namespace lath {

class UcxParked {
 public:
  static constexpr std::size_t kMax = 64;  // each holds two SysV segments of its peer, of some 4000 that a host has
  struct Entry {
    std::string worker;
    ucp_ep* endpoint;
  };

  // Gives back the one that has waited longest, to be closed, where there are too many.
  ucp_ep* park(std::string worker, ucp_ep* endpoint) {
    entries_.push_back({std::move(worker), endpoint});
    if (entries_.size() <= kMax) return nullptr;
    ucp_ep* oldest = entries_.front().endpoint;
    entries_.pop_front();
    return oldest;
  }
  // nullptr where there is none.
  ucp_ep* take(const std::string& worker) {
    const auto found = std::ranges::find(entries_, worker, &Entry::worker);
    if (found == entries_.end()) return nullptr;
    ucp_ep* endpoint = found->endpoint;
    entries_.erase(found);
    return endpoint;
  }
  bool remove(const ucp_ep* endpoint) {
    return std::erase_if(entries_, [&](const Entry& each) { return each.endpoint == endpoint; }) > 0;
  }
  std::deque<Entry> take_all() { return std::exchange(entries_, {}); }

  const std::deque<Entry>& entries() const { return entries_; }
  std::size_t size() const { return entries_.size(); }

 private:
  std::deque<Entry> entries_;  // oldest first
};

}  // namespace lath
