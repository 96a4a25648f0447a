// Two transports as one: UCX for peers that share memory or RDMA with this one, and TCP sockets of our own for all others
// (docs/decisions/0007-tcp-of-our-own.md). Which of them a peer is reached by is decided when it is connected to, by what both
// addresses say; its PeerId tells it from then on. Whom UCX turns out not to reach, or not to hear, is reached over TCP when it is connected
// to again.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/descriptor.hpp"
#include "transport/joint_address.hpp"
#include "transport/silent_peers.hpp"
#include "transport/tcp_transport.hpp"
#include "transport/transport.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

class JointTransport final : public Transport {
 public:
  // `tcp` may be none: then nobody is reached over TCP. `context` is that of `ucx`.
  static Result<std::unique_ptr<JointTransport>> open(const UcxContext& context, std::unique_ptr<UcxTransport> ucx,
                                                      std::unique_ptr<TcpTransport> tcp);

  const Address& address() const override { return address_; }
  Result<PeerId> connect(const Address& address) override;
  bool is_connected(const Address& address) const override;
  bool is_open(PeerId peer) const override { return part(peer).is_open(inner(peer)); }
  void disconnect(PeerId peer) override;
  // What has been sent comes back to the part that sent it.
  FrameBuffer acquire() override { return tcp_ && tcp_->has_spare_frames() ? tcp_->acquire() : ucx_->acquire(); }
  void release(FrameBuffer frame) override { ucx_->release(std::move(frame)); }
  Sent send(PeerId peer, FrameBuffer& frame) override { return part(peer).send(inner(peer), frame); }
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override;
  void probe(PeerId peer) override { part(peer).probe(inner(peer)); }
  Reach reach(PeerId peer) const override { return part(peer).reach(inner(peer)); }
  Result<Attached> attach(PeerId peer, Bytes exported) override { return part(peer).attach(inner(peer), exported); }
  void detach(AttachedId region) override { ucx_->detach(region); }
  ReadBegun read(AttachedId region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override {
    return ucx_->read(region, address, room, token);
  }
  int event_fd() const override { return waits_.number(); }
  bool arm() override;
  void wake() override { ucx_->wake(); }
  std::string path(PeerId peer) const override { return part(peer).path(inner(peer)); }
  const TransportCounters& counters() const override;

 private:
  class Renamed;

  // A peer's index is its part's, doubled; the odd ones are TCP's.
  static constexpr PeerId outer(PeerId peer, bool is_tcp) {
    return {.index = peer.index * 2 + (is_tcp ? 1 : 0), .generation = peer.generation};
  }
  static constexpr PeerId inner(PeerId peer) { return {.index = peer.index / 2, .generation = peer.generation}; }
  static constexpr bool is_tcp(PeerId peer) { return peer.index % 2 == 1; }
  Transport& part(PeerId peer) const { return tcp_ && is_tcp(peer) ? static_cast<Transport&>(*tcp_) : *ucx_; }

  JointTransport(std::unique_ptr<UcxTransport> ucx, std::unique_ptr<TcpTransport> tcp)
      : ucx_(std::move(ucx)), tcp_(std::move(tcp)) {}

  bool has_memory_in_common(const JointAddress& remote) const;
  bool has_memory_or_rdma_in_common(const JointAddress& remote) const;
  bool is_for_tcp(const JointAddress& remote) const;
  std::optional<PeerId> known_over_tcp(const JointAddress& remote) const;
  Result<PeerId> connect_over_tcp(const JointAddress& remote);
  bool ended(PeerId part_of_it, bool is_tcp);
  bool is_tcp_due();

  // While TCP has nobody to talk to, a look at its sockets is a system call in vain in each turn: newcomers are found within so many, and
  // at once by who sleeps.
  static constexpr unsigned kTurnsUnlookedMax = 64;

  std::unique_ptr<UcxTransport> ucx_;
  std::unique_ptr<TcpTransport> tcp_;
  Descriptor waits_;  // an epoll instance of both
  JointAddress own_;
  Address address_;
  bool tcp_first_ = false;  // in every second turn in which TCP is looked at: whoever has much to deliver must not starve the other
  unsigned turns_unlooked_ = 0;
  std::set<PeerId> given_over_tcp_;  // what connect() gave, in TCP's names: it gives them again while they live
  SilentPeers silent_;
  TransportCounters untold_;            // ends of connections that were there to ask alone
  mutable TransportCounters counters_;  // the sum of both, when it was last asked for
};

}  // namespace lath
