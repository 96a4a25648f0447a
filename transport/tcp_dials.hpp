// Connections over TCP in the making: nobody waits for a host that does not answer.
// Owned and used by one transport.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "base/message.hpp"
#include "lath/result.hpp"
#include "transport/tcp_port.hpp"

namespace lath {

class TcpDials {
 public:
  struct Answer {
    PeerId peer;
    std::optional<Error> error;  // kUnreachable; none: the host answers, by the socket
    TcpPort port;                // that took the connection
    Descriptor socket;
    std::vector<TcpPort> others;  // of the ports, but those that took no connection
  };

  TcpDials() = default;
  ~TcpDials() { clear(); }
  TcpDials(const TcpDials&) = delete;
  TcpDials& operator=(const TcpDials&) = delete;

  // An epoll instance that becomes readable with an answer; outlives this, or clear() comes first.
  void wake_by(int event_fd) { event_fd_ = event_fd; }
  // At all of the ports: the first that answers is enough. False where none can be dialed at, for want of ports or of descriptors.
  bool begin(PeerId peer, std::span<const TcpPort> ports, TimeNs until_ns);
  // Those that are decided, each once: looks every kLookNs at most, so that it may be called in every turn.
  std::vector<Answer> take(TimeNs now_ns);
  template <class Predicate>
  void drop_if(Predicate is_over) {
    std::erase_if(dials_, [&](const Dial& dial) { return is_over(dial.peer) && unwatch(dial); });
    if (dials_.empty()) clear();
  }
  bool empty() const { return dials_.empty(); }
  bool has_answers() const { return decided_at_once_; }  // that nothing will wake anybody for
  void clear();

 private:
  static constexpr TimeNs kLookNs = 20'000;

  struct Try {
    TcpPort port;
    Descriptor socket;
    int error;  // EINPROGRESS: not decided
  };
  struct Dial {
    PeerId peer;
    TimeNs until_ns;
    std::vector<Try> tries;
  };

  bool watch();
  bool unwatch(const Dial& dial) const;  // true
  std::optional<Try> begin(const TcpPort& port);
  void look();
  static std::optional<Answer> answer_to(Dial& dial, TimeNs now_ns);
  static bool is_decided(const Dial& dial);

  int event_fd_ = -1;
  Descriptor waits_;  // an epoll instance within the transport's; while there are any
  TimeNs look_at_ns_ = 0;
  bool decided_at_once_ = false;
  std::vector<Dial> dials_;
};

}  // namespace lath
