// Connections of a UcxTransport: made, acknowledged, given up, closed. Rare, so clear rather than fast.
#include <ucp/api/ucp.h>

#include <algorithm>
#include <cstring>

#include "transport/ucx_callbacks.hpp"
#include "transport/ucx_peer.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

namespace {

constexpr unsigned kSettlingTurnsMax = 64;    // where peers send without end
constexpr unsigned kGreetingsPendingMax = 4;  // of an endpoint: some 2.4 KB each

}  // namespace

PeerId UcxTransport::id_at(std::uint32_t index) const {
  return {.index = index, .generation = peers_[index]->generation};
}

Result<PeerId> UcxTransport::connect(const Address& address) {
  const std::optional<Bytes> remote = ucx_unwrap_address(address);
  if (!remote || !is_worker_key(remote->size()))
    return Error{Code::kInvalid, "not the address of a UCX transport of this version of Lath, or a damaged one"};
  const std::string worker = key_of(*remote);
  auto known = by_worker_.find(worker);
  if (known == by_worker_.end() && !progressing_) {
    settle();
    known = by_worker_.find(worker);
  }
  if (known != by_worker_.end()) {
    peers_[known->second]->sought = true;
    return id_at(known->second);
  }
  Result<PeerId> made = new_peer(*remote);
  if (!made) return made;
  peers_[made->index]->sought = true;
  if (progressing_) {
    opening_.push_back(*made);
    chores_ = true;
  } else if (!open_endpoint(*made)) {
    return take_failure(*made);  // told to the caller, not to the handler
  }
  return made;
}

Result<PeerId> UcxTransport::new_peer(Bytes worker) {
  if (free_peers_.empty()) {
    if (peers_.size() >= kPeersMax) {
      return Error{Code::kFull, "this transport already has " + std::to_string(kPeersMax) + " connections"};
    }
    free_peers_.push_back(static_cast<std::uint32_t>(peers_.size()));
    peers_.push_back(std::make_unique<UcxPeer>());
  }
  const std::uint32_t index = free_peers_.back();
  free_peers_.pop_back();
  const std::uint32_t generation = peers_[index]->generation;
  *peers_[index] = UcxPeer{};
  peers_[index]->generation = generation;
  peers_[index]->state = UcxPeer::State::kOpening;
  peers_[index]->worker = key_of(worker);
  by_worker_[peers_[index]->worker] = index;
  ++connections_;
  return id_at(index);
}

// False: UCX refused, and the connection has failed.
bool UcxTransport::open_endpoint(PeerId id) {
  UcxPeer* peer = find(id);
  if (peer == nullptr || peer->endpoint != nullptr) return true;  // given up before it was made
  peer->endpoint = parked_.take(peer->worker);
  if (peer->endpoint == nullptr && !make_endpoint(*peer, id)) return false;
  if (peer->remote_known) {
    greet(id, UcxKind::kHelloAck);
    if (find(id) != nullptr) opened(*peer, id);
  } else {
    const TimeNs now_ns = clock_.now_ns();
    peer->state = UcxPeer::State::kGreeting;
    peer->greet_again_ns = now_ns + kGreetingAgainNs;
    peer->greeted_until_ns = now_ns + kGreetingNsMax;
    greeting_.push_back(id);
    chores_ = true;
    greet(id, UcxKind::kHello);
  }
  return true;
}

bool UcxTransport::make_endpoint(UcxPeer& peer, PeerId id) {
  ucp_ep_params_t params = {};
  params.field_mask = UCP_EP_PARAM_FIELD_REMOTE_ADDRESS | UCP_EP_PARAM_FIELD_ERR_HANDLING_MODE | UCP_EP_PARAM_FIELD_ERR_HANDLER;
  params.address = ucx_address_of(peer.worker);
  params.err_mode = UCP_ERR_HANDLING_MODE_PEER;
  params.err_handler = {.cb = &UcxCallbacks::on_failure, .arg = this};
  const ucs_status_t status = ucp_ep_create(worker_, &params, &peer.endpoint);
  if (status != UCS_OK) {
    peer.endpoint = nullptr;
    note_unreached(peer.worker);
    fail(
        id, Ending::kEndpoint,
        has_ended(process_of(peer.worker), process_)
            ? error_of_ended(process_of(peer.worker))
            : Error{Code::kUnreachable, std::string("UCX cannot reach the peer (") + ucs_status_string(status) +
                                            "): both sides need a transport in common, see LATH_UCX_TLS and LATH_UCX_NET_DEVICES"});
    return false;
  }
  signals_.connected();
  if (context_.has_rdma() && !peer.remote_known) unheard_.insert(peer.endpoint);
  return true;
}

