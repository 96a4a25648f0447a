// Hellos of a UcxTransport that wait for their answer, and the endpoints of those that had none.
#include <ucp/api/ucp.h>

#include <algorithm>
#include <string>
#include <utility>

#include "transport/ucx_peer.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

// Says a hello again that was not answered, or gives it up. UCX tells of neither: a stopped peer takes what is sent.
void UcxTransport::advance_greetings() {
  if (greeting_.empty()) return;
  const TimeNs now_ns = clock_.now_ns();
  std::vector<PeerId> greeting;
  greeting.swap(greeting_);
  for (const PeerId id : greeting) {
    UcxPeer* peer = find(id);
    if (peer == nullptr || peer->state != UcxPeer::State::kGreeting) continue;
    if (now_ns >= peer->greeted_until_ns) {
      parked_[peer->worker] = std::exchange(peer->endpoint, nullptr);
      fail(id, {Code::kUnreachable, "the peer did not answer our hello within " + std::to_string(kGreetingNsMax / 1'000'000'000) +
                                        " s: it is stopped or overloaded, or its address is another cluster's by now"});
      continue;
    }
    if (now_ns >= peer->greet_again_ns) {
      peer->greet_again_ns = now_ns + kGreetingAgainNs;
      greet(*peer, id, UcxKind::kHello);
      if (find(id) == nullptr) continue;
    }
    greeting_.push_back(id);
  }
}

void UcxTransport::close_parked(ucp_ep* endpoint) {
  const auto parked = std::find_if(parked_.begin(), parked_.end(), [&](const auto& each) { return each.second == endpoint; });
  if (parked == parked_.end()) return;
  parked_.erase(parked);
  closing_.push_back({.index = kNoSlot, .endpoint = endpoint, .flush = false, .request = nullptr, .deadline_ns = 0});
  chores_ = true;
}

}  // namespace lath
