#include "transport/ucx_transport.hpp"

#include <ucp/api/ucp.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/assert.hpp"
#include "transport/ucx_callbacks.hpp"
#include "transport/ucx_peer.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

namespace {

std::string send_failed(ucs_status_t status) {
  return std::string("the peer is lost: a send failed (") + ucs_status_string(status) + ")";
}

}  // namespace

UcxTransport::UcxTransport(ucp_worker* worker, UcxContext& context, std::uint64_t cookie, const Clock& clock)
    : worker_(worker), context_(context), cookie_(cookie), clock_(clock) {}

UcxPeer* UcxTransport::find(PeerId id) const {
  if (id.index >= peers_.size()) return nullptr;
  UcxPeer* peer = peers_[id.index].get();
  return peer->generation == id.generation && peer->state != UcxPeer::State::kFree ? peer : nullptr;
}

// By the name that we gave the sender of a header; null where it is the name of no connection.
UcxPeer* UcxTransport::find_sender(const UcxHeader& header) const {
  if (header.index >= peers_.size()) return nullptr;
  UcxPeer* peer = peers_[header.index].get();
  const bool is_its_own = static_cast<std::uint16_t>(peer->generation) == header.generation;
  return is_its_own && peer->state != UcxPeer::State::kFree ? peer : nullptr;
}

Sent UcxTransport::send(PeerId id, FrameBuffer& frame) {
  UcxPeer* peer = find(id);
  if (peer == nullptr) return Sent::kClosed;
  const std::size_t size = frame.size();
  LATH_ASSERT(size <= kFrameBytesMax);
  if (!peer->credit.allows(size)) {
    ++counters_.refused_busy;
    return Sent::kBusy;
  }
  if (peer->state != UcxPeer::State::kOpen) {
    peer->waiting.push_back(std::move(frame));
  } else if (!transmit(*peer, id.index, UcxKind::kData, frame)) {
    return Sent::kClosed;
  }
  peer->credit.take(size);
  peer->awaited = true;
  ++counters_.messages_sent;
  counters_.bytes_sent += size;
  return Sent::kAccepted;
}

// Takes the frame, unless UCX refuses it: then the connection has failed.
bool UcxTransport::transmit(UcxPeer& peer, std::uint32_t index, UcxKind kind, FrameBuffer& frame) {
  UcxHeader header;
  header.set_kind(kind);
  header.index = static_cast<std::uint16_t>(peer.remote.index);
  header.generation = static_cast<std::uint16_t>(peer.remote.generation);
  if (!is_greeting(kind)) {  // which may meet another connection of the peer's
    header.credit_messages = static_cast<std::uint8_t>(std::min<std::uint32_t>(peer.credit.owed.messages, 255));
    header.credit_bytes = static_cast<std::uint16_t>(std::min<std::uint64_t>(peer.credit.owed.bytes, UINT16_MAX));
  }
  const PeerId to = {.index = index, .generation = peer.generation};  // UCX may tell of a failure within the send
  ucp_ep* const endpoint = peer.endpoint;
  std::byte* start = frame.headroom(sizeof header);
  std::memcpy(start, &header, sizeof header);

  Sending* sending = take_sending();
  ucp_request_param_t param;
  param.op_attr_mask = UCP_OP_ATTR_FIELD_CALLBACK | UCP_OP_ATTR_FIELD_USER_DATA | UCP_OP_ATTR_FIELD_FLAGS;
  param.flags = UCP_AM_SEND_FLAG_EAGER;
  param.cb.send = &UcxCallbacks::on_sent;
  param.user_data = sending;
  const ucs_status_ptr_t request =
      ucp_am_send_nbx(endpoint, kUcxMessageId, nullptr, 0, start, sizeof header + frame.size(), &param);
  if (!UCS_PTR_IS_PTR(request)) give_sending(sending);
  if (UCS_PTR_IS_ERR(request)) {
    if (find(to) != nullptr) fail(to, Ending::kEndpoint, {Code::kUnreachable, send_failed(UCS_PTR_STATUS(request))});
    return false;
  }
  peer.credit.owed.messages -= header.credit_messages;
  peer.credit.owed.bytes -= header.credit_bytes;
  if (request == nullptr) {
    pool_.give(std::move(frame));
    return true;
  }
  sending->frame = std::move(frame);
  sending->to = to;
  sending->greets = is_greeting(kind) ? endpoint : nullptr;
  if (sending->greets != nullptr) ++greetings_pending_[endpoint];
  ++sends_pending_;
  return true;
}

