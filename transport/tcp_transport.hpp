// The transport over TCP sockets of our own, for peers on other hosts that share no RDMA with this one: one socket for a connection, made by
// the side that wants it. A hello names both ends and is acknowledged; where two cross, the one of the greater name stays. The end of
// a socket without a goodbye is a lost peer. Nothing waits: not a connect(2), not a send, not the end. Bytes that no transport says close
// their socket and nothing else. One-sided reads are not to be had.
// The beginning is in tcp_open.cpp, reading and sending in tcp_transport.cpp, how connections begin and end in tcp_connect.cpp and
// tcp_ending.cpp.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "transport/credit.hpp"
#include "transport/tcp_connection.hpp"
#include "transport/tcp_dials.hpp"
#include "transport/tcp_wire.hpp"
#include "transport/transport.hpp"

namespace lath {

class TcpTransport final : public Transport {
 public:
  // Listens at a port of its own of each address. cookie: the cluster's. name: random. `clock` outlives the transport.
  static Result<std::unique_ptr<TcpTransport>> open(const TcpPlaces& places, std::uint64_t cookie, TcpName name,
                                                    const Clock& clock);
  // Says goodbye to every peer; takes a quarter of a second at most.
  ~TcpTransport() override;
  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;

  const Address& address() const override { return address_; }
  Result<PeerId> connect(const Address& address) override;
  bool is_connected(const Address& address) const override;
  bool is_open(PeerId peer) const override;
  void disconnect(PeerId id) override;
  FrameBuffer acquire() override { return pool_.take(); }
  void release(FrameBuffer frame) override { pool_.give(std::move(frame)); }
  Sent send(PeerId id, FrameBuffer& frame) override;
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override;
  void probe(PeerId id) override;
  Reach reach(PeerId id) const override;
  Result<Attached> attach(PeerId id, Bytes exported) override;
  void detach(AttachedId /*region*/) override {}
  ReadBegun read(AttachedId region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override;
  int event_fd() const override { return waits_.number(); }
  bool arm() override;
  void wake() override;
  std::string path(PeerId id) const override;
  const TransportCounters& counters() const override { return counters_; }

  bool has_spare_frames() const { return !pool_.empty(); }
  // Asks a peer for a word. answers(): whether its hello's answer has come, or that to the last such question.
  void ask(PeerId id);
  bool answers(PeerId id) const;
  std::size_t links() const { return links_.size(); }  // sockets, those included that are on their way out
  // Nobody to talk to, and nothing to be done.
  bool is_alone() const { return by_name_.empty() && failures_.empty() && timed_ == 0 && !any_dead_ && ready_.empty(); }

 private:
  enum class Role : std::uint8_t {
    kListener,
    kWaker,
    kStranger,  // has not said hello
    kPeer,
    kSelf,     // the other end of a connection to ourselves
    kLeaving,  // has been said goodbye
    kDead,     // to be destroyed when nobody looks any more
  };
  struct Link {
    Role role;
    std::uint32_t peer = 0;   // kPeer and kSelf
    TimeNs until_ns = 0;      // kStranger and kLeaving
    bool ended = false;       // nothing more comes
    bool unsendable = false;  // nothing more leaves; what the other side has said still comes
    bool ready = false;       // among ready_
    bool awaits_room = false;
    TcpConnection connection;
  };
  struct Peer {
    enum class State : std::uint8_t { kFree, kFailed, kDialling, kGreeting, kOpen };

    State state = State::kFree;
    bool probed = false;
    bool asked = false;  // and has not answered
    std::uint32_t generation = 1;
    TcpName name = {};
    Link* link = nullptr;  // none while kDialling, and while kGreeting where the other side's is awaited
    Credit credit;
    TimeNs answered_until_ns = 0;
    TcpPort greeted = {};            // who took the connection that our hello went by
    TimeNs others_after_ns = 0;      // when, without an answer by then, they are dialed:
    std::vector<TcpPort> others;     // who has not taken one yet, or could have
    std::vector<TcpPort> set_aside;  // who took one and was silent: once nobody of the others is the peer
    std::uint64_t hello_number = 0;  // the last of the peer's that this connection has overtaken
    std::vector<FrameBuffer> waiting;
  };
  struct Failure {
    PeerId peer;
    Error error;
  };

  TcpTransport(std::uint64_t cookie, TcpName name, const Clock& clock) : cookie_(cookie), name_(name), clock_(clock) {}
  Result<void> listen(const TcpPlaces& places);
  Result<void> watch_for_wakes();

  Peer* find(PeerId id) const;
  PeerId id_at(std::uint32_t index) const { return {.index = index, .generation = peers_[index]->generation}; }
  Result<PeerId> new_peer(const TcpName& name);
  std::vector<TcpPort> ports_to_dial(std::vector<TcpPort> ports) const;

  void accept(const Link& listener);
  void make_way();
  void turn_deaf();
  void hear_again(TimeNs now_ns);
  void listen_for(std::uint32_t events);
  void play(Link& link, Role role);
  Link& new_link(Role role, Descriptor socket);
  void watch(Link& link);
  void on_event(Link& link, std::uint32_t events);
  void take(Link& link);
  bool take(Link& link, const TcpConnection::Frame& frame);
  bool take_of_stranger(Link& link, const TcpConnection::Frame& frame);
  bool take_of_peer(Link& link, const TcpConnection::Frame& frame);
  bool take_rest(Link& link);
  void cannot_send(Link& link);
  void deliver(Link& link, Bytes bytes);
  void ended(Link& link);

  void on_hello(Link& link, const TcpHello& hello);
  void adopt(PeerId id, Link& link, const TcpHello& hello);
  void greet(Link& link, TcpKind kind, const TcpName& target);
  void opened(Peer& peer, PeerId id);
  void begin_greeting(PeerId id, Descriptor socket);
  bool dial_next(PeerId id, std::optional<TcpPort> silent = std::nullopt);
  void take_dials();
  void give_up_late();

  bool transmit(Peer& peer, TcpKind kind, FrameBuffer& frame);
  bool say(Link& link, TcpKind kind);
  void await_room(Link& link);
  void fail(PeerId id, Error error);
  void retire(Peer& peer);
  void drop_failure(PeerId id);
  void leave(Link& link);
  void kill(Link& link);
  void bury();
  void do_chores(TransportEvents& events);
  bool has_chores() const { return !failures_.empty() || dials_.has_answers(); }

  const std::uint64_t cookie_;
  const TcpName name_;
  const Clock& clock_;
  Address address_;
  std::vector<TcpPort> own_ports_;
  Descriptor waits_;  // the epoll instance of everything
  Descriptor waker_;
  TransportCounters counters_;
  FramePool pool_;
  TcpRooms rooms_;
  std::vector<std::unique_ptr<Link>> links_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<std::uint32_t> free_peers_;
  std::map<TcpName, std::uint32_t> by_name_;  // live connections
  std::vector<Link*> ready_;                  // with frames, or an end, that a poll had no room for
  TcpDials dials_;
  std::deque<Failure> failures_;
  std::size_t timed_ = 0;  // strangers, leaving links, greetings and deafness: what ends by the clock
  std::size_t strangers_ = 0;
  std::uint64_t hellos_ = 0;  // said so far
  TimeNs deaf_until_ns_ = 0;  // 0: hears newcomers
  TimeNs look_at_ns_ = 0;
  bool any_dead_ = false;
  TransportEvents* events_ = nullptr;  // set within poll()
  std::size_t delivered_ = 0;
  std::size_t deliver_max_ = 0;
};

}  // namespace lath
