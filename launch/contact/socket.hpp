// TCP sockets of the contact port: names resolved, errors as text. All sockets are non-blocking and close on exec.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "lath/result.hpp"
#include "launch/config/config.hpp"
#include "launch/contact/until.hpp"

namespace lath {

Result<Descriptor> listen_at(const HostPort& address);
Result<HostPort> bound_address(const Descriptor& socket);
// Has the kernel look whether the peer's host is still there, for a connection that was accepted: kContactSilenceMsMax.
void watch_for_silence(const Descriptor& socket);
// Waits until its name is resolved and it is connected; then watches for silence.
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

// Where to listen for `asked`: there, but for 0.0.0.0 at every address where `interface` ("" chooses one) has IPv6 addresses alone.
Result<HostPort> listening_address(const HostPort& asked, const std::string& interface);
// Where others reach a socket bound to `bound`: itself, or, for a wildcard, the address of `interface` ("" chooses one), and
// loopback where the host has nothing else.
Result<HostPort> advertised_address(const HostPort& bound, const std::string& interface);
Result<std::string> address_of_interface(const std::string& interface);

}  // namespace lath
