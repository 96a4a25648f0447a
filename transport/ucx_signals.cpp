#include "transport/ucx_signals.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace lath {

namespace {

constexpr unsigned kAttempts = 8;  // some 3 us: less than a sleep costs, more than a sender needs that is not interrupted

bool is_datagram_socket(int descriptor) {
  int domain = 0;
  int type = 0;
  socklen_t domain_size = sizeof domain;
  socklen_t type_size = sizeof type;
  return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) == 0 && domain == AF_UNIX &&
         getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_DGRAM;
}

}  // namespace

std::vector<UcxSignals::Watched> UcxSignals::sockets_of(int event_fd) {
  std::vector<Watched> found;
  const std::string path = "/proc/self/fdinfo/" + std::to_string(event_fd);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (file == nullptr) return found;
  char line[256];
  int target = -1;
  unsigned events = 0;
  unsigned long long data = 0;
  while (std::fgets(line, sizeof line, file.get()) != nullptr) {
    if (std::sscanf(line, "tfd: %d events: %x data: %llx", &target, &events, &data) == 3 && is_datagram_socket(target)) {
      found.push_back({.socket = target, .how = {.events = events, .data = {.u64 = data}}});
    }
  }
  return found;
}

// To watch it just as it is watched changes nothing, and is refused where it is not watched: cheaper than a look at /proc.
bool UcxSignals::is_watched(Watched& watched) const {
  return epoll_ctl(event_fd_, EPOLL_CTL_MOD, watched.socket, &watched.how) == 0;
}

void UcxSignals::take() {
  looks_apart_ = std::min(2 * looks_apart_, kLooksApartMax);
  until_look_ = looks_apart_;
  if (!sockets_known_) sockets_ = sockets_of(event_fd_);
  sockets_known_ = true;
  std::erase_if(sockets_, [this](Watched& watched) { return !is_watched(watched); });
  if (sockets_.empty()) may_come_ = false;
  // Whoever polls may see the message before its sender comes to wake us. One that does not come now may still do so with the next
  // message: what came by another transport announces itself in another way.
  for (unsigned attempt = 0; may_come_ && attempt < kAttempts; ++attempt) {
    for (const Watched& watched : sockets_) {
      char byte = 0;
      while (recv(watched.socket, &byte, sizeof byte, MSG_DONTWAIT) >= 0) may_come_ = false;
    }
  }
}

}  // namespace lath
