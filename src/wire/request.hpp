// A request frame: operations of one session for one shard. 32 bytes of header, then operations of 8 bytes, key and argument.
#pragma once

#include <cstdint>

#include "base/frame_buffer.hpp"
#include "wire/frame.hpp"
#include "wire/opcode.hpp"

namespace lath {

struct RequestHeader {
  std::uint16_t count = 0;     // of operations
  std::uint32_t sequence = 0;  // of the frame, from 1, in its session and shard; a repeated frame keeps its own
  std::uint64_t session = 0;   // random; unique
  std::uint64_t epoch = 0;     // of the view by which the session routed
  std::uint32_t oldest = 0;    // the lowest sequence not yet answered: the shard forgets what is below
  std::uint8_t ack_nodes = 1;  // how many nodes must hold the updates before the frame is answered
};

struct Operation {
  Opcode opcode = Opcode::kGet;
  Bytes key;
  Bytes argument;
};

inline constexpr std::size_t kRequestHeaderBytes = 32;
inline constexpr std::size_t kOperationHeaderBytes = 8;

// The header goes first with any count; set_count() when the operations are in.
void begin_request(FrameBuffer& frame, const RequestHeader& header);
void append_operation(FrameBuffer& frame, const Operation& operation);
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

bool read_request_header(Reader& reader, RequestHeader& out);
// false also where a key or argument is over its limit, the key's emptiness does not fit the opcode, or the opcode is unknown.
bool read_operation(Reader& reader, Operation& out);

}  // namespace lath
