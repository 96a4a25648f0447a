// Regions of peers that a thread reads large values from: attached once, kept for the next time, the longest unused given up first, and
// what another was mapped in place of at once. The thread's own, as the transport is.
#pragma once

#include <cstdint>
#include <vector>

#include "lath/limits.hpp"
#include "transport/transport.hpp"

namespace lath {

class Attachments {
 public:
  explicit Attachments(Transport& transport) : transport_(transport) {}

  // The region that a peer exported; null where it cannot be read while the peer does nothing, or not yet: ask for its bytes. Valid
  // until the next call.
  const Attached* find(PeerId peer, Bytes exported);
  ReadBegun read(const Attached& region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) {
    return transport_.read(region.id, address, room, token);
  }
  void forget(PeerId peer);  // its connection has ended, and its regions with it
  std::size_t count() const { return kept_.size(); }

 private:
  struct Kept {
    PeerId peer;
    std::vector<std::byte> exported;
    bool attached = false;  // else it was refused
    Attached region;
    std::uint64_t last_use = 0;
  };

  Kept& attach(PeerId peer, Bytes exported);
  void drop_replaced(PeerId peer, const Attached& by);

  Transport& transport_;
  std::vector<Kept> kept_;
  std::uint64_t uses_ = 0;
};

}  // namespace lath
