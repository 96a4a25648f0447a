// What bounds the frames under way on one connection: each side grants the other messages and bytes, and gives them back as it
// takes frames, with the next frame that leaves or at half. Both transports count the same way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "lath/limits.hpp"

namespace lath {

struct CreditAmount {
  std::uint32_t messages = 0;
  std::uint64_t bytes = 0;
};

struct Credit {
  CreditAmount granted = {.messages = kPeerCreditMessages, .bytes = kPeerCreditBytes};  // by the peer
  CreditAmount sent;                                                                    // and not yet reported taken by the peer
  CreditAmount owed;                                                                    // taken from the peer and not yet reported

  // Up to half of what was granted may stay out for ever (credit comes back at half): a frame of any size must pass then.
  bool allows(std::size_t bytes) const {
    return sent.messages < granted.messages && (sent.bytes + bytes <= granted.bytes || sent.bytes < granted.bytes / 2);
  }
  void take(std::size_t bytes) {
    ++sent.messages;
    sent.bytes += bytes;
  }
  // A peer that reports more than it was sent gains nothing by it.
  void returned(CreditAmount amount) {
    sent.messages -= std::min(amount.messages, sent.messages);
    sent.bytes -= std::min(amount.bytes, sent.bytes);
  }
  void owe(std::size_t bytes) {
    ++owed.messages;
    owed.bytes += bytes;
  }
  bool must_return() const { return owed.messages >= kPeerCreditMessages / 2 || owed.bytes >= kPeerCreditBytes / 2; }
};

}  // namespace lath
