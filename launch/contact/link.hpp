// The client's end of one contact connection: greeted, sealed. Opening waits up to a deadline; after that nothing blocks. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "launch/contact/crypto.hpp"
#include "launch/contact/protocol.hpp"
#include "launch/contact/socket.hpp"

namespace lath {

class ContactLink {
 public:
  // Errors: kUnreachable, kTimeout (also where it was interrupted), kVersion, kDenied (a wrong key; or no contact port), kInvalid (there is
  // no host of that name).
  static Result<ContactLink> open(const HostPort& node, const ClusterKey& key, const Clock& clock, Until until);

  int descriptor() const { return socket_.number(); }
  std::uint64_t bytes_received() const { return received_; }
  // Takes what has arrived. An error is the end of the link.
  Result<void> read_available();
  // A message that has arrived whole, or nullopt; an error is the end of the link.
  Result<std::optional<std::vector<std::byte>>> next();
  // Asks for the view. false: the link is broken, or so full that the node cannot have taken the last question.
  bool ask();

 private:
  static Result<ContactLink> greet(const HostPort& node, const ClusterKey& key, const Clock& clock, Until until);
  ContactLink(Descriptor socket, ContactSeals seals) : socket_(std::move(socket)), seals_(seals) {}

  Descriptor socket_;
  ContactSeals seals_;
  std::vector<std::byte> in_;
  std::size_t taken_ = 0;  // of in_
  std::uint64_t received_ = 0;
};

}  // namespace lath
