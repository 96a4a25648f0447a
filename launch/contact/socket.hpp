// TCP sockets of the contact port: names resolved, errors as text. All sockets are non-blocking and close on exec.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "lath/result.hpp"
#include "launch/config/config.hpp"
#include "launch/descriptor.hpp"

namespace lath {

Result<Descriptor> listen_at(const HostPort& address);
Result<HostPort> bound_address(const Descriptor& socket);
// Has the kernel look whether the peer's host is still there, for a connection that was accepted: kContactSilenceMsMax.
void watch_for_silence(const Descriptor& socket);
// Waits until connected, and watches for silence; at most until `deadline`.
Result<Descriptor> connect_to(const HostPort& address, const Clock& clock, TimeNs deadline);
// What a try to connect meets, for whoever has to say what is wrong there.
enum class Knock : std::uint8_t {
  kUnknown,   // nobody tried
  kAccepted,  // by the kernel, which does so also for a process that is stopped
  kRefused,   // the machine answers, and no process listens
  kNoRoute,   // the network knows no way
  kSilence,   // nothing came back
};
Knock knock_at(const HostPort& address, const Clock& clock, TimeNs deadline);
// poll(2) on one descriptor until the deadline; false when it has passed.
bool wait_for(int descriptor, short events, const Clock& clock, TimeNs deadline);

// Where others reach a socket bound to `bound`: itself, or, for a wildcard, the address of `interface` ("" chooses one), and
// loopback where the host has nothing else.
Result<HostPort> advertised_address(const HostPort& bound, const std::string& interface);
Result<std::string> address_of_interface(const std::string& interface);

}  // namespace lath
