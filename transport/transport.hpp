// The contract of a transport: one thread's endpoint of the network. It moves frames between peers and knows no keys, opcodes or
// epochs. A frame arrives whole or not at all, and usually once and in order; but it may be lost (with its peer, or in the
// simulation), repeated or reordered, and what is built on top must live with that. UCX and the simulation pass one contract suite.
//
// Back-pressure: each peer grants credit (messages and bytes). A send without credit is refused with kBusy and takes nothing; so a
// stopped peer costs at most kPeerCreditMessages messages and kPeerCreditBytes bytes.
//
// One-sided reads: what a peer's Region::exported() gave, passed on by any way, is attached on a connection and read from then on
// without the peer's doing, or with it. What is read may be old, torn, or the last words of a process that is dead: whoever reads
// verifies. reach() says which peers can be read while they do nothing; reads of others work where UCX can emulate them and the
// peer polls.
//
// Threads: everything is called by the owning thread, except wake(), which any thread may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/frame_buffer.hpp"
#include "base/message.hpp"
#include "lath/result.hpp"

namespace lath {

using Address = std::vector<std::byte>;  // opaque; at most kAddressBytesMax; passed on through MPI, a file or a socket

enum class Sent {
  kAccepted,  // the frame was taken (it is empty now) and will arrive unless the peer fails
  kBusy,      // no credit, no resource, or the end is about to be told: the frame is untouched; poll, then try again
  kClosed,    // the peer failed or was disconnected: the frame is untouched; connect again or give up
};

// How a peer's memory can be read while the peer does nothing.
enum class Reach : std::uint8_t {
  kUnknown,  // probe() was not called
  kProbing,  // not decided yet; a peer that is silent stays here
  kNone,     // not at all, or only with its help
  kCopies,   // by read()
  kMapped,   // by read(), and by loads through a mapping
};

// A peer's region, attached on a connection. Its name is dead once the connection is.
struct AttachedId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  auto operator<=>(const AttachedId&) const = default;
};
struct Attached {
  AttachedId id;
  std::uint64_t base = 0;  // in the peer's address space
  std::uint64_t bytes = 0;
  // The region's first byte in our address space, or null. The peer may write there at any time. Valid until detach() or
  // disconnect(), or until the poll() that reports the peer's failure returns.
  const std::byte* mapping = nullptr;
};

enum class ReadBegun : std::uint8_t {
  kDone,      // the bytes are there
  kUnderWay,  // on_read_done() tells when; the room is the transport's until then
  kBusy,      // kReadsUnderWayMax: poll, then try again
  kOutside,   // of the region: nothing was read
  kClosed,    // the region was detached, or its peer is gone
};

// What poll() reports, on the caller's stack. A handler may call send(), connect() and disconnect(), never poll().
class TransportEvents {
 public:
  virtual ~TransportEvents() = default;
  virtual void on_message(const Message& message) = 0;
  // The peer is gone; its PeerId is dead from here on. Reported once, also for a peer that a remote connect() made. kClosed: by its
  // own word; anything else is a failure.
  virtual void on_peer_failed(PeerId peer, const Error& error) = 0;
  // Of a read that answered kUnderWay: kOk, or kUnreachable and the room holds anything. Also after its peer failed.
  virtual void on_read_done(std::uint64_t /*token*/, Code /*code*/) {}
};

// Counted since the start; read by the owning thread.
struct TransportCounters {
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t refused_busy = 0;     // sends answered kBusy
  std::uint64_t dropped_foreign = 0;  // unknown AM ids, garbage, other versions or clusters
  std::uint64_t dropped_stale = 0;    // for a connection that is no more
  std::uint64_t peers_closed = 0;     // that said goodbye
  std::uint64_t peers_failed = 0;     // that were lost
  std::uint64_t detours = 0;          // peers reached over TCP from then on, since they did not answer by shared memory
  std::uint64_t reads = 0;            // one-sided, by read()
  std::uint64_t bytes_read = 0;

