#include "launch/contact/resolve.hpp"

#include <sys/socket.h>

#include <atomic>
#include <string>
#include <utility>

#include "base/thread_start.hpp"

namespace lath {

namespace {

// Shared by the thread that asks and whoever waits for it: the last of them frees it.
struct Lookup {
  Lookup(HostPort asked, Wakeup answered) : address(std::move(asked)), done(std::move(answered)) {}
  ~Lookup() {
    if (found != nullptr) freeaddrinfo(found);
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  void ask(int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    failure = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  }
  void ask_aside() {
    ask(0);
    is_done.store(true, std::memory_order_release);
    done.wake();
  }

  const HostPort address;
  const Wakeup done;
  std::atomic<bool> is_done{false};  // by ask_aside(): then the two below belong to whoever waits
  int failure = 0;
  addrinfo* found = nullptr;
};

Result<AddressList> result_of(Lookup& lookup) {
  const std::string& host = lookup.address.host;
  if (lookup.failure == EAI_AGAIN)
    return Error{Code::kUnreachable, "'" + host + "' could not be resolved just now (" + gai_strerror(lookup.failure) +
                                         "): try again later, or give a numeric address"};
  if (lookup.failure != 0)
    return Error{Code::kInvalid, "cannot resolve '" + host + "': " + gai_strerror(lookup.failure) + ": see what getent hosts " +
                                     host + " says, or give a numeric address"};
  return AddressList(std::exchange(lookup.found, nullptr), &freeaddrinfo);
}

Result<std::shared_ptr<Lookup>> new_lookup(const HostPort& address) {
  Result<Wakeup> done = Wakeup::open();
  if (!done) return done.error();
  return std::make_shared<Lookup>(address, std::move(*done));
}

}  // namespace

Result<AddressList> resolve(const HostPort& address, const Clock& clock, Until until) {
  auto made = new_lookup(address);
  if (!made) return made.error();
  const std::shared_ptr<Lookup> lookup = std::move(*made);
  lookup->ask(AI_NUMERICHOST);
  if (lookup->failure == 0) return result_of(*lookup);
  auto thread = start_thread("the resolver of '" + address.host + "'", [lookup] { lookup->ask_aside(); });
  if (!thread) return thread.error();
  thread->detach();
  static_cast<void>(wait_for(lookup->done.awaited().fd, POLLIN, clock, until));
  if (lookup->is_done.load(std::memory_order_acquire)) return result_of(*lookup);
  return Error{Code::kTimeout, "'" + address.host + "' was not resolved in time: see that the name servers in /etc/resolv.conf " +
                                   "answer, or give a numeric address"};
}

Result<AddressList> resolve_own(const HostPort& address) {
  auto made = new_lookup(address);
  if (!made) return made.error();
  (*made)->ask(AI_PASSIVE);
  return result_of(**made);
}

}  // namespace lath
