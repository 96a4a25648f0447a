#include "transport/tcp_wire.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "lath/limits.hpp"
#include "transport/checksum.hpp"

namespace lath {

namespace {

constexpr std::uint32_t kAddressMark = 0x54434c01;  // "LCT" and a version

struct AddressLayout {
  std::uint32_t mark;
  std::uint32_t check;  // of what follows
  TcpName name;
  std::uint32_t ports;
  std::uint32_t unused;  // 0
};
static_assert(sizeof(AddressLayout) == 32);

static_assert(sizeof(TcpHello) == kTcpHelloBytes && std::is_trivially_copyable_v<TcpHello>);

bool has_its_size(const TcpHeader& header) {
  switch (header.kind) {
    case TcpKind::kData: return header.bytes <= kFrameBytesMax;
    case TcpKind::kHello:
    case TcpKind::kHelloAck: return header.bytes == kTcpHelloBytes;
    case TcpKind::kCredit:
    case TcpKind::kGoodbye:
    case TcpKind::kCrossed:
    case TcpKind::kAsk:
    case TcpKind::kHere: return header.bytes == 0;
  }
  return false;
}

}  // namespace

std::optional<TcpHeader> tcp_decode_header(Bytes bytes) {
  TcpHeader header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.mark != TcpHeader::kMark || !has_its_size(header)) return std::nullopt;
  return header;
}

void tcp_encode(const TcpHello& hello, FrameBuffer& frame) {
  std::memcpy(frame.extend(sizeof hello), &hello, sizeof hello);
}

std::optional<TcpHello> tcp_decode_hello(Bytes bytes) {
  TcpHello hello;
  if (bytes.size() != sizeof hello) return std::nullopt;
  std::memcpy(&hello, bytes.data(), sizeof hello);
  if (hello.credit_messages == 0 || hello.credit_bytes == 0) return std::nullopt;
  return hello;
}

Address tcp_wrap_address(const TcpAddress& address) {
  const std::span<const TcpPort> ports = std::span(address.ports).first(std::min(address.ports.size(), kTcpPortsMax));
  AddressLayout layout = {
      .mark = kAddressMark, .check = 0, .name = address.name, .ports = static_cast<std::uint32_t>(ports.size()), .unused = 0};
  Address wrapped(sizeof layout + ports.size_bytes());
  std::memcpy(wrapped.data(), &layout, sizeof layout);
  std::ranges::copy(std::as_bytes(ports), wrapped.begin() + sizeof layout);
  layout.check = checksum_of(std::span(wrapped).subspan(offsetof(AddressLayout, name)));
  std::memcpy(wrapped.data(), &layout, sizeof layout);
  return wrapped;
}

std::optional<TcpAddress> tcp_unwrap_address(Bytes address) {
  AddressLayout layout;
  if (address.size() < sizeof layout) return std::nullopt;
  std::memcpy(&layout, address.data(), sizeof layout);
  if (layout.mark != kAddressMark || layout.ports == 0 || layout.ports > kTcpPortsMax ||
      address.size() != sizeof layout + layout.ports * sizeof(TcpPort) ||
      layout.check != checksum_of(address.subspan(offsetof(AddressLayout, name)))) {
    return std::nullopt;
  }
  TcpAddress found = {.name = layout.name, .ports = std::vector<TcpPort>(layout.ports)};
  std::memcpy(found.ports.data(), address.data() + sizeof layout, layout.ports * sizeof(TcpPort));
  const auto is_known = [](const TcpPort& port) { return port.ip_version == 4 || port.ip_version == 6; };
  return std::ranges::all_of(found.ports, is_known) ? std::optional(std::move(found)) : std::nullopt;
}

}  // namespace lath
