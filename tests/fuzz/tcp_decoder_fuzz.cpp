// Any bytes, as what comes from a socket of the TCP transport, and as the addresses that transports give each other: taken frame by frame
// as far as they are frames, or refused, without reading past them.
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.hpp"
#include "lath/limits.hpp"
#include "transport/joint_address.hpp"
#include "transport/tcp_connection.hpp"
#include "transport/tcp_wire.hpp"

namespace lath {
namespace {

// The bytes arrive in two pieces, where the first byte says.
void receive(Bytes bytes, bool greeted) {
  std::array<int, 2> pair = {};
  LATH_ASSERT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);
  const Descriptor sender(pair[1]);
  TcpConnection connection{Descriptor(pair[0])};
  if (greeted) connection.greeted();
  TcpRooms rooms;
  const std::size_t cut = bytes.empty() ? 0 : std::to_integer<std::size_t>(bytes[0]) % bytes.size();
  std::size_t taken = 0;
  for (const Bytes piece : {bytes.first(cut), bytes.subspan(cut)}) {
    if (piece.empty()) continue;
    LATH_ASSERT(send(sender.number(), piece.data(), piece.size(), 0) == static_cast<ssize_t>(piece.size()));
    LATH_ASSERT(connection.receive(rooms));
    while (const auto frame = connection.next()) {
      taken += sizeof(TcpHeader) + frame->body.size();
      LATH_ASSERT(taken <= bytes.size() && (greeted || frame->body.size() <= kTcpHelloBytes));
    }
    connection.return_room(rooms);
    if (connection.is_foreign()) return;
  }
}

void unwrap(Bytes bytes) {
  if (const auto tcp = tcp_unwrap_address(bytes)) {
    LATH_ASSERT(!tcp->ports.empty() && tcp->ports.size() <= kTcpPortsMax);
    LATH_ASSERT(tcp_unwrap_address(tcp_wrap_address(*tcp))->ports == tcp->ports);
  }
  if (const auto joint = joint_unwrap_address(bytes)) LATH_ASSERT(joint->ucx.size() + joint->tcp.size() < bytes.size());
  if (const auto hello = tcp_decode_hello(bytes)) LATH_ASSERT(hello->credit_messages > 0 && hello->credit_bytes > 0);
}

}  // namespace
}  // namespace lath

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const lath::Bytes bytes = std::as_bytes(std::span(input, size));
  lath::receive(bytes, true);
  lath::receive(bytes, false);
  lath::unwrap(bytes);
  return 0;
}
