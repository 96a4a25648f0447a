// The wake-ups of UCX's shared memory that nobody has read. A sender wakes a peer that sleeps by a datagram of one byte, from one socket
// for all of its peers, and an unread one counts against that socket's send buffer: some 278 of them, and it wakes nobody any more (UCX
// 1.13 takes the refusal for a sign that the peer has a wake-up already). UCX reads it when its owner arms again, which a session that
// has got its answer may do next hour. So we read it once the message that it announced has come. Not where UCX has ceased to watch a
// transport, since no connection uses it any more: then the datagram is how a thread of UCX's own learns of a newcomer's first message,
// and who reads it here makes that transport deaf.
#pragma once

#include <sys/epoll.h>

#include <vector>

namespace lath {

class UcxSignals {
 public:
  struct Watched {
    int socket = -1;
    epoll_event how = {};
  };
  // The datagram sockets of the local domain among what a worker's event descriptor watches; as /proc tells, since UCX does not.
  static std::vector<Watched> sockets_of(int event_fd);

  void watch(int event_fd) { event_fd_ = event_fd; }
  // UCX begins to watch a transport's socket with the first connection that uses it; before, it has armed it for its own ends.
  void connected() {
    sockets_known_ = false;
    armed();
  }
  // The next sender wakes us: to be called when the worker was armed.
  void armed() {
    may_come_ = true;
    until_look_ = looks_apart_ = 1;
  }
  // Whether one may be lying there unread, once something has been received. Each look that finds none puts the next one off: an arming
  // brings one datagram at most, and none where what it waited for came in another way, which would be looked for with every message.
  bool may_have_come() {
    if (!may_come_) [[likely]]
      return false;
    return --until_look_ == 0;
  }
  void take();

 private:
  static constexpr unsigned kLooksApartMax = 1024;
  bool is_watched(Watched& watched) const;

  int event_fd_ = -1;
  bool may_come_ = false;
  unsigned until_look_ = 1;  // receipts
  unsigned looks_apart_ = 1;
  bool sockets_known_ = false;
  std::vector<Watched> sockets_;  // UCX's own
};

}  // namespace lath
