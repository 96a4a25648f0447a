#include "wire/reply.hpp"

#include "base/assert.hpp"

namespace lath {

namespace {

// count - 1 in the lower 9 bits, then the flags.
constexpr std::uint16_t kCountMask = 511;
constexpr std::uint16_t kHasFirst = 512;  // 2 bytes follow the header: not the first operation is answered first
constexpr std::uint16_t kOtherView = 1024;
constexpr std::uint16_t kFlagBits = kHasFirst | kOtherView;
constexpr std::uint16_t kKnownBits = kCountMask | kFlagBits;
static_assert(kFrameOperationsMax == kCountMask + 1);

struct Front {
  std::uint8_t version;
  FrameKind kind;
  std::uint16_t packed;
  std::uint32_t sequence;
};
static_assert(sizeof(Front) == kReplyHeaderBytes);
constexpr std::size_t kPackedOffset = 2;

}  // namespace

void begin_reply(FrameBuffer& frame, const ReplyHeader& header) {
  const auto packed = static_cast<std::uint16_t>(((header.count - 1U) & kCountMask) | (header.first != 0 ? kHasFirst : 0U) |
                                                 (header.other_view ? kOtherView : 0U));
  const Front front{kWireVersion, FrameKind::kReply, packed, header.sequence};
  std::memcpy(frame.extend(sizeof front), &front, sizeof front);
  if (header.first != 0) write(frame, header.first);
}

void set_reply_count(FrameBuffer& frame, std::uint16_t count) {
  LATH_ASSERT(count >= 1 && count <= kFrameOperationsMax && frame.size() >= kReplyHeaderBytes);
  std::uint16_t packed = 0;
  std::memcpy(&packed, frame.data() + kPackedOffset, sizeof packed);
  write_at(frame, kPackedOffset, static_cast<std::uint16_t>((packed & kFlagBits) | (count - 1U)));
}

void write_held_types(FrameBuffer& frame, const HeldTypes& held) {
  write(frame, held.key);
  write(frame, held.field);
}

HeldTypes read_held_types(Bytes payload) {
  Reader reader(payload);
  HeldTypes held;
  reader.read(held.key);
  reader.read(held.field);
  return reader.at_end() ? held : HeldTypes{};
}

bool read_reply_header(Reader& reader, ReplyHeader& out) {
  const std::byte* at = reader.take(kReplyHeaderBytes);
  if (at == nullptr) return false;
  Front front;
  std::memcpy(&front, at, sizeof front);
  if (front.version != kWireVersion || front.kind != FrameKind::kReply || (front.packed | kKnownBits) != kKnownBits) return false;
  out.count = static_cast<std::uint16_t>((front.packed & kCountMask) + 1);
  out.sequence = front.sequence;
  out.other_view = (front.packed & kOtherView) != 0;
  out.first = 0;
  if ((front.packed & kHasFirst) == 0) return true;
  return reader.read(out.first) && out.first != 0 && std::size_t{out.first} + out.count <= kFrameOperationsMax;
}

}  // namespace lath
