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
  Renamed(TransportEvents& events, bool is_tcp) : events_(events), is_tcp_(is_tcp) {}
  void on_message(const Message& message) override {
    events_.on_message({.from = outer(message.from, is_tcp_), .bytes = message.bytes});
  }
  void on_peer_failed(PeerId peer, const Error& error) override { events_.on_peer_failed(outer(peer, is_tcp_), error); }
  void on_read_done(std::uint64_t token, Code code) override { events_.on_read_done(token, code); }

 private:
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

bool JointTransport::is_for_ucx(const JointAddress& remote) const {
  const bool in_common = (remote.has_rdma && own_.has_rdma) ||
                         (remote.memory_domain != 0 && remote.memory_domain == own_.memory_domain) || remote.ucx == own_.ucx;
  const bool has_tcp = tcp_ && !remote.tcp.empty();
  return in_common && !(has_tcp && ucx_->has_failed_to_reach(remote.ucx));
}

Result<PeerId> JointTransport::connect(const Address& address) {
  const auto remote = joint_unwrap_address(address);
  if (!remote) return Error{Code::kInvalid, "not an address of a transport of this version of Lath, or a damaged one"};
  const bool has_tcp = tcp_ && !remote->tcp.empty();
  const bool is_tcp_peer = has_tcp && tcp_->is_connected(remote->tcp);
  if (!is_tcp_peer && (is_for_ucx(*remote) || ucx_->is_connected(remote->ucx))) {
    Result<PeerId> made = ucx_->connect(remote->ucx);
    if (made) return outer(*made, false);
    if (made.error().code != Code::kUnreachable || !has_tcp) return made;
  }
  if (!has_tcp) {
    return Error{Code::kUnreachable,
                 "no way to the peer: it shares neither memory nor RDMA with this process, and one of the two may not use TCP: see "
                 "LATH_UCX_TLS and LATH_UCX_NET_DEVICES at both"};
  }
  const Result<PeerId> made = tcp_->connect(remote->tcp);
  return made ? Result<PeerId>(outer(*made, true)) : made;
}

bool JointTransport::is_connected(const Address& address) const {
  const auto remote = joint_unwrap_address(address);
  return remote && (ucx_->is_connected(remote->ucx) || (tcp_ && tcp_->is_connected(remote->tcp)));
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
    Renamed renamed(events, is_tcp);
    delivered += part.poll(messages_max - delivered, renamed);
  };
  const bool is_due = is_tcp_due();
  if (is_due && tcp_first_) poll_part(*tcp_, true);
  poll_part(*ucx_, false);
  if (is_due && !tcp_first_) poll_part(*tcp_, true);
  return delivered;
}

bool JointTransport::arm() {
  turns_unlooked_ = kTurnsUnlookedMax;  // what ends the sleep may be TCP's
  return (!tcp_ || tcp_->arm()) && ucx_->arm();
}

const TransportCounters& JointTransport::counters() const {
  counters_ = ucx_->counters();
  if (tcp_) counters_ += tcp_->counters();
  return counters_;
}

}  // namespace lath