// Hellos and their answers, which are said again: not where the last ones have not left yet, as a stopped peer would be sent ever more.
void UcxTransport::greet(PeerId id, UcxKind kind, PeerId name) {
  UcxPeer& peer = *peers_[id.index];
  if (kind == UcxKind::kHello || kind == UcxKind::kHelloAck) {
    const auto pending = greetings_pending_.find(peer.endpoint);
    if (pending != greetings_pending_.end() && pending->second >= kGreetingsPendingMax) return;
    peer.named = true;
    if (kind == UcxKind::kHello) peer.awaited = true;
  }
  const Bytes own(reinterpret_cast<const std::byte*>(worker_address_.data()), worker_address_.size());
  FrameBuffer frame = pool_.take();
  ucx_encode(
      {.cookie = cookie_, .sender = name, .credit_messages = kPeerCreditMessages, .credit_bytes = kPeerCreditBytes, .worker = own},
      frame);
  transmit(peer, id.index, kind, frame);
}

// Until UCX has nothing to do, before endpoints are made: it aborts where one takes over a connection of the peer's whose end it has seen
// and not yet dealt with. What comes meanwhile waits for the next poll().
void UcxTransport::settle() {
  const std::size_t deliver_max = std::exchange(deliver_max_, 0);
  for (unsigned turn = 0; turn < kSettlingTurnsMax && progress() > 0; ++turn) {
  }
  deliver_max_ = deliver_max;
}

void UcxTransport::greeting_left(ucp_ep* endpoint) {
  const auto pending = greetings_pending_.find(endpoint);
  if (--pending->second == 0) greetings_pending_.erase(pending);
}

void UcxTransport::opened(UcxPeer& peer, PeerId id) {
  peer.state = UcxPeer::State::kOpen;
  unheard_.erase(peer.endpoint);
  std::vector<FrameBuffer> waiting;
  waiting.swap(peer.waiting);
  for (FrameBuffer& frame : waiting) {
    if (peer.generation != id.generation || !transmit(peer, id.index, UcxKind::kData, frame)) return;
  }
  if (peer.reach == Reach::kProbing) say(peer, id.index, UcxKind::kProbe);
}

// Another transport wants a connection. It may be the one that we have just greeted ourselves: then the two become one.
void UcxTransport::on_hello(const UcxGreeting& greeting) {
  if (!is_worker_key(greeting.worker.size())) {
    ++counters_.dropped_foreign;
    return;
  }
  const auto known = by_worker_.find(key_of(greeting.worker));
  PeerId id;
  if (known != by_worker_.end()) {
    id = id_at(known->second);
    const UcxPeer& peer = *peers_[id.index];
    if (peer.remote_known && peer.remote == greeting.sender) {
      if (peer.state == UcxPeer::State::kOpen) greet(id, UcxKind::kHelloAck);  // it has not had our answer yet
      return;
    }
    if (peer.remote_known) fail(id, Ending::kConnection, {Code::kClosed, "the peer gave the connection up and made another"});
  }
  if (known == by_worker_.end() || find(id) == nullptr) {
    const Result<PeerId> made = new_peer(greeting.worker);
    if (!made) {
      ++counters_.dropped_foreign;
      return;
    }
    id = *made;
  }
  UcxPeer& peer = *peers_[id.index];
  peer.remote = greeting.sender;
  peer.remote_known = true;
  peer.credit.granted = {.messages = greeting.credit_messages, .bytes = greeting.credit_bytes};
  if (peer.state == UcxPeer::State::kGreeting) {
    greet(id, UcxKind::kHelloAck);
    if (find(id) != nullptr) opened(peer, id);
  } else {
    opening_.push_back(id);
    chores_ = true;
  }
}

void UcxTransport::disconnect(PeerId id) {
  UcxPeer* peer = find(id);
  if (peer == nullptr) return;
  // By name and address, since the peer may know of this connection while we have not heard what it calls it; if it was told at all.
  if (peer->endpoint != nullptr && peer->named) greet(id, UcxKind::kGoodbye);
  if (find(id) == nullptr) {
    take_failure(id);  // the goodbye failed; a disconnect reports nothing
    return;
  }
  retire(id, Ending::kConnection);
}

void UcxCallbacks::on_failure(void* argument, ucp_ep_h endpoint, ucs_status_t status) {
  auto* transport = static_cast<UcxTransport*>(argument);
  transport->unheard_.erase(endpoint);  // UCX has dropped its requests by itself
  for (std::uint32_t index = 0; index < transport->peers_.size(); ++index) {
    const UcxPeer& peer = *transport->peers_[index];
    if (peer.state == UcxPeer::State::kFree || peer.endpoint != endpoint) continue;
    if (peer.state != UcxPeer::State::kOpen) transport->note_unreached(peer.worker);
    transport->fail(transport->id_at(index), UcxTransport::Ending::kEndpoint,
                    {Code::kUnreachable, std::string("the peer is lost: ") + ucs_status_string(status)});
    return;
  }
  if (transport->parked_.remove(endpoint)) transport->close_endpoint(endpoint);
}

