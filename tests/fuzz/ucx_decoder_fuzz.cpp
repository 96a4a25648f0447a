// Any bytes, as a message between UCX transports, and as the addresses and keys that they give each other: taken or refused, without
// reading past them; what is taken is encoded as it came, and what a transport says comes back whole.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "tests/damage.hpp"
#include "tests/transport/ucx_messages.hpp"
#include "wire/writer.hpp"

namespace lath {
namespace {

void take(Bytes message) {
  const auto anew = testing::ucx_encoded_anew(message);
  LATH_ASSERT(!anew || as_text(anew->bytes()) == as_text(message));
}

void unwrap(Bytes bytes) {
  if (const auto worker = ucx_unwrap_address(bytes)) LATH_ASSERT(as_text(ucx_wrap_address(*worker)) == as_text(bytes));
  if (const auto region = ucx_unwrap_export(bytes)) LATH_ASSERT(as_text(ucx_wrap_export(*region)) == as_text(bytes));
}

// A fuzzer rarely finds a checksum: here the bytes lie behind their own.
void say(Bytes bytes) {
  const Bytes worker = bytes.first(std::min(bytes.size(), kAddressBytesMax));
  FrameBuffer body;
  ucx_encode({.cookie = 1, .sender = {}, .credit_messages = 2, .credit_bytes = 3, .worker = worker}, body);
  const testing::ExactCopy greeting(body.bytes());
  const auto decoded = ucx_decode_greeting(greeting.bytes());
  LATH_ASSERT(decoded && as_text(decoded->worker) == as_text(worker));
  const Address address = ucx_wrap_address(worker);
  LATH_ASSERT(ucx_unwrap_address(address).has_value() == (!worker.empty() && address.size() <= kAddressBytesMax));
}

}  // namespace
}  // namespace lath

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const lath::Bytes bytes = std::as_bytes(std::span(input, size));
  lath::take(bytes);
  lath::unwrap(bytes);
  lath::say(bytes);
  return 0;
}
