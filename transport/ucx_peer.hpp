// One connection of a UcxTransport, and the credit that bounds what is under way on it. Lives in a slot that is used again
// under a new generation; the generation changes the moment the connection is given up, before its endpoint is closed.
#pragma once

#include <string>

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

  // What we sent and the peer has not yet reported taken, against what it granted.
  std::uint32_t sent_messages = 0;
  std::uint32_t granted_messages = kPeerCreditMessages;
  std::uint64_t sent_bytes = 0;
  std::uint64_t granted_bytes = kPeerCreditBytes;
  // What we took from the peer and have not yet reported.
  std::uint32_t owed_messages = 0;
  std::uint64_t owed_bytes = 0;

  std::string worker;                // the peer's UCX worker address
  std::vector<FrameBuffer> waiting;  // accepted before the connection was open; counted as sent, so bounded by credit

  // Credit comes back at half of what was granted, so up to half may stay out for ever: a frame of any size must pass then.
  bool has_credit(std::size_t bytes) const {
    return sent_messages < granted_messages && (sent_bytes + bytes <= granted_bytes || sent_bytes < granted_bytes / 2);
  }
  void take_credit(std::size_t bytes) {
    ++sent_messages;
    sent_bytes += bytes;
  }
  // A peer that reports more than it was sent gains nothing by it.
  void credit_returned(std::uint32_t messages, std::uint32_t bytes) {
    sent_messages -= std::min(messages, sent_messages);
    sent_bytes -= std::min<std::uint64_t>(bytes, sent_bytes);
  }
  bool must_return_credit() const { return owed_messages >= kPeerCreditMessages / 2 || owed_bytes >= kPeerCreditBytes / 2; }
};

}  // namespace lath
