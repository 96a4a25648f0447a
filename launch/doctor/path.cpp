#include "launch/doctor/path.hpp"

#include <chrono>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "lath/limits.hpp"
#include "topology/cluster_view.hpp"
#include "topology/host.hpp"

namespace lath {

namespace {

constexpr TimeNs kOpenedNsMax = 1'000'000'000;  // a host that answers does so in milliseconds, also far away

class Unheard final : public TransportEvents {
 public:
  void on_message(const Message& /*message*/) override {}
  void on_peer_failed(PeerId /*peer*/, const Error& error) override { failure_ = error.text; }
  const std::string& failure() const { return failure_; }

 private:
  std::string failure_;
};

// UCX names a way before it has gone it: "" once the peer has answered, else why it did not.
std::string why_not_open(Transport& transport, PeerId peer) {
  const SystemClock clock;
  Unheard events;
  for (const TimeNs deadline = clock.now_ns() + kOpenedNsMax; !transport.is_open(peer);) {
    if (!events.failure().empty()) return events.failure();
    if (clock.now_ns() >= deadline) return "it does not answer";
    transport.poll(kMessagesPerPoll, events);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return "";
}

}  // namespace

Result<std::vector<NodePath>> paths_to_nodes(OpenStore& store) {
  auto transport = store.make_transport();
  if (!transport) return transport.error();
  const auto host = host_facts();
  const auto view = store.views().current();
  std::vector<NodePath> paths;
  Unheard unheard;
  for (const NodeEntry* node : view->view.entries()) {
    if (node->state >= NodeState::kLeft || node->shard_addresses.empty()) continue;
    NodePath& found = paths.emplace_back();
    found.node = node->id;
    found.same_host = host && host->host_id == node->host_id;
    const auto peer = (*transport)->connect(node->shard_addresses.front());
    if (!peer) {
      found.error = peer.error().text;
      continue;
    }
    found.error = why_not_open(**transport, *peer);
    if (found.error.empty()) {
      found.path = (*transport)->path(*peer);
      if (found.path.empty()) found.error = "UCX does not tell by which way it goes";
    }
    (*transport)->disconnect(*peer);
    (*transport)->poll(kMessagesPerPoll, unheard);  // one after the other: endpoints to a thousand nodes would cost memory
  }
  return paths;
}

}  // namespace lath