UcxTransport::Sending* UcxTransport::take_sending() {
  if (free_sendings_ == nullptr) [[unlikely]]
    return &sendings_.emplace_back(Sending{.owner = this, .frame = {}, .to = {}, .greets = nullptr, .next_free = nullptr});
  return std::exchange(free_sendings_, free_sendings_->next_free);
}

void UcxTransport::give_sending(Sending* sending) {
  sending->next_free = free_sendings_;
  free_sendings_ = sending;
}

void UcxCallbacks::on_sent(void* request, ucs_status_t status, void* argument) {
  auto* sending = static_cast<UcxTransport::Sending*>(argument);
  UcxTransport& transport = *sending->owner;
  transport.pool_.give(std::move(sending->frame));
  if (sending->greets != nullptr) transport.greeting_left(sending->greets);
  transport.give_sending(sending);
  --transport.sends_pending_;
  ucp_request_free(request);
  if (status != UCS_OK && transport.find(sending->to) != nullptr) {
    transport.fail(sending->to, UcxTransport::Ending::kEndpoint, {Code::kUnreachable, send_failed(status)});
  }
}

unsigned UcxTransport::progress() {
  progressing_ = true;
  const unsigned progressed = ucp_worker_progress(worker_);
  progressing_ = false;
  return progressed;
}

std::size_t UcxTransport::poll(std::size_t messages_max, TransportEvents& events) {
  LATH_ASSERT(events_ == nullptr);  // a handler may not poll
  events_ = &events;
  delivered_ = 0;
  deliver_max_ = messages_max;
  if (!stashed_.empty()) deliver_stashed();
  if (++polls_unlooked_ >= kPollsUnlookedMax) [[unlikely]]
    look();
  while (delivered_ < deliver_max_) {
    const std::size_t before = delivered_;
    const unsigned progressed = progress();
    if (progressed > 0 && signals_.may_have_come()) signals_.take();
    if (chores_) do_chores(events);
    // A lone message means that the sender waits for its answer: looking for more first would delay it.
    if (progressed == 0 || delivered_ == before + 1) break;
  }
  if (chores_) do_chores(events);
  events_ = nullptr;
  return delivered_;
}

ucs_status_t UcxCallbacks::on_message(void* argument, const void*, std::size_t header_length, void* message, std::size_t length,
                                      const ucp_am_recv_param_t* param) {
  auto* transport = static_cast<UcxTransport*>(argument);
  // We send neither a UCX header nor a rendezvous; returning without fetching it ends a rendezvous.
  if (header_length != 0 || (param->recv_attr & UCP_AM_RECV_ATTR_FLAG_RNDV) != 0) {
    ++transport->counters_.dropped_foreign;
  } else {
    transport->receive(static_cast<const std::byte*>(message), length);
  }
  return UCS_OK;
}

ucs_status_t UcxCallbacks::on_foreign(void* transport, const void*, std::size_t, void*, std::size_t, const ucp_am_recv_param_t*) {
  ++static_cast<UcxTransport*>(transport)->counters_.dropped_foreign;
  return UCS_OK;
}

