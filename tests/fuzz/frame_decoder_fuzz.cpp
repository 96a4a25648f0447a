// Any bytes, as a frame from the network: decoded to their end or refused, without reading past them.
#include <cstddef>
#include <cstdint>

#include "tests/wire/frames.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  lath::testing::decode_whole({reinterpret_cast<const std::byte*>(bytes), size});
  return 0;
}
