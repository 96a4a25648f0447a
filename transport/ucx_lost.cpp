// Whom a UcxTransport has lost, as far as UCX does not tell: processes that have ended, peers that do not answer, and whom it has not reached.
#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "transport/ucx_peer.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

namespace {

constexpr TimeNs kLookNs = 1'000'000'000;        // some 10 us for each peer's process
constexpr TimeNs kUnreachedNs = 60'000'000'000;  // a fault that goes by itself is gone by then
constexpr unsigned kSilentLooks = 3;             // of a connection: a busy peer answers within a second or two
constexpr unsigned kSilentGreetingLooks = 2;     // of one whose hello is said again each second
constexpr unsigned kSilentLooksMax = 64 * kSilentLooks;

// After 3 s, 6 s, 12 s...: a peer that is stopped for hours is not sent ever more.
bool is_asked_again(unsigned silent_looks) {
  return silent_looks % kSilentLooks == 0 && std::has_single_bit(silent_looks / kSilentLooks);
}

}  // namespace

// Not within UCX's progress, since a parked endpoint is closed by the next chores.
void UcxTransport::look() {
  const TimeNs now_ns = clock_.now_ns();
  polls_unlooked_ = 0;
  if (now_ns < look_at_ns_) return;
  look_at_ns_ = now_ns + kLookNs;
  look_for_ended_processes();
  look_for_silent_peers();
}

// Of those on this machine.
void UcxTransport::look_for_ended_processes() {
  for (std::uint32_t index = 0; index < peers_.size(); ++index) {
    const UcxPeer& peer = *peers_[index];
    if (peer.state == UcxPeer::State::kFree || !has_ended(process_of(peer.worker), process_)) continue;
    fail(id_at(index), Ending::kEndpoint, error_of_ended(process_of(peer.worker)));
  }
  std::vector<std::string> ended;
  for (const auto& [worker, endpoint] : parked_.entries()) {
    if (has_ended(process_of(worker), process_)) ended.push_back(worker);
  }
  for (const std::string& worker : ended) close_endpoint(parked_.take(worker));
}

// Of those that we connected to. A hello asks them whether they are there: one that is stopped stays, and one that has no such connection
// any more says so.
void UcxTransport::look_for_silent_peers() {
  ++looks_;
  silent_.clear();
  for (std::uint32_t index = 0; index < peers_.size(); ++index) {
    UcxPeer& peer = *peers_[index];
    if (!peer.sought || !peer.awaited || peer.state < UcxPeer::State::kGreeting) continue;
    if (peer.silent_looks >= kSilentLooksMax) peer.silent_looks /= 2;
    ++peer.silent_looks;
    const PeerId id = id_at(index);
    if (is_silent(id)) silent_.push_back(id);
    if (peer.state == UcxPeer::State::kOpen && is_asked_again(peer.silent_looks)) greet(id, UcxKind::kHello);
  }
}

bool UcxTransport::is_silent(PeerId id) const {
  const UcxPeer* peer = find(id);
  if (peer == nullptr || !peer->awaited) return false;
  return peer->silent_looks >= (peer->state == UcxPeer::State::kOpen ? kSilentLooks : kSilentGreetingLooks);
}

void UcxTransport::give_up(PeerId id, Error error) {
  UcxPeer* peer = find(id);
  if (peer == nullptr) return;
  note_unreached(peer->worker);
  if (peer->endpoint != nullptr && peer->named) greet(id, UcxKind::kGoodbye);  // it may be we who hear nothing
  // What UCX has not sent stays with the endpoint, which stays while both live (docs/architecture.md): credit bounds it.
  if (find(id) != nullptr) fail(id, Ending::kConnection, std::move(error));
  // Its process's other endpoints, or all others where it is we who hear nothing, are found out together.
  for (std::uint32_t index = 0; index < peers_.size(); ++index) {
    const UcxPeer& other = *peers_[index];
    if (other.sought && other.state == UcxPeer::State::kOpen && !other.awaited) greet(id_at(index), UcxKind::kHello);
  }
}

void UcxTransport::note_unreached(const std::string& worker) {
  const TimeNs now_ns = clock_.now_ns();
  std::erase_if(unreached_, [now_ns](const auto& each) { return each.second <= now_ns; });
  unreached_[worker] = now_ns + kUnreachedNs;
}

bool UcxTransport::has_failed_to_reach(const Address& address) const {
  if (unreached_.empty()) return false;
  const std::optional<Bytes> worker = ucx_unwrap_address(address);
  const auto found = worker && is_worker_key(worker->size()) ? unreached_.find(key_of(*worker)) : unreached_.end();
  return found != unreached_.end() && clock_.now_ns() < found->second;
}

}  // namespace lath