// Safe within UCX's callbacks: an endpoint is closed, and the failure reported, by do_chores().
void UcxTransport::fail(PeerId id, Ending ending, Error error) {
  retire(id, ending);
  failures_.push_back({.peer = id, .error = std::move(error)});
}

Error UcxTransport::take_failure(PeerId id) {
  const auto found = std::ranges::find(failures_, id, &Failure::peer);
  Error error = std::move(found->error);
  failures_.erase(found);
  return error;
}

// The slot is free once the failure was reported: until then its number still means the connection that has ended.
void UcxTransport::retire(PeerId id, Ending ending) {
  UcxPeer& peer = *peers_[id.index];
  by_worker_.erase(peer.worker);
  const bool reads = reads_.detach_all(id);  // under way: only the end of the endpoint ends them
  ucp_ep* endpoint = std::exchange(peer.endpoint, nullptr);
  if (endpoint != nullptr && ending == Ending::kConnection && !reads) parked_.park(peer.worker, std::exchange(endpoint, nullptr));
  closing_.push_back({.index = id.index, .endpoint = endpoint, .request = nullptr});
  ++peer.generation;
  peer.state = UcxPeer::State::kFree;
  peer.waiting.clear();
  chores_ = true;
}

void UcxTransport::do_chores(TransportEvents& events) {
  chores_ = false;
  if (!opening_.empty() || !orphans_.empty()) settle();
  std::vector<PeerId> opening;
  opening.swap(opening_);
  for (const PeerId id : opening) open_endpoint(id);
  if (!orphans_.empty()) dismiss_orphans();
  advance_greetings();
  take_probed();
  delivered_ += reads_.report(events);
  std::vector<Failure> failures;
  failures.swap(failures_);
  for (const Failure& failure : failures) {
    ++delivered_;
    counters_.peer_ended(failure.error);
    events.on_peer_failed(failure.peer, failure.error);
  }
  // A key is destroyed before its endpoint, and after whoever looks through its mapping was told: not yet where a handler has just
  // lost another peer.
  if (failures_.empty()) {
    reads_.sweep();
    advance_closing();
  }
  chores_ = chores_ || !failures_.empty() || !closing_.empty() || !greeting_.empty();
}

void UcxTransport::advance_closing() {
  // By index: closing an endpoint cancels its sends, and a failed send may add to the list.
  for (std::size_t at = 0; at < closing_.size();) {
    Closing closing = closing_[at];
    const bool closed = advance_closing(closing);
    closing_[at] = closing;
    if (!closed) {
      ++at;
      continue;
    }
    closing_[at] = closing_.back();
    closing_.pop_back();
    if (closing.index == kNoSlot) continue;
    free_peers_.push_back(closing.index);
    --connections_;
  }
}

// True once nothing of the endpoint is left.
bool UcxTransport::advance_closing(Closing& closing) {
  if (unheard_.contains(closing.endpoint)) return true;
  if (closing.endpoint != nullptr) {
    ucp_request_param_t param = {};
    param.op_attr_mask = UCP_OP_ATTR_FIELD_FLAGS;
    param.flags = UCP_EP_CLOSE_FLAG_FORCE;
    closing.request = ucp_ep_close_nbx(closing.endpoint, &param);
    closing.endpoint = nullptr;
  }
  if (!UCS_PTR_IS_PTR(closing.request)) return true;
  if (ucp_request_check_status(closing.request) == UCS_INPROGRESS) return false;
  ucp_request_free(closing.request);
  return true;
}

std::string UcxTransport::path(PeerId id) const {
  const UcxPeer* peer = find(id);
  if (peer == nullptr || peer->endpoint == nullptr) return {};
  // UCX 1.13 tells an endpoint's transports in its printout alone: "lane[0]:  1:tcp/lo.0 md[1] -> ...".
  char* text = nullptr;
  std::size_t text_bytes = 0;
  FILE* stream = open_memstream(&text, &text_bytes);
  if (stream == nullptr) return {};
  ucp_ep_print_info(peer->endpoint, stream);
  std::fclose(stream);
  const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
  const std::string printed(text, text_bytes);
  std::string names;
  for (std::size_t lane = printed.find("lane["); lane != std::string::npos; lane = printed.find("lane[", lane + 1)) {
    const std::size_t colon = printed.find(':', printed.find(':', lane) + 1);
    const std::size_t slash = printed.find('/', colon);
    if (colon == std::string::npos || slash == std::string::npos) break;
    const std::string name = printed.substr(colon + 1, slash - colon - 1);
    if (("," + names + ",").find("," + name + ",") != std::string::npos) continue;
    names += (names.empty() ? "" : ",") + name;
  }
  return names;
}

}  // namespace lath
