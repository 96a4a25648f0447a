#include "transport/tcp_dials.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "lath/limits.hpp"

namespace lath {

namespace {

std::string silent_at(const std::string& port) {
  return "the peer does not answer at " + port + " within " + std::to_string(kGreetingNsMax / 1'000'000'000) +
         " s: its host is down or cut off, or a firewall drops what is sent there";
}

std::string failed_at(const std::string& port, int error) {
  if (error == ECONNREFUSED)
    return "the peer takes no connection at " + port + ": its process has ended, or a firewall refuses those to this port";
  return "the peer cannot be reached at " + port + " (" + std::system_category().message(error) + ")";
}

int outcome_of(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

bool TcpDials::begin(PeerId peer, std::span<const TcpPort> ports, TimeNs until_ns) {
  if (ports.empty() || !watch()) return false;
  Dial dial = {.peer = peer, .until_ns = until_ns, .tries = {}};
  for (const TcpPort& port : ports) {
    if (std::optional<Try> one = begin(port)) dial.tries.push_back(std::move(*one));
  }
  const bool begun = !dial.tries.empty();
  if (begun) {
    decided_at_once_ = decided_at_once_ || is_decided(dial);
    dials_.push_back(std::move(dial));
  }
  if (dials_.empty()) clear();
  look_at_ns_ = 0;
  return begun;
}

// A set of its own, since events of the transport's are nobody's to fetch.
bool TcpDials::watch() {
  if (waits_) return true;
  Descriptor waits(epoll_create1(EPOLL_CLOEXEC));
  epoll_event how = {.events = EPOLLIN, .data = {}};
  if (!waits || epoll_ctl(event_fd_, EPOLL_CTL_ADD, waits.number(), &how) != 0) return false;
  waits_ = std::move(waits);
  return true;
}

std::optional<TcpDials::Try> TcpDials::begin(const TcpPort& port) {
  sockaddr_storage name = {};
  const socklen_t name_size = fill_in(port, name);
  Try one = {.port = port, .socket = Descriptor(socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), .error = 0};
  if (!one.socket) {
    if (errno != EAFNOSUPPORT) return std::nullopt;
    one.error = errno;  // a host without IPv6, say: not for want of a descriptor
    return one;
  }
  epoll_event how = {.events = EPOLLOUT, .data = {.fd = one.socket.number()}};
  if (connect(one.socket.number(), reinterpret_cast<const sockaddr*>(&name), name_size) != 0) one.error = errno;
  if (one.error == EINPROGRESS && epoll_ctl(waits_.number(), EPOLL_CTL_ADD, one.socket.number(), &how) != 0) return std::nullopt;
  return one;
}

void TcpDials::look() {
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(waits_.number(), events.data(), static_cast<int>(events.size()), 0);
  for (int at = 0; at < count; ++at) {
    for (Dial& dial : dials_) {
      const auto found = std::ranges::find(dial.tries, events[static_cast<std::size_t>(at)].data.fd,
                                           [](const Try& one) { return one.socket.number(); });
      if (found == dial.tries.end()) continue;
      found->error = outcome_of(found->socket.number());
      epoll_ctl(waits_.number(), EPOLL_CTL_DEL, found->socket.number(), nullptr);
      break;
    }
  }
}

bool TcpDials::is_decided(const Dial& dial) {
  const auto count = [&](int error) { return std::ranges::count(dial.tries, error, &Try::error); };
  return count(0) > 0 || count(EINPROGRESS) == 0;
}

std::optional<TcpDials::Answer> TcpDials::answer_to(Dial& dial, TimeNs now_ns) {
  if (!is_decided(dial) && now_ns < dial.until_ns) return std::nullopt;
  const auto answered = std::ranges::find(dial.tries, 0, &Try::error);
  if (answered != dial.tries.end()) {
    Answer answer = {
        .peer = dial.peer, .error = std::nullopt, .port = answered->port, .socket = std::move(answered->socket), .others = {}};
    for (const Try& one : dial.tries) {
      if (&one != &*answered && (one.error == 0 || one.error == EINPROGRESS)) answer.others.push_back(one.port);
    }
    return answer;
  }
  const auto failed = std::ranges::find_if(dial.tries, [](const Try& one) { return one.error != EINPROGRESS; });
  std::string text =
      failed != dial.tries.end() ? failed_at(text_of(failed->port), failed->error) : silent_at(text_of(dial.tries.front().port));
  return Answer{.peer = dial.peer, .error = Error{Code::kUnreachable, std::move(text)}, .port = {}, .socket = {}, .others = {}};
}

std::vector<TcpDials::Answer> TcpDials::take(TimeNs now_ns) {
  std::vector<Answer> answers;
  if (dials_.empty() || now_ns < look_at_ns_) return answers;
  look_at_ns_ = now_ns + kLookNs;
  decided_at_once_ = false;
  look();
  for (Dial& dial : dials_) {
    if (auto answer = answer_to(dial, now_ns)) answers.push_back(std::move(*answer));
  }
  drop_if([&](PeerId peer) { return std::ranges::find(answers, peer, &Answer::peer) != answers.end(); });
  return answers;
}

// Before they are closed: a child of fork() may hold them open, and their numbers may be another's by then.
bool TcpDials::unwatch(const Dial& dial) const {
  for (const Try& one : dial.tries) {
    if (one.error == EINPROGRESS) epoll_ctl(waits_.number(), EPOLL_CTL_DEL, one.socket.number(), nullptr);
  }
  return true;
}

void TcpDials::clear() {
  dials_.clear();
  decided_at_once_ = false;
  if (waits_) epoll_ctl(event_fd_, EPOLL_CTL_DEL, waits_.number(), nullptr);
  waits_.close();
}

}  // namespace lath
