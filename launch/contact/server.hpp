// A node's contact port: tells clients that hold the cluster's key how the cluster looks, and each new view. Answers nothing to
// others: whoever does not prove the key first, by a greeting and a frame under the keys that come of it, is counted and closed.
// Never blocks; every connection costs at most one frame of buffer, so a slow reader is bounded, skips views that it had no time for, and
// is dropped when it takes nothing at all.
// Driven by the control thread's poll(2); one thread.
#pragma once

#include <poll.h>
#include <sys/epoll.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "lath/limits.hpp"
#include "launch/contact/crypto.hpp"
#include "launch/contact/protocol.hpp"
#include "launch/contact/socket.hpp"

namespace lath {

// Each connection that was accepted is there, or is counted once as welcomed, denied, version, abandoned, timed_out or refused_full.
struct ContactCounters {
  std::uint64_t accepted = 0;   // connections
  std::uint64_t welcomed = 0;   // that proved the key
  std::uint64_t denied = 0;     // that did not: a wrong key, or garbage
  std::uint64_t version = 0;    // that did, but speak another version: told so, and closed
  std::uint64_t abandoned = 0;  // that ended before they had proved anything
  std::uint64_t malformed = 0;  // frames of welcomed clients that were not theirs
  std::uint64_t timed_out = 0;  // connections that were closed because they had not proved the key in time
  std::uint64_t stalled = 0;    // welcomed clients that took nothing for too long
  std::uint64_t refused_full = 0;
  std::uint64_t no_descriptor = 0;  // times that there was none for a client
  std::uint64_t gone = 0;           // welcomed clients that have ended
};

class ContactServer {
 public:
  static Result<std::unique_ptr<ContactServer>> open(const HostPort& listen, const ClusterKey& key,
                                                     std::size_t connections_max = kContactConnectionsMax);
  ~ContactServer();

  const HostPort& bound() const { return bound_; }
  // What every client is told from now on.
  void publish(ContactMessages messages);

  void add_descriptors(std::vector<pollfd>& waited) const;
  // Serves the connections that have something to say or room to be told; `now` decides about those that are late.
  void turn(TimeNs now);
  TimeNs next_deadline() const;  // ~0 where nobody can be late

  std::size_t clients() const { return clients_; }  // welcomed, connected now
  std::size_t connections() const { return connections_.size(); }
  std::size_t unproved() const;  // connections that may yet prove the key
  const ContactCounters& counters() const { return counters_; }

 private:
  struct Connection;

  ContactServer(Descriptor listener, Descriptor waits, HostPort bound, const ClusterKey& key, std::size_t connections_max);
  void accept_all(TimeNs now);
  bool make_room(TimeNs now);
  void go_deaf(TimeNs now, int error);
  bool serve_ready(TimeNs now);
  bool listen(bool listens);  // false: the kernel refuses
  void be_deaf(TimeNs until);
  bool hears_again(TimeNs now);
  void await_room(Connection& connection);
  bool is_over(Connection& connection, TimeNs now);
  static void count(Connection& connection, std::uint64_t& outcome);
  void count_late(Connection& connection);
  void close(const Connection& connection);
  bool serve(Connection& connection, TimeNs now);  // false: close it
  bool read_some(Connection& connection, TimeNs now);
  bool greet(Connection& connection, TimeNs now);
  bool take_frames(Connection& connection, TimeNs now);
  void let_in(Connection& connection, TimeNs now);
  bool write_some(Connection& connection, TimeNs now);
  void tell(Connection& connection);

  Descriptor listener_;
  Descriptor waits_;                // epoll(7) over the listener and the connections
  std::vector<epoll_event> ready_;  // kept for its room
  HostPort bound_;
  ClusterKey key_;
  std::size_t connections_max_;  // of welcomed clients
  std::size_t greetings_max_;    // of others, beside them
  std::shared_ptr<const ContactMessages> messages_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::size_t clients_ = 0;
  TimeNs deaf_until_ = 0;  // 0: it listens
  TimeNs deaf_line_not_before_ = 0;
  TimeNs room_line_not_before_ = 0;
  ContactCounters counters_;
};

}  // namespace lath
