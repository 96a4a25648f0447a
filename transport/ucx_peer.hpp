// One connection of a UcxTransport. Lives in a slot that is used again under a new generation; the generation changes the moment
// the connection is given up, before its endpoint is closed.
#pragma once

#include <string>

#include "transport/credit.hpp"
#include "transport/transport.hpp"

struct ucp_ep;

namespace lath {

struct UcxPeer {
  enum class State : std::uint8_t {
    kFree,      // no connection; also while the endpoint of the last one is being closed
    kOpening,   // no endpoint yet: made by the next poll()
    kGreeting,  // our hello is under way; frames wait
    kOpen,
  };

  State state = State::kFree;
  bool remote_known = false;
  std::uint32_t generation = 1;
  PeerId remote;  // the other end's name of this connection
  ucp_ep* endpoint = nullptr;

  Reach reach = Reach::kUnknown;
  std::uint8_t probes_asked = 0;    // by us
  std::uint8_t probes_served = 0;   // for the peer
  std::uint64_t probe_content = 0;  // what the read under way must find
  Attached probed;

  Credit credit;
  TimeNs greet_again_ns = 0;         // while kGreeting: when the hello is due again
  TimeNs greeted_until_ns = 0;       // while kGreeting: when it is given up
  std::string worker;                // the peer's UCX worker address
  std::vector<FrameBuffer> waiting;  // accepted before the connection was open; counted as sent, so bounded by credit
};

}  // namespace lath
