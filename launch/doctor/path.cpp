#include "launch/doctor/path.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "lath/limits.hpp"
#include "topology/cluster_view.hpp"
#include "topology/host.hpp"

namespace lath {

namespace {

constexpr TimeNs kWayNsMax = 1'000'000'000;  // a host that answers does so in milliseconds, also far away
constexpr std::size_t kAskedMax = 64;        // at once: endpoints to a thousand nodes would cost memory

struct Asked {
  NodePath* found;
  PeerId peer;
};

class Lost final : public TransportEvents {
 public:
  explicit Lost(std::vector<Asked>& asked) : asked_(asked) {}
  void on_message(const Message& /*message*/) override {}
  void on_peer_failed(PeerId peer, const Error& error) override {
    const auto lost = std::ranges::find(asked_, peer, &Asked::peer);
    if (lost != asked_.end()) lost->found->error = error.text;
  }

 private:
  std::vector<Asked>& asked_;
};

// Over TCP there is a way once the host has answered.
bool is_decided(const Transport& transport, const Asked& asked) {
  return !asked.found->error.empty() || !transport.path(asked.peer).empty();
}

void find_paths(Transport& transport, std::vector<Asked> asked) {
  const SystemClock clock;
  Lost lost(asked);
  const TimeNs deadline_ns = clock.now_ns() + kWayNsMax;
  const auto decided = [&](const Asked& each) { return is_decided(transport, each); };
  while (!std::ranges::all_of(asked, decided) && clock.now_ns() < deadline_ns) {
    transport.poll(kMessagesPerPoll, lost);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  for (const Asked& each : asked) {
    if (!each.found->error.empty()) continue;
    each.found->path = transport.path(each.peer);
    if (each.found->path.empty()) each.found->error = "its host does not answer";
    transport.disconnect(each.peer);
  }
  transport.poll(kMessagesPerPoll, lost);
}

}  // namespace

Result<std::vector<NodePath>> paths_to_nodes(OpenStore& store) {
  auto transport = store.make_transport();
  if (!transport) return transport.error();
  const auto host = host_facts();
  const auto view = store.views().current();
  const auto& entries = view->view.entries();
  std::vector<NodePath> paths;
  paths.reserve(entries.size());  // those asked are pointed at
  std::vector<Asked> asked;
  for (const NodeEntry* node : entries) {
    if (node->state >= NodeState::kLeft || node->shard_addresses.empty()) continue;
    NodePath& found = paths.emplace_back();
    found.node = node->id;
    found.same_host = host && host->host_id == node->host_id;
    const auto peer = (*transport)->connect(node->shard_addresses.front());
    if (peer) {
      asked.push_back({.found = &found, .peer = *peer});
    } else {
      found.error = peer.error().text;
    }
    if (asked.size() == kAskedMax) find_paths(**transport, std::exchange(asked, {}));
  }
  find_paths(**transport, std::move(asked));
  return paths;
}

}  // namespace lath
