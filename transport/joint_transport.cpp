#include "transport/joint_transport.hpp"

#include <sys/epoll.h>

#include <cerrno>
#include <cstring>

#include "lath/limits.hpp"
#include "transport/process_mark.hpp"
#include "transport/ucx_context.hpp"

namespace lath {

// Handlers hear of a part's peers by the joint's names.
class JointTransport::Renamed final : public TransportEvents {
 public:
  Renamed(JointTransport& joint, TransportEvents& events, bool is_tcp) : joint_(joint), events_(events), is_tcp_(is_tcp) {}
  void on_message(const Message& message) override {
    if (is_tcp_) joint_.silent_.taken(message.from);
    events_.on_message({.from = outer(message.from, is_tcp_), .bytes = message.bytes});
  }
  void on_peer_failed(PeerId peer, const Error& error) override {
    if (joint_.ended(peer, is_tcp_)) return events_.on_peer_failed(outer(peer, is_tcp_), error);
    joint_.untold_.peer_ended(error);
  }
  void on_read_done(std::uint64_t token, Code code) override { events_.on_read_done(token, code); }

 private:
  JointTransport& joint_;
  TransportEvents& events_;
  const bool is_tcp_;
};

Result<std::unique_ptr<JointTransport>> JointTransport::open(const UcxContext& context, std::unique_ptr<UcxTransport> ucx,
                                                             std::unique_ptr<TcpTransport> tcp) {
  std::unique_ptr<JointTransport> joint(new JointTransport(std::move(ucx), std::move(tcp)));
  joint->waits_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  const auto wait_for = [&](const Transport& part) {
    epoll_event how = {.events = EPOLLIN, .data = {}};
    return joint->waits_ && epoll_ctl(joint->waits_.number(), EPOLL_CTL_ADD, part.event_fd(), &how) == 0;
  };
  if (!wait_for(*joint->ucx_) || (joint->tcp_ && !wait_for(*joint->tcp_))) {
    return Error{Code::kIo,
                 std::string("no epoll instance (") + std::strerror(errno) + "): let more files be open at once (ulimit -n)"};
  }
  joint->own_ = {.memory_domain = context.shares_messages() ? memory_domain_here() : 0,
                 .has_rdma = context.has_rdma(),
                 .ucx = joint->ucx_->address(),
                 .tcp = joint->tcp_ ? joint->tcp_->address() : Address()};
  joint->address_ = joint_wrap_address(joint->own_);
  if (joint->address_.size() > kAddressBytesMax) {
    return Error{Code::kTooLarge, "the addresses of this host's networks take " + std::to_string(joint->address_.size()) +
                                      " bytes, more than " + std::to_string(kAddressBytesMax) +
                                      ": name fewer of them by --interface or LATH_UCX_NET_DEVICES"};
  }
  return joint;
}

bool JointTransport::has_memory_in_common(const JointAddress& remote) const {
  return remote.memory_domain != 0 && remote.memory_domain == own_.memory_domain;
}

bool JointTransport::has_memory_or_rdma_in_common(const JointAddress& remote) const {
  return (remote.has_rdma && own_.has_rdma) || has_memory_in_common(remote) || remote.ucx == own_.ucx;
}

std::optional<PeerId> JointTransport::known_over_tcp(const JointAddress& remote) const {
  if (!tcp_ || !tcp_->is_connected(remote.tcp)) return std::nullopt;
  const Result<PeerId> known = tcp_->connect(remote.tcp);
  return known && !silent_.is_for_asking(*known) ? std::optional(*known) : std::nullopt;
}

// A connection that is there is used, and of two the one that connect() gave before.
bool JointTransport::is_for_tcp(const JointAddress& remote) const {
  if (!tcp_ || remote.tcp.empty()) return false;
  const std::optional<PeerId> known = known_over_tcp(remote);
  if (ucx_->has_failed_to_reach(remote.ucx) || (known && given_over_tcp_.contains(*known))) return true;
  if (ucx_->is_connected(remote.ucx)) return false;
  return known || !has_memory_or_rdma_in_common(remote);
}

Result<PeerId> JointTransport::connect(const Address& address) {
  const auto remote = joint_unwrap_address(address);
  if (!remote) return Error{Code::kInvalid, "not an address of a transport of this version of Lath, or a damaged one"};
  if (is_for_tcp(*remote)) return connect_over_tcp(*remote);
  const bool has_tcp = tcp_ && !remote->tcp.empty();
  if (!has_memory_or_rdma_in_common(*remote) && !ucx_->is_connected(remote->ucx)) {
    return Error{Code::kUnreachable,
                 "no way to the peer: it shares neither memory nor RDMA with this process, and one of the two may not use TCP: see "
                 "LATH_UCX_TLS and LATH_UCX_NET_DEVICES at both"};
  }
  const Result<PeerId> made = ucx_->connect(remote->ucx);
  if (!made) return made.error().code == Code::kUnreachable && has_tcp ? connect_over_tcp(*remote) : made;
  if (has_tcp && has_memory_in_common(*remote)) silent_.reached(*made, remote->tcp);
  return outer(*made, false);
}

Result<PeerId> JointTransport::connect_over_tcp(const JointAddress& remote) {
  Result<PeerId> made = tcp_->connect(remote.tcp);
  if (!made) return made;
  given_over_tcp_.insert(*made);
  silent_.taken(*made);
  return outer(*made, true);
}

void JointTransport::disconnect(PeerId peer) {
  part(peer).disconnect(inner(peer));
  ended(inner(peer), is_tcp(peer));
}

// False: nobody above knew of it.
bool JointTransport::ended(PeerId part_of_it, bool is_tcp) {
  if (!is_tcp) {
    if (tcp_) silent_.ended_by_ucx(part_of_it, *tcp_);
    return true;
  }
  given_over_tcp_.erase(part_of_it);
  return silent_.ended_by_tcp(part_of_it);
}

bool JointTransport::is_connected(const Address& address) const {
  const auto remote = joint_unwrap_address(address);
  return remote && (ucx_->is_connected(remote->ucx) || known_over_tcp(*remote));
}

bool JointTransport::is_tcp_due() {
  if (!tcp_ || (tcp_->is_alone() && ++turns_unlooked_ < kTurnsUnlookedMax)) return false;
  turns_unlooked_ = 0;
  tcp_first_ = !tcp_first_;
  return true;
}

std::size_t JointTransport::poll(std::size_t messages_max, TransportEvents& events) {
  std::size_t delivered = 0;
  const auto poll_part = [&](Transport& part, bool is_tcp) {
    if (delivered >= messages_max) return;
    Renamed renamed(*this, events, is_tcp);
    delivered += part.poll(messages_max - delivered, renamed);
  };
  const bool is_due = is_tcp_due();
  if (is_due && tcp_first_) poll_part(*tcp_, true);
  poll_part(*ucx_, false);
  if (is_due && !tcp_first_) poll_part(*tcp_, true);
  if (tcp_) silent_.look(*ucx_, *tcp_);
  return delivered;
}

bool JointTransport::arm() {
  turns_unlooked_ = kTurnsUnlookedMax;  // what ends the sleep may be TCP's
  return (!tcp_ || tcp_->arm()) && ucx_->arm();
}

const TransportCounters& JointTransport::counters() const {
  counters_ = ucx_->counters();
  if (tcp_) counters_ += tcp_->counters();
  counters_.peers_closed -= untold_.peers_closed;
  counters_.peers_failed -= untold_.peers_failed;
  counters_.detours = silent_.detours();
  return counters_;
}

}  // namespace lath