  TransportCounters& operator+=(const TransportCounters& other) {
    messages_sent += other.messages_sent;
    messages_received += other.messages_received;
    bytes_sent += other.bytes_sent;
    bytes_received += other.bytes_received;
    refused_busy += other.refused_busy;
    dropped_foreign += other.dropped_foreign;
    dropped_stale += other.dropped_stale;
    peers_closed += other.peers_closed;
    peers_failed += other.peers_failed;
    detours += other.detours;
    reads += other.reads;
    bytes_read += other.bytes_read;
    return *this;
  }

  void peer_ended(const Error& error) { ++(error.code == Code::kClosed ? peers_closed : peers_failed); }

  // visit(name, value) for each, in the order above.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    visit("messages_sent", messages_sent);
    visit("messages_received", messages_received);
    visit("bytes_sent", bytes_sent);
    visit("bytes_received", bytes_received);
    visit("refused_busy", refused_busy);
    visit("dropped_foreign", dropped_foreign);
    visit("dropped_stale", dropped_stale);
    visit("peers_closed", peers_closed);
    visit("peers_failed", peers_failed);
    visit("detours", detours);
    visit("reads", reads);
    visit("bytes_read", bytes_read);
  }
};

class Transport {
 public:
  virtual ~Transport() = default;

  virtual const Address& address() const = 0;

  // Begins a connection; frames may be sent at once, and wait. A second call with an address gives the same PeerId while that
  // connection lives. A peer that has not answered within kGreetingNsMax has failed. Errors: kInvalid (not an address of this kind of
  // transport), kUnreachable, kFull (kPeersMax).
  virtual Result<PeerId> connect(const Address& address) = 0;
  // Whether connect() would give a connection that is there, be it one that the other side made.
  virtual bool is_connected(const Address& address) const = 0;
  // Whether the peer has answered. What is sent before waits here, and has not left where the connection is dropped.
  virtual bool is_open(PeerId peer) const = 0;
  // Drops the connection and what waits on it; reports nothing. The peer is told where that is possible.
  virtual void disconnect(PeerId peer) = 0;

  // A cleared buffer to build a frame in.
  virtual FrameBuffer acquire() = 0;
  virtual void release(FrameBuffer frame) = 0;  // one that will not be sent
  virtual Sent send(PeerId peer, FrameBuffer& frame) = 0;

  // Delivers at most `messages_max` messages, and failures. Returns how many events it delivered.
  virtual std::size_t poll(std::size_t messages_max, TransportEvents& events) = 0;

  // Begins to find out how the peer can be read; once a connection. reach() tells how it stands.
  virtual void probe(PeerId peer) = 0;
  virtual Reach reach(PeerId peer) const = 0;
  // Errors: kInvalid (no export of this kind of transport, or damaged), kUnreachable (we have no way to that memory), kFull, kClosed
  // (no such peer). Maps what can be mapped: some 10 us, and a system call.
  virtual Result<Attached> attach(PeerId peer, Bytes exported) = 0;
  virtual void detach(AttachedId region) = 0;
  // Copies what is at [address, address + room.size()) of the peer into room. Words that are aligned arrive whole; nothing is said of
  // their order. A caller that needs one read after another waits for the first.
  virtual ReadBegun read(AttachedId region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) = 0;

  // Sleeping: arm() says whether the caller may now sleep in poll(2) on event_fd(); false means poll() has more to do. The fd is
  // readable once there is something to poll, or after wake(). A transport without a descriptor (the simulation) gives -1.
  virtual int event_fd() const = 0;
  virtual bool arm() = 0;
  virtual void wake() = 0;

  virtual std::string path(PeerId peer) const = 0;  // by which ways frames leave, for people: "posix", "rc_verbs", "tcp"
  virtual const TransportCounters& counters() const = 0;
};

}  // namespace lath
