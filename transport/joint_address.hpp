// The Address of a JointTransport: those of both its parts, and what tells by which of them another transport is reached.
#pragma once

#include <cstdint>
#include <optional>

#include "transport/transport.hpp"

namespace lath {

struct JointAddress {
  std::uint64_t memory_domain = 0;  // as memory_domain_here() names it; 0: this transport shares no memory
  bool has_rdma = false;
  Address ucx;
  Address tcp;  // none: TCP is not to be used
};

// May be longer than kAddressBytesMax.
Address joint_wrap_address(const JointAddress& address);
std::optional<JointAddress> joint_unwrap_address(Bytes address);

}  // namespace lath
