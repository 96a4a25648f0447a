// What two TCP transports say to each other: frames behind a header of 12 bytes, and around them the hello that begins a connection and the
// goodbye that ends it. Little-endian. Everything received is untrusted until it was decoded here.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/frame_buffer.hpp"
#include "base/message.hpp"
#include "transport/tcp_port.hpp"
#include "transport/transport.hpp"

namespace lath {

static_assert(std::endian::native == std::endian::little, "headers are copied, not converted");

using TcpName = std::array<std::uint64_t, 2>;  // of a transport: random, and never another's

enum class TcpKind : std::uint8_t {
  kData = 1,      // a frame
  kHello = 2,     // TcpHello, first of all
  kHelloAck = 3,  // TcpHello: the connection is open
  kCredit = 4,    // the header is all
  kGoodbye = 5,   // the connection is over by the sender's own word
  kCrossed = 6,   // use the connection that I made to you at the same time
  kAsk = 7,       // are you there? The header is all, of this and of its answer:
  kHere = 8,
};

struct TcpHeader {
  static constexpr std::uint16_t kMark = 0x4c54;  // "LT"

  std::uint32_t bytes = 0;  // that follow
  std::uint32_t credit_bytes = 0;
  std::uint16_t mark = kMark;
  std::uint8_t credit_messages = 0;
  TcpKind kind = TcpKind::kData;
};
static_assert(sizeof(TcpHeader) == 12 && sizeof(TcpHeader) <= FrameBuffer::kHeadroomBytes);
static_assert(kPeerCreditMessages <= 255);

// A header that may stand where it stands: of a known kind, and no longer than its kind is.
std::optional<TcpHeader> tcp_decode_header(Bytes bytes);

struct TcpHello {
  std::uint64_t cookie = 0;  // the cluster's
  TcpName sender = {};
  TcpName target = {};  // a port may be another's by now
  // Of a hello: how many its sender has said with it; of its answer: how many the answering side has. A hello whose number is not beyond that
  // was given up before this connection was agreed on.
  std::uint64_t number = 0;
  std::uint32_t credit_messages = 0;
  std::uint32_t credit_bytes = 0;
};
inline constexpr std::size_t kTcpHelloBytes = 56;
void tcp_encode(const TcpHello& hello, FrameBuffer& frame);
std::optional<TcpHello> tcp_decode_hello(Bytes bytes);

// What an Address of this transport holds, behind a mark and a checksum.
struct TcpAddress {
  TcpName name = {};
  std::vector<TcpPort> ports;  // kTcpPortsMax at most
};
Address tcp_wrap_address(const TcpAddress& address);
std::optional<TcpAddress> tcp_unwrap_address(Bytes address);

}  // namespace lath
