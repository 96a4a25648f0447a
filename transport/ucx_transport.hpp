// The transport over UCX: one worker, used by one thread (or by several in turn, where it was opened so); shared memory, RDMA or TCP as
// UCX chooses for each peer.
//
// A frame leaves in one contiguous piece behind a header of 8 bytes, always eagerly; UCX owns the buffer until it is done with
// it. The header names the receiver's slot for the connection, so receiving is an array lookup. Connections are made by a hello
// that carries our worker address and are acknowledged; two hellos that cross become one connection. Any UCX error is the end
// of a connection. UCX's callbacks change state only; endpoints are made and closed by poll(), outside of them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "transport/process_mark.hpp"
#include "transport/transport.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_parked.hpp"
#include "transport/ucx_reads.hpp"
#include "transport/ucx_signals.hpp"

struct ucp_worker;
struct ucp_ep;

namespace lath {

enum class UcxKind : std::uint8_t;
struct UcxGreeting;
struct UcxHeader;
struct UcxPeer;
struct UcxCallbacks;  // UCX's C callbacks

enum class UcxThreads : std::uint8_t {
  kOne,     // owns the transport
  kInTurn,  // several, of which never two at once; who hands it over orders what it did before what the next one does
};

class UcxTransport final : public Transport {
 public:
  // cookie: the cluster's; a hello with another one is dropped. `context` and `clock` outlive the transport.
  static Result<std::unique_ptr<UcxTransport>> open(UcxContext& context, std::uint64_t cookie, const Clock& clock,
                                                    UcxThreads threads = UcxThreads::kOne);
  // Says farewell to every peer and closes; takes at most about 2 s, when peers are stopped or dead.
  ~UcxTransport() override;
  UcxTransport(const UcxTransport&) = delete;
  UcxTransport& operator=(const UcxTransport&) = delete;

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
  void detach(AttachedId region) override { reads_.detach(region); }
  ReadBegun read(AttachedId region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override;
  int event_fd() const override { return event_fd_; }
  bool arm() override;
  void wake() override;
  std::string path(PeerId id) const override;
  const TransportCounters& counters() const override { return counters_; }

  // Whether UCX has had no way to the owner of that address, lost it before its first answer, or gave it up, within the last minute, and
  // has not had an answer since.
  bool has_failed_to_reach(const Address& address) const;
  // Counts the looks, one a second, at who does not answer, of those that were connected to: a hello for 2 s, or on a connection
  // anything for 3 s.
  std::uint64_t looks() const { return looks_; }
  const std::vector<PeerId>& silent() const { return silent_; }  // as the last look found them
  bool is_silent(PeerId id) const;                               // still
  // Reports a peer as failed that has another way; asks all others whether they hear us.
  void give_up(PeerId id, Error error);
  std::size_t sends_pending() const { return sends_pending_; }  // frames that UCX has not finished with
  std::size_t connections() const { return connections_; }      // slots in use, those being closed included
  std::size_t parked() const { return parked_.size(); }         // endpoints that wait for another connection

 private:
  friend UcxCallbacks;
  struct Sending {  // a frame that UCX still reads
    UcxTransport* owner;
    FrameBuffer frame;
    PeerId to;
    ucp_ep* greets;  // the endpoint, where it is a greeting
    Sending* next_free;
  };
  struct Stashed {  // a message that came when poll() had delivered its fill
    PeerId from;
    FrameBuffer frame;
  };
  struct Failure {  // to be reported by poll()
    PeerId peer;
    Error error;
  };
  struct Orphan {  // an end of ours that is gone while another transport is bound to it
    std::string worker;
    PeerId name;
  };
  static constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};
  struct Closing {        // a slot on its way out, and its endpoint, if that goes with it: by force
    std::uint32_t index;  // kNoSlot where the slot is free already
    ucp_ep* endpoint;
    void* request;
  };
  enum class Ending : std::uint8_t {
    kConnection,  // the peer's worker lives, or may: its endpoint is parked
    kEndpoint,    // UCX has given the endpoint up, or the peer's worker is gone
  };

  UcxTransport(ucp_worker* worker, UcxContext& context, std::uint64_t cookie, const Clock& clock);

  // The fast path (ucx_transport.cpp).
  UcxPeer* find(PeerId id) const;
  UcxPeer* find_sender(const UcxHeader& header) const;
  PeerId name_in(const UcxHeader& header) const;  // also of a connection that is gone
  bool transmit(UcxPeer& peer, std::uint32_t index, UcxKind kind, FrameBuffer& frame);
  unsigned progress();
  void receive(const std::byte* start, std::size_t length);
  void deliver(PeerId id, UcxPeer& peer, Bytes bytes);
  void deliver_stashed();
  void return_credit(PeerId id, UcxPeer& peer);
  Sending* take_sending();
  void give_sending(Sending* sending);

  Result<void> set_handlers();  // (ucx_open.cpp)

