// Names of hosts to addresses, for no longer than the caller has time: the system's resolver asks its servers for half a minute where none
// answers, and cannot be interrupted.
#pragma once

#include <netdb.h>

#include <memory>

#include "base/clock.hpp"
#include "lath/result.hpp"
#include "launch/config/config.hpp"
#include "launch/contact/until.hpp"

namespace lath {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// Numeric addresses at once. Errors: kInvalid (there is no such host), kUnreachable (the resolver has no answer just now), kTimeout (nor by
// `until`; the question is then left to a thread of its own, which ends when the resolver gives up).
Result<AddressList> resolve(const HostPort& address, const Clock& clock, Until until);
// To listen at; for as long as the resolver takes.
Result<AddressList> resolve_own(const HostPort& address);

}  // namespace lath
