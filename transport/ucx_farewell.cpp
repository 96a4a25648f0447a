// The end of a UcxTransport: every peer is told, and UCX is left nothing that it could stumble over.
#include <ucp/api/ucp.h>

#include <span>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "base/process_lock.hpp"
#include "transport/ucx_peer.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

namespace {

constexpr TimeNs kFlushNsMax = 250'000'000;       // what a stopped peer does not take by then is given up
constexpr TimeNs kShutdownNsMax = 1'500'000'000;  // of closing what a farewell did not reach

}  // namespace

UcxTransport::~UcxTransport() {
  const bool all_heard = say_farewell();
  const TimeNs deadline_ns = clock_.now_ns() + kShutdownNsMax;
  do {
    reads_.sweep();
    advance_closing();
    progress();
  } while (!closing_.empty() && clock_.now_ns() < deadline_ns);
  reads_.sweep();
  // Where every peer of ours has heard the farewell, what does not leave is UCX's own answer to somebody who stopped while connecting:
  // UCX 1.13 aborts where such a worker is destroyed, so it stays. The same where a request of our own to connect has not left.
  if (unheard_.empty() && (flush_worker() || !all_heard)) {
    const ProcessLock alone(OfProcess::kUcx);
    ucp_worker_destroy(worker_);
  } else {
    context_.keep();
    // That somebody could not be reached has been told to who connected.
    log_line(
        unheard_.empty() ? LogLevel::kWarn : LogLevel::kDebug,
        "UCX did not finish with a peer that stopped, or was slow, while it was connecting: what it holds of an endpoint of ours, "
        "some 10 descriptors, stays until this process ends");
  }
}

// To everyone whom an endpoint leads to, and to those who say hello meanwhile. Endpoints whose last words do not leave in time are
// closed; the others are left to the end of the worker, since closing one before its twin is known here would have UCX abort the
// peer (see UcxParked). false: somebody did not take it.
bool UcxTransport::say_farewell() {
  leaving_ = true;
  for (auto& [worker, endpoint] : parked_.take_all()) {
    const Result<PeerId> made = new_peer(std::as_bytes(std::span(worker)));
    if (made) peers_[made->index]->endpoint = endpoint;
  }
  std::vector<Leaving> leaving;
  for (std::uint32_t index = 0; index < peers_.size(); ++index) {
    reads_.detach_all(id_at(index));
    const UcxPeer& peer = *peers_[index];
    if (peer.endpoint != nullptr) {
      say_farewell(id_at(index), leaving);
    } else if (peer.state == UcxPeer::State::kOpening && peer.remote_known) {
      late_hellos_.push_back(peer.worker);  // it has said hello, and waits for its answer
    }
  }
  const TimeNs deadline_ns = clock_.now_ns() + kFlushNsMax;
  do {
    settle();
    for (const std::string& worker : std::exchange(late_hellos_, {})) answer_late(worker, leaving);
    std::erase_if(leaving, [](const Leaving& each) { return take_if_done(each.flush); });
  } while (!leaving.empty() && clock_.now_ns() < deadline_ns);
  for (const Leaving& each : leaving) {
    ucp_request_free(each.flush);
    if (find(each.id) != nullptr) retire(each.id, Ending::kEndpoint);
  }
  return leaving.empty();
}

void UcxTransport::say_farewell(PeerId id, std::vector<Leaving>& leaving) {
  greet(id, UcxKind::kFarewell);
  const UcxPeer* peer = find(id);
  if (peer == nullptr) return;
  const ucp_request_param_t flush = {};
  leaving.push_back({.id = id, .flush = ucp_ep_flush_nbx(peer->endpoint, &flush)});
}

// An answer would have the peer connect anew; what it sends is for nobody. One that comes when all others have been told waits for its
// time in vain.
void UcxTransport::receive_late(UcxKind kind, Bytes body) {
  const auto greeting = kind == UcxKind::kHello ? ucx_decode_greeting(body) : std::nullopt;
  if (greeting && greeting->cookie == cookie_ && is_worker_key(greeting->worker.size()))
    late_hellos_.push_back(key_of(greeting->worker));
}

// Who has an endpoint has been told.
void UcxTransport::answer_late(const std::string& worker, std::vector<Leaving>& leaving) {
  const auto known = by_worker_.find(worker);
  if (known != by_worker_.end() && peers_[known->second]->endpoint != nullptr) return;
  const Result<PeerId> made =
      known != by_worker_.end() ? Result<PeerId>(id_at(known->second)) : new_peer(std::as_bytes(std::span(worker)));
  if (made && make_endpoint(*peers_[made->index], *made)) say_farewell(*made, leaving);
}

bool UcxTransport::take_if_done(void* request) {
  if (!UCS_PTR_IS_PTR(request)) return true;
  if (ucp_request_check_status(request) == UCS_INPROGRESS) return false;
  ucp_request_free(request);
  return true;
}

// Also of the endpoints that UCX has made for others' requests: destroying a worker whose answer to one is under way aborts the process.
// Until there is nothing to flush at once: what is progressed meanwhile may bring another request.
bool UcxTransport::flush_worker() {
  const ucp_request_param_t param = {};
  const TimeNs deadline_ns = clock_.now_ns() + kFlushNsMax;
  do {
    void* request = ucp_worker_flush_nbx(worker_, &param);
    if (request == nullptr) return true;
    if (UCS_PTR_IS_ERR(request)) return false;
    while (!take_if_done(request)) {
      if (clock_.now_ns() >= deadline_ns) {
        ucp_request_free(request);
        return false;
      }
      progress();
    }
  } while (clock_.now_ns() < deadline_ns);
  return false;
}

}  // namespace lath
