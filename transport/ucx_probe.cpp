// Whether a peer's memory can be read while the peer does nothing. Its kind must say so (memory that is mapped, or a device that
// reads by itself), and a probe must show it: the peer says that it does nothing from here on, waits, and says that it works again.
// The two are sent in order and it makes no progress between them, so a read that is complete before the second was received did
// not need it. A read that lost the race, because we were not on a core, is tried again; over RDMA, where no software of the peer's is part
// of it, it is waited for.
#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "transport/ucx_peer.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

namespace {

// Some round trips of RDMA, and the peer's other work waits for so long: not for those of RDMA in software, or of a network that is busy.
constexpr TimeNs kProbeWindowNs = 30'000;

// UCX emulates reads by messages where a transport has none: on TCP always.
bool is_among(std::string_view path, std::initializer_list<std::string_view> kinds) {
  return std::ranges::any_of(kinds, [&](std::string_view kind) { return path.find(kind) != std::string_view::npos; });
}
bool reads_alone(std::string_view path) {
  return is_among(path, {"posix", "sysv", "xpmem", "rc_", "dc_", "ugni"});
}
// By a device, which answers while its host does nothing, however late.
bool reads_by_device(std::string_view path) {
  return !is_among(path, {"posix", "sysv", "xpmem"}) && is_among(path, {"rc_", "dc_"});
}

}  // namespace

void UcxTransport::say(UcxPeer& peer, std::uint32_t index, UcxKind kind) {
  FrameBuffer frame = pool_.take();
  if (kind == UcxKind::kProbeOpen) {
    ucx_encode({.content = context_.probe_content(), .exported = context_.probe_region().exported()}, frame);
  } else {
    frame.extend(1);
    frame.clear();
  }
  if (kind == UcxKind::kProbe) ++peer.probes_asked;
  transmit(peer, index, kind, frame);
}

void UcxTransport::probe(PeerId id) {
  UcxPeer* peer = find(id);
  if (peer == nullptr || peer->reach != Reach::kUnknown) return;
  peer->reach = Reach::kProbing;
  if (peer->state == UcxPeer::State::kOpen) say(*peer, id.index, UcxKind::kProbe);
}

Reach UcxTransport::reach(PeerId id) const {
  const UcxPeer* peer = find(id);
  return peer == nullptr ? Reach::kNone : peer->reach;
}

Result<Attached> UcxTransport::attach(PeerId id, Bytes exported) {
  const UcxPeer* peer = find(id);
  if (peer == nullptr) return Error{Code::kClosed, "the connection to the peer is no more"};
  if (peer->endpoint == nullptr) return Error{Code::kUnreachable, "the connection to the peer is not open yet"};
  return reads_.attach(id, peer->endpoint, exported);
}

ReadBegun UcxTransport::read(AttachedId region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) {
  const ReadBegun begun = reads_.read(region, address, room, token);
  if (begun <= ReadBegun::kUnderWay) {
    ++counters_.reads;
    counters_.bytes_read += room.size();
  }
  return begun;
}

void UcxTransport::on_probe_frame(UcxPeer& peer, PeerId id, UcxKind kind, Bytes body) {
  switch (kind) {
    case UcxKind::kProbe: return serve_probe(peer, id);
    case UcxKind::kProbeOpen: return on_probe_open(peer, id, body);
    default: return on_probe_closed(peer, id);
  }
}

void UcxTransport::serve_probe(UcxPeer& peer, PeerId id) {
  if (peer.state != UcxPeer::State::kOpen || peer.probes_served >= kProbesMax) {
    ++counters_.dropped_foreign;
    return;
  }
  ++peer.probes_served;
  say(peer, id.index, UcxKind::kProbeOpen);
  const TimeNs until = clock_.now_ns() + kProbeWindowNs;
  while (clock_.now_ns() < until) {
  }
  if (find(id) != nullptr) say(peer, id.index, UcxKind::kProbeClosed);
}

void UcxTransport::on_probe_open(UcxPeer& peer, PeerId id, Bytes body) {
  const std::optional<UcxProbe> told = ucx_decode_probe(body);
  if (peer.reach != Reach::kProbing || !told) {
    ++counters_.dropped_foreign;
    return;
  }
  reads_.detach(peer.probed.id);  // of a probe before
  Result<Attached> attached = reads_.attach(id, peer.endpoint, told->exported);
  if (!attached || (attached->mapping == nullptr && !reads_alone(path(id)))) {
    if (attached) reads_.detach(attached->id);
    peer.reach = Reach::kNone;
    return;
  }
  peer.probed = *attached;
  peer.probe_content = told->content;
  std::uint64_t word = 0;
  if (attached->bytes < sizeof word) {
    peer.reach = Reach::kNone;
    return;
  }
  if (reads_.probe(attached->id, attached->base, word) == ReadBegun::kDone) settle_probe(peer, word);
}

void UcxTransport::take_probed() {
  for (const UcxReads::Probed& probed : reads_.take_probed()) {
    UcxPeer* peer = find(probed.peer);
    if (peer != nullptr && probed.read && probed.region == peer->probed.id) settle_probe(*peer, probed.word);
  }
}

// The read is complete, and the peer has not said that it works again, or had no part in it.
void UcxTransport::settle_probe(UcxPeer& peer, std::uint64_t word) {
  if (peer.reach != Reach::kProbing || peer.probed.bytes == 0) return;
  std::uint64_t loaded = word;
  if (peer.probed.mapping != nullptr) std::memcpy(&loaded, peer.probed.mapping, sizeof loaded);
  if (word != peer.probe_content || loaded != peer.probe_content) {
    peer.reach = Reach::kNone;
  } else {
    peer.reach = peer.probed.mapping != nullptr ? Reach::kMapped : Reach::kCopies;
  }
  reads_.detach(peer.probed.id);
}

void UcxTransport::on_probe_closed(UcxPeer& peer, PeerId id) {
  // Completed within this very progress, before this frame: it counts.
  take_probed();
  if (peer.reach != Reach::kProbing) return;
  if (peer.probed.bytes != 0 && peer.probed.mapping == nullptr && reads_by_device(path(id)))
    return;  // take_probed() has the answer
  reads_.detach(peer.probed.id);
  peer.probed = {};
  if (peer.probes_asked >= kProbesMax) {
    peer.reach = Reach::kNone;
    return;
  }
  say(peer, id.index, UcxKind::kProbe);
}

}  // namespace lath
