#include "transport/ucx_knocks.hpp"

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
  return port + " does not answer within " + std::to_string(kGreetingNsMax / 1'000'000'000) +
         " s: its host is down or cut off, or a firewall drops what is sent to UCX's ports";
}

std::string failed_at(const std::string& port, int error) {
  if (error == ECONNREFUSED)
    return port + " takes no connection: the peer's process has ended, or a firewall refuses those to UCX's ports";
  return port + " cannot be reached (" + std::system_category().message(error) + ")";
}

int outcome_of(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

bool UcxKnocks::begin(PeerId peer, std::span<const UcxListener> ports, TimeNs until_ns) {
  if (ports.empty() || !watch()) return false;
  Knock knock = {.peer = peer, .until_ns = until_ns, .tries = {}};
  for (const UcxListener& port : ports) {
    if (std::optional<Try> one = begin(port)) knock.tries.push_back(std::move(*one));
  }
  const bool begun = !knock.tries.empty();
  if (begun) {
    decided_at_once_ = decided_at_once_ || answer_to(knock, 0).has_value();
    knocks_.push_back(std::move(knock));
  }
  if (knocks_.empty()) clear();
  look_at_ns_ = 0;
  return begun;
}

// A set of its own, since events of the transport's are nobody's to fetch.
bool UcxKnocks::watch() {
  if (waits_) return true;
  Descriptor waits(epoll_create1(EPOLL_CLOEXEC));
  epoll_event how = {.events = EPOLLIN, .data = {}};
  if (!waits || epoll_ctl(event_fd_, EPOLL_CTL_ADD, waits.number(), &how) != 0) return false;
  waits_ = std::move(waits);
  return true;
}

std::optional<UcxKnocks::Try> UcxKnocks::begin(const UcxListener& port) {
  sockaddr_storage name = {};
  const socklen_t name_size = fill_in(port, name);
  Try one = {.port = port, .socket = Descriptor(socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), .error = 0};
  epoll_event how = {.events = EPOLLOUT, .data = {.fd = one.socket.number()}};
  if (!one.socket) return std::nullopt;
  if (connect(one.socket.number(), reinterpret_cast<const sockaddr*>(&name), name_size) != 0) one.error = errno;
  if (one.error == EINPROGRESS && epoll_ctl(waits_.number(), EPOLL_CTL_ADD, one.socket.number(), &how) != 0) return std::nullopt;
  return one;
}

void UcxKnocks::look() {
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(waits_.number(), events.data(), static_cast<int>(events.size()), 0);
  for (int at = 0; at < count; ++at) {
    for (Knock& knock : knocks_) {
      const auto found = std::ranges::find(knock.tries, events[static_cast<std::size_t>(at)].data.fd,
                                           [](const Try& one) { return one.socket.number(); });
      if (found == knock.tries.end()) continue;
      found->error = outcome_of(found->socket.number());
      epoll_ctl(waits_.number(), EPOLL_CTL_DEL, found->socket.number(), nullptr);
      break;
    }
  }
}

std::optional<UcxKnocks::Answer> UcxKnocks::answer_to(const Knock& knock, TimeNs now_ns) {
  const auto decided = std::ranges::find_if(knock.tries, [](const Try& one) { return one.error != EINPROGRESS; });
  if (std::ranges::any_of(knock.tries, [](const Try& one) { return one.error == 0; })) {
    return Answer{.peer = knock.peer, .error = std::nullopt};
  }
  const bool all = std::ranges::none_of(knock.tries, [](const Try& one) { return one.error == EINPROGRESS; });
  if (!all && now_ns < knock.until_ns) return std::nullopt;
  std::string text = decided != knock.tries.end() ? failed_at(text_of(decided->port), decided->error)
                                                  : silent_at(text_of(knock.tries.front().port));
  return Answer{.peer = knock.peer, .error = Error{Code::kUnreachable, std::move(text)}};
}

std::vector<UcxKnocks::Answer> UcxKnocks::take(TimeNs now_ns) {
  std::vector<Answer> answers;
  if (knocks_.empty() || now_ns < look_at_ns_) return answers;
  look_at_ns_ = now_ns + kLookNs;
  decided_at_once_ = false;
  look();
  for (const Knock& knock : knocks_) {
    if (auto answer = answer_to(knock, now_ns)) answers.push_back(std::move(*answer));
  }
  drop_if([&](PeerId peer) { return std::ranges::find(answers, peer, &Answer::peer) != answers.end(); });
  return answers;
}

// Before they are closed: a child of fork() may hold them open, and their numbers may be another's by then.
bool UcxKnocks::unwatch(const Knock& knock) const {
  for (const Try& one : knock.tries) {
    if (one.error == EINPROGRESS) epoll_ctl(waits_.number(), EPOLL_CTL_DEL, one.socket.number(), nullptr);
  }
  return true;
}

void UcxKnocks::clear() {
  knocks_.clear();
  decided_at_once_ = false;
  if (waits_) epoll_ctl(event_fd_, EPOLL_CTL_DEL, waits_.number(), nullptr);
  waits_.close();
}

}  // namespace lath
