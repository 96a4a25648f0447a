// A reply frame: answers to consecutive operations of one request frame. 8 bytes of header (10 where it does not begin at the first
// operation), then answers of 4 bytes and payload.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/frame_buffer.hpp"
#include "lath/ids.hpp"
#include "lath/limits.hpp"
#include "lath/result.hpp"
#include "wire/cell_tag.hpp"
#include "wire/frame.hpp"
#include "wire/writer.hpp"

namespace lath {

struct ReplyHeader {
  std::uint16_t count = 0;     // of answers
  std::uint32_t sequence = 0;  // of the request frame
  std::uint16_t first = 0;     // which operation of the frame the first answer is for
  bool other_view = false;     // the shard's view is another than the one by which the request was routed
};

struct Answer {
  Code status = Code::kOk;
  Bytes payload;
};

inline constexpr std::size_t kReplyHeaderBytes = 8;
inline constexpr std::size_t kAnswerHeaderBytes = 4;
inline constexpr unsigned kAnswerStatusBits = 8;  // of an answer's word; its payload's size is above
static_assert(kFrameBytesMax < (std::size_t{1} << (32 - kAnswerStatusBits)));

namespace reply_layout {

// count - 1 in the lower 9 bits, then the flags.
inline constexpr std::uint16_t kCountMask = 511;
inline constexpr std::uint16_t kHasFirst = 512;  // 2 bytes follow the header: not the first operation is answered first
inline constexpr std::uint16_t kOtherView = 1024;
inline constexpr std::uint16_t kFlagBits = kHasFirst | kOtherView;
inline constexpr std::uint16_t kKnownBits = kCountMask | kFlagBits;
static_assert(kFrameOperationsMax == kCountMask + 1);

struct Front {
  std::uint8_t version;
  FrameKind kind;
  std::uint16_t packed;
  std::uint32_t sequence;
};
static_assert(sizeof(Front) == kReplyHeaderBytes);
inline constexpr std::size_t kPackedOffset = 2;

}  // namespace reply_layout

inline void begin_reply(FrameBuffer& frame, const ReplyHeader& header) {
  using namespace reply_layout;
  const auto packed = static_cast<std::uint16_t>(((header.count - 1U) & kCountMask) | (header.first != 0 ? kHasFirst : 0U) |
                                                 (header.other_view ? kOtherView : 0U));
  const Front front{kWireVersion, FrameKind::kReply, packed, header.sequence};
  std::memcpy(frame.extend(sizeof front), &front, sizeof front);
  if (header.first != 0) write(frame, header.first);
}
inline void set_reply_count(FrameBuffer& frame, std::uint16_t count) {
  using namespace reply_layout;
  LATH_ASSERT(count >= 1 && count <= kFrameOperationsMax && frame.size() >= kReplyHeaderBytes);
  std::uint16_t packed = 0;
  std::memcpy(&packed, frame.data() + kPackedOffset, sizeof packed);
  write_at(frame, kPackedOffset, static_cast<std::uint16_t>((packed & kFlagBits) | (count - 1U)));
}
inline bool read_reply_header(Reader& reader, ReplyHeader& out) {
  using namespace reply_layout;
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

// An answer is written in two steps, so that a payload of any size is built in place: begin, append the payload, end.
inline std::size_t begin_answer(FrameBuffer& frame) {
  const std::size_t begun = frame.size();
  frame.extend(kAnswerHeaderBytes);
  return begun;
}
inline std::uint32_t answer_head(std::size_t payload_bytes, Code status) {
  return static_cast<std::uint32_t>(payload_bytes << kAnswerStatusBits) | static_cast<std::uint32_t>(status);
}
inline void end_answer(FrameBuffer& frame, std::size_t begun, Code status) {
  write_at(frame, begun, answer_head(frame.size() - begun - kAnswerHeaderBytes, status));
}

// The payload of a flush's kInProgress: how many nodes have not acknowledged yet what it waits for, and the first of them.
struct LaggingNodes {
  static constexpr std::size_t kNamedMax = 4;
  std::uint32_t count = 0;
  std::array<NodeId, kNamedMax> named{};
  bool operator==(const LaggingNodes&) const = default;
};
void write_lagging(FrameBuffer& frame, std::span<const NodeId> nodes);
LaggingNodes read_lagging(Bytes payload);  // none, where it cannot be read

// The payload of an answer of kWrongType; other errors have none.
void write_held_types(FrameBuffer& frame, const HeldTypes& held);
HeldTypes read_held_types(Bytes payload);  // what cannot be read is not known

inline bool read_answer(Reader& reader, Answer& out) {
  std::uint32_t word = 0;
  if (!reader.read(word)) return false;
  const std::uint32_t status = word & ((1U << kAnswerStatusBits) - 1);
  if (status > static_cast<std::uint32_t>(Code::kCrowded)) return false;
  out.status = static_cast<Code>(status);
  return reader.read_bytes(word >> kAnswerStatusBits, out.payload);
}

}  // namespace lath
