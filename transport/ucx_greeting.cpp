// Whom a UcxTransport knows: hellos that wait for their answer, what the answer does, goodbyes, farewells,
// and the endpoints that wait for another connection.
#include <ucp/api/ucp.h>

#include <algorithm>
#include <span>
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
      // Its process may be stopped; but it may also be deaf by this way alone (docs/operations.md).
      note_unreached(peer->worker);
      fail(id, Ending::kConnection,
           {Code::kUnreachable, "the peer did not answer our hello within " + std::to_string(kGreetingNsMax / 1'000'000'000) +
                                    " s: it is stopped or overloaded, or its address is another cluster's by now"});
      continue;
    }
    if (now_ns >= peer->greet_again_ns) {
      peer->greet_again_ns = now_ns + kGreetingAgainNs;
      greet(id, UcxKind::kHello);
      if (find(id) == nullptr) continue;
    }
    greeting_.push_back(id);
  }
}

bool UcxTransport::is_connected(const Address& address) const {
  const std::optional<Bytes> worker = ucx_unwrap_address(address);
  return worker && is_worker_key(worker->size()) && by_worker_.contains(key_of(*worker));
}

bool UcxTransport::is_open(PeerId id) const {
  const UcxPeer* peer = find(id);
  return peer != nullptr && peer->state == UcxPeer::State::kOpen;
}

PeerId UcxTransport::name_in(const UcxHeader& header) const {
  if (header.index >= peers_.size()) return {.index = header.index, .generation = header.generation};
  constexpr std::uint32_t kCut = 1U << 16;
  const std::uint32_t latest = peers_[header.index]->generation;
  const std::uint32_t named = latest - latest % kCut + header.generation;
  return {.index = header.index, .generation = named > latest && named >= kCut ? named - kCut : named};
}

// Hellos that were given up can cross: an end may be bound to one that is gone, or to one that is bound to another. Both are told.
void UcxTransport::on_hello_ack(PeerId id, const UcxGreeting& greeting) {
  unreached_.erase(key_of(greeting.worker));  // it hears us, and we hear it
  UcxPeer* peer = find(id);
  if (peer != nullptr) peer->heard();
  if (peer != nullptr && peer->state == UcxPeer::State::kGreeting) {
    peer->remote = greeting.sender;
    peer->remote_known = true;
    peer->credit.granted = {.messages = greeting.credit_messages, .bytes = greeting.credit_bytes};
    return opened(*peer, id);
  }
  if (peer != nullptr && peer->remote == greeting.sender) return;  // hellos crossed, and theirs came first
  ++counters_.dropped_stale;
  if (is_worker_key(greeting.worker.size())) {
    orphans_.push_back({.worker = key_of(greeting.worker), .name = id});
    chores_ = true;
  }
  if (peer != nullptr) fail(id, Ending::kConnection, {Code::kClosed, "the peer gave the connection up and made another"});
}

void UcxTransport::on_goodbye(const UcxGreeting& greeting) {
  const auto known = by_worker_.find(key_of(greeting.worker));
  if (known == by_worker_.end() || !peers_[known->second]->remote_known || peers_[known->second]->remote != greeting.sender) {
    ++counters_.dropped_stale;
    return;
  }
  fail(id_at(known->second), Ending::kConnection, {Code::kClosed, "the peer closed the connection"});
}

void UcxTransport::on_farewell(const UcxGreeting& greeting) {
  const std::string worker = key_of(greeting.worker);
  const auto known = by_worker_.find(worker);
  if (known != by_worker_.end()) fail(id_at(known->second), Ending::kEndpoint, {Code::kClosed, "the peer closed its end"});
  if (ucp_ep* parked = parked_.take(worker); parked != nullptr) close_endpoint(parked);
}

// Says goodbye for ends that are gone while another transport is bound to them. Where there is no connection to say it by, one is
// made: its hello tells the same.
void UcxTransport::dismiss_orphans() {
  std::vector<Orphan> orphans;
  orphans.swap(orphans_);
  for (const Orphan& orphan : orphans) {
    const auto known = by_worker_.find(orphan.worker);
    if (known == by_worker_.end()) {
      const Result<PeerId> made = new_peer(std::as_bytes(std::span(orphan.worker)));
      if (made) open_endpoint(*made);
      continue;
    }
    const PeerId live = id_at(known->second);
    if (peers_[live.index]->endpoint != nullptr) greet(live, UcxKind::kGoodbye, orphan.name);
  }
}

void UcxTransport::close_endpoint(ucp_ep* endpoint) {
  closing_.push_back({.index = kNoSlot, .endpoint = endpoint, .request = nullptr});
  chores_ = true;
}

}  // namespace lath
