// A reply frame: answers to consecutive operations of one request frame. 24 bytes of header, then answers of 8 bytes and payload.
#pragma once

#include <cstdint>

#include "base/frame_buffer.hpp"
#include "lath/result.hpp"
#include "wire/cell_tag.hpp"
#include "wire/frame.hpp"

namespace lath {

struct ReplyHeader {
  std::uint16_t count = 0;     // of answers
  std::uint32_t sequence = 0;  // of the request frame
  std::uint64_t epoch = 0;     // of the shard's view
  std::uint16_t first = 0;     // which operation of the frame the first answer is for
};

struct Answer {
  Code status = Code::kOk;
  Bytes payload;
};

inline constexpr std::size_t kReplyHeaderBytes = 24;
inline constexpr std::size_t kAnswerHeaderBytes = 8;

void begin_reply(FrameBuffer& frame, const ReplyHeader& header);
void set_reply_count(FrameBuffer& frame, std::uint16_t count);

// An answer is written in two steps, so that a payload of any size is built in place: begin, append the payload, end.
std::size_t begin_answer(FrameBuffer& frame);
void end_answer(FrameBuffer& frame, std::size_t begun, Code status);

// The payload of an answer of kWrongType; other errors have none.
void write_held_types(FrameBuffer& frame, const HeldTypes& held);
HeldTypes read_held_types(Bytes payload);  // what cannot be read is not known

bool read_reply_header(Reader& reader, ReplyHeader& out);
bool read_answer(Reader& reader, Answer& out);

}  // namespace lath
