// What two UCX transports say to each other around the frames: a header of 8 bytes in front of each, and the hello that begins
// and the goodbye that ends a connection, the farewell that ends them all. Little-endian. Everything received is untrusted until it was decoded here.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "base/frame_buffer.hpp"
#include "base/message.hpp"
#include "lath/limits.hpp"
#include "transport/transport.hpp"

namespace lath {

static_assert(std::endian::native == std::endian::little, "headers are copied, not converted");

inline constexpr unsigned kUcxMessageId = 1;          // the one active-message id of the protocol
inline constexpr unsigned kUcxMessageIdLast = 65535;  // ids up to here get a handler that counts and drops

enum class UcxKind : std::uint8_t {
  kData = 1,         // a frame follows
  kHello = 2,        // UcxGreeting: make a connection back to me
  kHelloAck = 3,     // UcxGreeting: this is what my end is called
  kCredit = 4,       // the header's credit is the message, and 4 bytes follow: how many bytes more
  kGoodbye = 5,      // UcxGreeting: the connection of this name and address is over
  kProbe = 6,        // let me find out whether your memory can be read while you do nothing
  kProbeOpen = 7,    // UcxProbe: I do nothing from here on
  kProbeClosed = 8,  // I work again; a read that is not complete by now needed me
  kFarewell = 9,     // UcxGreeting: this address is over, and every connection with it
};

constexpr bool is_greeting(UcxKind kind) {
  return kind == UcxKind::kHello || kind == UcxKind::kHelloAck || kind == UcxKind::kGoodbye || kind == UcxKind::kFarewell;
}

// 8 bytes, so that with UCX's own 36 a small frame still fits the cache line by which shared memory announces it. A slot's generation
// is cut to 16 bits: for another connection's frame to pass, its slot would have to be used 65,536 times while it was under way.
struct UcxHeader {
  static constexpr std::uint8_t kMark = 0xB0;  // the upper half: this protocol, in its third version
  static constexpr std::uint8_t kMarkMask = 0xF0;

  std::uint8_t mark_and_kind = kMark | static_cast<std::uint8_t>(UcxKind::kData);
  std::uint8_t credit_messages = 0;  // taken from the connection since the last header
  std::uint16_t credit_bytes = 0;    // theirs; what is beyond comes with a later header
  std::uint16_t index = 0;           // the receiver's own name of the connection
  std::uint16_t generation = 0;

  UcxKind kind() const { return static_cast<UcxKind>(mark_and_kind & ~kMarkMask); }
  void set_kind(UcxKind kind) { mark_and_kind = static_cast<std::uint8_t>(kMark | static_cast<std::uint8_t>(kind)); }
  bool is_ours() const { return (mark_and_kind & kMarkMask) == kMark; }
};
static_assert(sizeof(UcxHeader) == 8 && sizeof(UcxHeader) <= FrameBuffer::kHeadroomBytes);
static_assert(kPeerCreditMessages <= 255 && kPeerCreditBytes + kFrameBytesMax < (1ULL << 32));
static_assert(kPeersMax <= std::size_t{UINT16_MAX} + 1);

// Of a message that is ours and no longer than one may be. Its kind may still be none that there is.
inline std::optional<UcxHeader> ucx_decode_header(Bytes message) {
  UcxHeader header;
  if (message.size() < sizeof header || message.size() > sizeof header + kFrameBytesMax) return std::nullopt;
  std::memcpy(&header, message.data(), sizeof header);
  return header.is_ours() ? std::optional(header) : std::nullopt;
}

// The body of a kCredit: how many bytes come back beyond its header's.
inline std::optional<std::uint32_t> ucx_decode_credit(Bytes body) {
  std::uint32_t more_bytes = 0;
  if (body.size() != sizeof more_bytes) return std::nullopt;
  std::memcpy(&more_bytes, body.data(), sizeof more_bytes);
  return more_bytes;
}

struct UcxGreeting {
  std::uint64_t cookie = 0;  // the cluster's
  PeerId sender;             // what the sender calls this connection
  std::uint32_t credit_messages = 0;
  std::uint32_t credit_bytes = 0;
  Bytes worker;  // the sender's address: a ProcessMark, and UCX's own address of the worker
};

void ucx_encode(const UcxGreeting& greeting, FrameBuffer& frame);
std::optional<UcxGreeting> ucx_decode_greeting(Bytes bytes);

// Where a probe reads, and what it must find.
struct UcxProbe {
  std::uint64_t content = 0;
  Bytes exported;
};
void ucx_encode(const UcxProbe& probe, FrameBuffer& frame);
std::optional<UcxProbe> ucx_decode_probe(Bytes bytes);

// What Region::exported() gives: where the region lies, and UCX's key behind a checksum, because UCX does not survive a damaged one.
// `serial` is another for each region of a process: memory that is allocated after some was freed may have its address, its size and
// its key, and whoever attached what was freed must not take this for it.
struct UcxExport {
  std::uint64_t serial = 0;
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
  Bytes key;
};
std::vector<std::byte> ucx_wrap_export(const UcxExport& region);
std::optional<UcxExport> ucx_unwrap_export(Bytes bytes);

// An Address is a UCX worker address with a mark and a checksum in front, because UCX does not survive a damaged one.
Address ucx_wrap_address(Bytes worker);
std::optional<Bytes> ucx_unwrap_address(Bytes address);

}  // namespace lath