void UcxTransport::receive(const std::byte* start, std::size_t length) {
  const Bytes message(start, length);
  const std::optional<UcxHeader> decoded = ucx_decode_header(message);
  if (!decoded) {
    ++counters_.dropped_foreign;
    return;
  }
  const UcxHeader header = *decoded;
  const Bytes body = message.subspan(sizeof header);
  if (leaving_) return receive_late(header.kind(), body);
  UcxPeer* peer = find_sender(header);
  if (header.kind() == UcxKind::kData || header.kind() == UcxKind::kCredit) [[likely]] {
    if (peer == nullptr) {
      ++counters_.dropped_stale;
      return;
    }
    const PeerId id = {.index = header.index, .generation = peer->generation};
    peer->heard();
    std::uint32_t more_bytes = 0;
    if (header.kind() == UcxKind::kCredit) {
      const std::optional<std::uint32_t> told = ucx_decode_credit(body);
      if (!told) {
        ++counters_.dropped_foreign;
        return;
      }
      more_bytes = *told;
    }
    peer->credit.returned({.messages = header.credit_messages, .bytes = std::uint64_t{header.credit_bytes} + more_bytes});
    if (header.kind() == UcxKind::kCredit) return;
    if (events_ != nullptr && delivered_ < deliver_max_ && stashed_.empty()) [[likely]] {
      deliver(id, *peer, body);
    } else {
      FrameBuffer copy = pool_.take();
      copy.append(body);
      stashed_.push_back({.from = id, .frame = std::move(copy)});
    }
    return;
  }
  if (header.kind() >= UcxKind::kProbe && header.kind() <= UcxKind::kProbeClosed) {
    if (peer == nullptr) {
      ++counters_.dropped_stale;
      return;
    }
    peer->heard();
    peer->credit.returned({.messages = header.credit_messages, .bytes = header.credit_bytes});
    return on_probe_frame(*peer, {.index = header.index, .generation = peer->generation}, header.kind(), body);
  }
  const std::optional<UcxGreeting> greeting = ucx_decode_greeting(body);
  if (!greeting || greeting->cookie != cookie_) {
    ++counters_.dropped_foreign;
    return;
  }
  switch (header.kind()) {
    case UcxKind::kHello: return on_hello(*greeting);
    case UcxKind::kHelloAck: return on_hello_ack(name_in(header), *greeting);
    case UcxKind::kGoodbye: return on_goodbye(*greeting);
    case UcxKind::kFarewell: return on_farewell(*greeting);
    default: break;
  }
  ++counters_.dropped_foreign;
}

void UcxTransport::deliver(PeerId id, UcxPeer& peer, Bytes bytes) {
  peer.credit.owe(bytes.size());
  ++counters_.messages_received;
  counters_.bytes_received += bytes.size();
  ++delivered_;
  events_->on_message({.from = id, .bytes = bytes});
  // An answer has taken the credit along. The connection may have ended meanwhile; its slot stays.
  if (peer.credit.must_return() && peer.generation == id.generation) return_credit(id, peer);
}

void UcxTransport::deliver_stashed() {
  while (!stashed_.empty() && delivered_ < deliver_max_) {
    Stashed stashed = std::move(stashed_.front());
    stashed_.pop_front();
    UcxPeer* peer = find(stashed.from);
    if (peer != nullptr) {
      deliver(stashed.from, *peer, stashed.frame.bytes());
    } else {
      ++counters_.dropped_stale;
    }
    pool_.give(std::move(stashed.frame));
  }
}

void UcxTransport::return_credit(PeerId id, UcxPeer& peer) {
  if (peer.state != UcxPeer::State::kOpen) return;  // the greeting under way is followed by a header with the credit
  // The header takes as many bytes as it has room for; the rest goes behind it.
  const std::uint64_t more = peer.credit.owed.bytes - std::min<std::uint64_t>(peer.credit.owed.bytes, UINT16_MAX);
  const auto more_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(more, UINT32_MAX));
  FrameBuffer frame = pool_.take();
  std::memcpy(frame.extend(sizeof more_bytes), &more_bytes, sizeof more_bytes);
  if (transmit(peer, id.index, UcxKind::kCredit, frame)) peer.credit.owed.bytes -= more_bytes;
}

bool UcxTransport::arm() {
  look();
  if (has_chores() || !stashed_.empty()) return false;
  const ucs_status_t status = ucp_worker_arm(worker_);
  signals_.armed();  // where one of its transports is busy, others are armed nevertheless
  if (status != UCS_OK) return false;
  // Soft-RoCE may have completed something between the last progress and the arming without raising an event.
  const unsigned progressed = progress();
  if (progressed > 0) signals_.take();
  return progressed == 0 && !has_chores() && stashed_.empty();
}

void UcxTransport::wake() {
  // An error would be the event descriptor's, which lives as long as the worker does.
  LATH_ASSERT(ucp_worker_signal(worker_) == UCS_OK);
}

}  // namespace lath
