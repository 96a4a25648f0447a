#include "wire/request.hpp"

#include "base/assert.hpp"

namespace lath {

namespace {

// count - 1 in the lower 9 bits, then how far behind the sequence the oldest unanswered one is, at most 63 (a window is 32).
constexpr unsigned kCountBits = 9;
constexpr std::uint16_t kCountMask = (1U << kCountBits) - 1;
constexpr std::uint32_t kBehindMax = 63;

struct Front {  // of both headers
  std::uint8_t version;
  FrameKind kind;
  std::uint16_t packed;
  std::uint32_t sequence;
};
static_assert(sizeof(Front) == 8);
constexpr std::size_t kPackedOffset = 2;
constexpr std::size_t kSequenceOffset = 4;
constexpr std::size_t kContextOffset = 8;
constexpr std::size_t kAckNodesOffset = 9;
constexpr std::size_t kSessionOffset = 10;
constexpr std::size_t kEpochOffset = 18;

std::uint16_t packed_of(std::uint16_t count, std::uint32_t behind) {
  return static_cast<std::uint16_t>(((count - 1U) & kCountMask) | std::min(behind, kBehindMax) << kCountBits);
}

}  // namespace

void write_request_header(std::byte* end, const RequestHeader& header) {
  std::byte* at = end - (header.brief ? kBriefHeaderBytes : kRequestHeaderBytes);
  const Front front{kWireVersion, header.brief ? FrameKind::kBriefRequest : FrameKind::kRequest,
                    packed_of(header.count, header.sequence - header.oldest), header.sequence};
  std::memcpy(at, &front, sizeof front);
  at[kContextOffset] = static_cast<std::byte>(header.context);
  if (header.brief) return;
  at[kAckNodesOffset] = static_cast<std::byte>(header.ack_nodes);
  std::memcpy(at + kSessionOffset, &header.session, sizeof header.session);
  std::memcpy(at + kEpochOffset, &header.epoch, sizeof header.epoch);
}

void begin_request(FrameBuffer& frame, const RequestHeader& header) {
  const std::size_t bytes = header.brief ? kBriefHeaderBytes : kRequestHeaderBytes;
  write_request_header(frame.extend(bytes) + bytes, header);
}

void set_count(FrameBuffer& frame, std::uint16_t count) {
  LATH_ASSERT(count >= 1 && count <= kFrameOperationsMax && frame.size() >= sizeof(Front));
  std::uint16_t packed = 0;
  std::memcpy(&packed, frame.data() + kPackedOffset, sizeof packed);
  write_at(frame, kPackedOffset, packed_of(count, packed >> kCountBits));
}

void refresh_request(FrameBuffer& frame, std::uint64_t epoch, std::uint32_t oldest) {
  std::uint16_t packed = 0;
  std::uint32_t sequence = 0;
  std::memcpy(&packed, frame.data() + kPackedOffset, sizeof packed);
  std::memcpy(&sequence, frame.data() + kSequenceOffset, sizeof sequence);
  write_at(frame, kPackedOffset, packed_of(static_cast<std::uint16_t>((packed & kCountMask) + 1), sequence - oldest));
  write_at(frame, kEpochOffset, epoch);
}

bool read_request_header(Reader& reader, RequestHeader& out) {
  const std::byte* at = reader.take(kBriefHeaderBytes);
  if (at == nullptr) return false;
  Front front;
  std::memcpy(&front, at, sizeof front);
  out.brief = front.kind == FrameKind::kBriefRequest;
  out.count = static_cast<std::uint16_t>((front.packed & kCountMask) + 1);
  out.sequence = front.sequence;
  const std::uint32_t behind = front.packed >> kCountBits;
  out.oldest = front.sequence - behind;
  out.context = std::to_integer<std::uint8_t>(at[kContextOffset]);
  if (front.version != kWireVersion || front.sequence <= behind) return false;
  if (out.brief) return out.context != 0;
  const std::byte* whole = reader.take(kRequestHeaderBytes - kBriefHeaderBytes);
  if (whole == nullptr || front.kind != FrameKind::kRequest) return false;
  out.ack_nodes = std::to_integer<std::uint8_t>(at[kAckNodesOffset]);
  std::memcpy(&out.session, at + kSessionOffset, sizeof out.session);
  std::memcpy(&out.epoch, at + kEpochOffset, sizeof out.epoch);
  return out.ack_nodes >= 1 && out.ack_nodes <= kReplicasMax;
}

bool read_field_operation(const Operation& operation, FieldOperation& out) {
  if (operation.opcode == Opcode::kMapErase) {
    out = {operation.argument, Opcode::kMapErase, {}};
    return true;
  }
  if (operation.opcode != Opcode::kMapUpdate && operation.opcode != Opcode::kMapRead) return false;
  Reader reader(operation.argument);
  std::uint16_t field_size = 0;
  if (!reader.read(field_size) || !reader.read_bytes(field_size, out.field) || !reader.read(out.opcode)) return false;
  out.argument = reader.rest();
  return true;
}

}  // namespace lath
