// Asks a host whether it answers, before UCX connects to it over TCP: UCX 1.13 does that by a blocking connect(2) on the thread that
// sends, which would stand still until the kernel gives up, after two minutes. So a connection of our own goes first, without waiting, to
// the port where the peer's UCX listens; it is closed as soon as it is made, and nothing is said on it. Of UCX's own settings
// TCP_CONN_NB had it abort where such a connection fails, and with any TCP_SYN_CNT it can make no worker.
// Owned and used by one transport.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "base/message.hpp"
#include "lath/result.hpp"
#include "transport/ucx_listener.hpp"

namespace lath {

class UcxKnocks {
 public:
  struct Answer {
    PeerId peer;
    std::optional<Error> error;  // kUnreachable; none: the host answers
  };

  UcxKnocks() = default;
  ~UcxKnocks() { clear(); }
  UcxKnocks(const UcxKnocks&) = delete;
  UcxKnocks& operator=(const UcxKnocks&) = delete;

  // An epoll instance that becomes readable with an answer; outlives this, or clear() comes first.
  void wake_by(int event_fd) { event_fd_ = event_fd; }
  // At all of the ports: the first that answers is enough. False where none can be knocked at, for want of ports or of descriptors.
  bool begin(PeerId peer, std::span<const UcxListener> ports, TimeNs until_ns);
  // Those that are decided, each once: looks every kLookNs at most, so that it may be called in every turn.
  std::vector<Answer> take(TimeNs now_ns);
  template <class Predicate>
  void drop_if(Predicate is_over) {
    std::erase_if(knocks_, [&](const Knock& knock) { return is_over(knock.peer) && unwatch(knock); });
    if (knocks_.empty()) clear();
  }
  bool empty() const { return knocks_.empty(); }
  bool has_answers() const { return decided_at_once_; }  // that nothing will wake anybody for
  void clear();

 private:
  static constexpr TimeNs kLookNs = 20'000;

  struct Try {
    UcxListener port;
    Descriptor socket;
    int error;  // EINPROGRESS: not decided
  };
  struct Knock {
    PeerId peer;
    TimeNs until_ns;
    std::vector<Try> tries;
  };

  bool watch();
  bool unwatch(const Knock& knock) const;  // true
  std::optional<Try> begin(const UcxListener& port);
  void look();
  static std::optional<Answer> answer_to(const Knock& knock, TimeNs now_ns);

  int event_fd_ = -1;
  Descriptor waits_;  // an epoll instance within the transport's; while there are any
  TimeNs look_at_ns_ = 0;
  bool decided_at_once_ = false;
  std::vector<Knock> knocks_;
};

}  // namespace lath
