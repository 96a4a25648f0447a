// A key as the store sees it: its bytes, and the pinned hash that whoever routed it has computed.
#pragma once

#include <cstdint>

#include "base/message.hpp"

namespace lath {

struct Key {
  std::uint64_t hash = 0;
  Bytes bytes;
};

}  // namespace lath
