// A request frame: operations of one session for one shard. Behind its header, operations of 3 bytes, key and argument. The whole
// header says who asks and by which view; a brief one leaves that to the last whole one of the connection, so that the request of a
// small operation fits the cache line that shared memory delivers first (docs/wire.md).
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/frame_buffer.hpp"
#include "lath/limits.hpp"
#include "wire/frame.hpp"
#include "wire/opcode.hpp"
#include "wire/writer.hpp"

namespace lath {

struct RequestHeader {
  std::uint16_t count = 0;     // of operations
  std::uint32_t sequence = 0;  // of the frame, from 1, in its session and shard; a repeated frame keeps its own
  std::uint64_t session = 0;   // random; unique
  std::uint64_t epoch = 0;     // of the view by which the session routed
  std::uint32_t oldest = 0;    // the lowest sequence not yet answered: the shard forgets what is below
  std::uint8_t ack_nodes = 1;  // how many nodes must hold the updates before the frame is answered
  // What a whole header gives to session, epoch and ack_nodes together, for the brief ones behind it on its connection; 0: nothing.
  std::uint8_t context = 0;
  bool brief = false;  // then session, epoch and ack_nodes are the context's
};

struct Operation {
  Opcode opcode = Opcode::kGet;
  Bytes key;
  Bytes argument;
};

inline constexpr std::size_t kRequestHeaderBytes = 26;
inline constexpr std::size_t kBriefHeaderBytes = 9;
inline constexpr std::size_t kOperationHeaderBytes = 3;
inline constexpr std::size_t kLongOperationHeaderBytes = 9;
inline constexpr std::size_t kShortSizeMax = 254;  // of a key or argument whose size is one byte; beyond, both have the long form
static_assert(kFramesUnderWayMax <= 63 && kFrameOperationsMax <= 512, "they share 16 bits of the header");

namespace request_layout {

// count - 1 in the lower 9 bits, then how far behind the sequence the oldest unanswered one is, at most 63 (a window is 32).
inline constexpr unsigned kCountBits = 9;
inline constexpr std::uint16_t kCountMask = (1U << kCountBits) - 1;
inline constexpr std::uint32_t kBehindMax = 63;

struct Front {  // of both headers
  std::uint8_t version;
  FrameKind kind;
  std::uint16_t packed;
  std::uint32_t sequence;
};
static_assert(sizeof(Front) == 8);
inline constexpr std::size_t kPackedOffset = 2;
inline constexpr std::size_t kSequenceOffset = 4;
inline constexpr std::size_t kContextOffset = 8;
inline constexpr std::size_t kAckNodesOffset = 9;
inline constexpr std::size_t kSessionOffset = 10;
inline constexpr std::size_t kEpochOffset = 18;

inline std::uint16_t packed_of(std::uint16_t count, std::uint32_t behind) {
  return static_cast<std::uint16_t>(((count - 1U) & kCountMask) | std::min(behind, kBehindMax) << kCountBits);
}

}  // namespace request_layout

// The header that lies in the last bytes before `end`: whole, or brief.
inline void write_request_header(std::byte* end, const RequestHeader& header) {
  using namespace request_layout;
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

// The header goes first with any count; set_count() when the operations are in.
void begin_request(FrameBuffer& frame, const RequestHeader& header);
void set_count(FrameBuffer& frame, std::uint16_t count);
// A frame that is sent again says anew what has been answered, and by which view it was routed.
void refresh_request(FrameBuffer& frame, std::uint64_t epoch, std::uint32_t oldest);

// What a map update, read or erase does within one field.
struct FieldOperation {
  Bytes field;
  Opcode opcode = Opcode::kGet;  // of a map erase: kMapErase
  Bytes argument;
};
// false: not an operation within a field, or a malformed one.
bool read_field_operation(const Operation& operation, FieldOperation& out);

inline bool read_request_header(Reader& reader, RequestHeader& out) {
  using namespace request_layout;
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

inline std::size_t bytes_of(const Operation& operation) {
  const std::size_t bytes = operation.key.size() + operation.argument.size();
  const bool is_short = operation.key.size() <= kShortSizeMax && operation.argument.size() <= kShortSizeMax;
  return bytes + (is_short ? kOperationHeaderBytes : kLongOperationHeaderBytes);
}

inline void append_operation(FrameBuffer& frame, const Operation& operation) {
  const std::size_t key_size = operation.key.size();
  const std::size_t argument_size = operation.argument.size();
  std::byte* at = frame.extend(bytes_of(operation));
  at[0] = static_cast<std::byte>(operation.opcode);
  if (key_size <= kShortSizeMax && argument_size <= kShortSizeMax) [[likely]] {
    at[1] = static_cast<std::byte>(key_size);
    at[2] = static_cast<std::byte>(argument_size);
    at += kOperationHeaderBytes;
  } else {
    at[1] = at[2] = std::byte{255};
    const auto key16 = static_cast<std::uint16_t>(key_size);
    const auto argument32 = static_cast<std::uint32_t>(argument_size);
    std::memcpy(at + 3, &key16, sizeof key16);
    std::memcpy(at + 5, &argument32, sizeof argument32);
    at += kLongOperationHeaderBytes;
  }
  copy_short(at, operation.key);
  copy_short(at + key_size, operation.argument);
}

// Of an operation that append_operation() wrote.
inline Bytes key_of_encoded(const std::byte* encoded) {
  const std::size_t size = std::to_integer<std::size_t>(encoded[1]);
  if (size <= kShortSizeMax) [[likely]]
    return {encoded + kOperationHeaderBytes, size};
  std::uint16_t long_size = 0;
  std::memcpy(&long_size, encoded + kOperationHeaderBytes, sizeof long_size);
  return {encoded + kLongOperationHeaderBytes, long_size};
}

// false also where a key or argument is over its limit, the key's emptiness does not fit the opcode, the opcode is unknown, or sizes
// take the long form that would fit the short one.
inline bool read_operation(Reader& reader, Operation& out) {
  const std::byte* head = reader.take(kOperationHeaderBytes);
  if (head == nullptr) return false;
  out.opcode = static_cast<Opcode>(head[0]);
  std::size_t key_size = std::to_integer<std::size_t>(head[1]);
  std::size_t argument_size = std::to_integer<std::size_t>(head[2]);
  if (std::max(key_size, argument_size) > kShortSizeMax) [[unlikely]] {
    std::uint16_t key16 = 0;
    std::uint32_t argument32 = 0;
    reader.read(key16);
    if (key_size != argument_size || !reader.read(argument32)) return false;
    key_size = key16;
    argument_size = argument32;
    if (key_size <= kShortSizeMax && argument_size <= kShortSizeMax) return false;
    if (key_size > kKeyBytesMax || argument_size > kArgumentBytesMax) return false;
  }
  if (!is_known(out.opcode) || (key_size == 0) != is_keyless(out.opcode)) return false;
  const std::byte* bytes = reader.take(key_size + argument_size);
  if (bytes == nullptr) return false;
  out.key = {bytes, key_size};
  out.argument = {bytes + key_size, argument_size};
  return true;
}

}  // namespace lath
