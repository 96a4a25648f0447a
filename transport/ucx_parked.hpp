// Endpoints without a connection, by worker address. UCX pairs the endpoints of two workers by the order in which they are made, and
// aborts where one is closed while its twin's request is under way; where the twin lives on, it drops whatever comes in several
// fragments. So two workers have one endpoint each for as long as both live, which the next connection uses again: as many wait here as
// there are workers that were connected and have neither said farewell nor died. One that ends unheard, because the node stood still for the
// time of its farewell, stays as long as its process.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

struct ucp_ep;

namespace lath {

class UcxParked {
 public:
  using Entries = std::unordered_map<std::string, ucp_ep*>;

  void park(const std::string& worker, ucp_ep* endpoint) { entries_.insert_or_assign(worker, endpoint); }
  // nullptr where there is none.
  ucp_ep* take(const std::string& worker) {
    const auto found = entries_.find(worker);
    if (found == entries_.end()) return nullptr;
    ucp_ep* endpoint = found->second;
    entries_.erase(found);
    return endpoint;
  }
  bool remove(const ucp_ep* endpoint) {
    return std::erase_if(entries_, [&](const auto& each) { return each.second == endpoint; }) > 0;
  }
  Entries take_all() { return std::exchange(entries_, {}); }

  const Entries& entries() const { return entries_; }
  std::size_t size() const { return entries_.size(); }

 private:
  Entries entries_;
};

}  // namespace lath
