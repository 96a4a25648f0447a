// TCP sockets of the contact port: names resolved, errors as text. All sockets are non-blocking and close on exec.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "lath/result.hpp"
#include "launch/config/config.hpp"
#include "launch/descriptor.hpp"
#include "launch/wakeup.hpp"

namespace lath {

Result<Descriptor> listen_at(const HostPort& address);
Result<HostPort> bound_address(const Descriptor& socket);
// Has the kernel look whether the peer's host is still there, for a connection that was accepted: kContactSilenceMsMax.
void watch_for_silence(const Descriptor& socket);
// For how long to wait: to a deadline, and no longer than until `interrupt` can be read, where there is one.
struct Until {
  TimeNs deadline = 0;
  int interrupt = -1;

  Until(TimeNs at) : deadline(at) {}
  Until(TimeNs at, const Wakeup& interrupted_by) : deadline(at), interrupt(interrupted_by.awaited().fd) {}
};
// Waits until connected, and watches for silence. The names themselves are resolved for as long as the resolver takes.
Result<Descriptor> connect_to(const HostPort& address, const Clock& clock, Until until);
// What a try to connect meets, for whoever has to say what is wrong there.
enum class Knock : std::uint8_t {
  kUnknown,   // nobody tried
  kAccepted,  // by the kernel, which does so also for a process that is stopped
  kRefused,   // the machine answers, and no process listens
  kNoRoute,   // the network knows no way
  kSilence,   // nothing came back
};
Knock knock_at(const HostPort& address, const Clock& clock, TimeNs deadline);
// poll(2) on one descriptor; false when the wait is over first.
bool wait_for(int descriptor, short events, const Clock& clock, Until until);

// Where others reach a socket bound to `bound`: itself, or, for a wildcard, the address of `interface` ("" chooses one), and
// loopback where the host has nothing else.
Result<HostPort> advertised_address(const HostPort& bound, const std::string& interface);
Result<std::string> address_of_interface(const std::string& interface);

}  // namespace lath