  // Connections (ucx_connect.cpp, ucx_greeting.cpp).
  Result<PeerId> new_peer(Bytes worker);
  bool open_endpoint(PeerId id);
  bool make_endpoint(UcxPeer& peer, PeerId id);
  void settle();
  void greet(PeerId id, UcxKind kind) { greet(id, kind, id); }
  void greet(PeerId id, UcxKind kind, PeerId name);  // as which end
  void greeting_left(ucp_ep* endpoint);
  void advance_greetings();
  void opened(UcxPeer& peer, PeerId id);
  void on_hello(const UcxGreeting& greeting);
  void on_hello_ack(PeerId id, const UcxGreeting& greeting);
  void on_goodbye(const UcxGreeting& greeting);
  void on_farewell(const UcxGreeting& greeting);
  void dismiss_orphans();
  void fail(PeerId id, Ending ending, Error error);
  void retire(PeerId id, Ending ending);
  Error take_failure(PeerId id);
  void close_endpoint(ucp_ep* endpoint);
  void do_chores(TransportEvents& events);
  void advance_closing();
  bool advance_closing(Closing& closing);
  PeerId id_at(std::uint32_t index) const;
  // That cannot wait for a while.
  bool has_chores() const { return !opening_.empty() || !orphans_.empty() || !failures_.empty() || !closing_.empty(); }

  // Who is lost (ucx_lost.cpp).
  void look();
  void look_for_ended_processes();
  void look_for_silent_peers();
  void note_unreached(const std::string& worker);

  // The end (ucx_farewell.cpp).
  struct Leaving {  // who was said farewell, until it has left
    PeerId id;
    void* flush;
  };
  bool say_farewell();
  void say_farewell(PeerId id, std::vector<Leaving>& leaving);
  void answer_late(const std::string& worker, std::vector<Leaving>& leaving);
  static bool take_if_done(void* request);  // frees it
  bool flush_worker();
  void receive_late(UcxKind kind, Bytes body);

  // Finding out who can be read while it does nothing (ucx_probe.cpp).
  void say(UcxPeer& peer, std::uint32_t index, UcxKind kind);
  void on_probe_frame(UcxPeer& peer, PeerId id, UcxKind kind, Bytes body);
  void serve_probe(UcxPeer& peer, PeerId id);
  void on_probe_open(UcxPeer& peer, PeerId id, Bytes body);
  void on_probe_closed(UcxPeer& peer, PeerId id);
  void take_probed();
  void settle_probe(UcxPeer& peer, std::uint64_t word);

  ucp_worker* worker_;
  UcxContext& context_;
  const std::uint64_t cookie_;
  const Clock& clock_;
  int event_fd_ = -1;
  UcxSignals signals_;
  const ProcessMark process_ = ProcessMark::own();
  Address address_;
  std::string worker_address_;        // with the mark
  TimeNs look_at_ns_ = 0;             // when the peers are due to be looked at
  std::uint32_t polls_unlooked_ = 0;  // since the clock was asked whether they are
  // Some 10 us of polling; where turns are calls, some 100 ms of them.
  static constexpr std::uint32_t kPollsUnlookedMax = 1 << 9;
  std::uint64_t looks_ = 0;
  std::vector<PeerId> silent_;
  TransportCounters counters_;
  FramePool pool_;

  std::vector<std::unique_ptr<UcxPeer>> peers_;
  std::vector<std::uint32_t> free_peers_;
  std::unordered_map<std::string, std::uint32_t> by_worker_;  // live connections; looked at by connects and hellos only
  std::size_t connections_ = 0;

  std::deque<Sending> sendings_;  // grows to what was ever under way at once, which credit bounds
  Sending* free_sendings_ = nullptr;
  std::size_t sends_pending_ = 0;

  TransportEvents* events_ = nullptr;  // set within poll()
  bool progressing_ = false;           // within ucp_worker_progress, where endpoints must not be made or closed
  bool leaving_ = false;               // farewell is said
  bool chores_ = false;                // something for do_chores()
  UcxReads reads_{chores_};
  std::size_t delivered_ = 0;
  std::size_t deliver_max_ = 0;
  std::deque<Stashed> stashed_;
  std::vector<PeerId> opening_;
  std::vector<PeerId> greeting_;  // whose hello is not answered yet
  UcxParked parked_;
  // Over RDMA, those by which nobody was heard yet: UCX aborts where one is closed whose request to connect has not left. Where its peer has
  // ended, the endpoint is left to the end of the worker.
  std::unordered_set<const ucp_ep*> unheard_;
  std::unordered_map<ucp_ep*, unsigned> greetings_pending_;  // that UCX has not sent yet, where there are any
  std::vector<std::string> late_hellos_;                     // whose worker is owed a farewell
  std::unordered_map<std::string, TimeNs> unreached_;        // workers, and until when that is remembered
  std::vector<Orphan> orphans_;
  std::vector<Failure> failures_;
  std::vector<Closing> closing_;
};

}  // namespace lath
