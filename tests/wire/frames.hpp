// One valid frame of every kind, which the tests compare with golden bytes and then damage.
#pragma once

#include <string>
#include <vector>

#include "wire/merge_batch.hpp"
#include "wire/reply.hpp"
#include "wire/request.hpp"
#include "wire/writer.hpp"

namespace lath::testing {

inline FrameBuffer request_frame() {
  FrameBuffer frame;
  begin_request(
      frame, {.count = 1, .sequence = 7, .session = 0x1122334455667788, .epoch = 0xA1, .oldest = 5, .ack_nodes = 2, .context = 9});
  append_operation(frame, {Opcode::kPut, as_bytes("k1"), as_bytes("abc")});
  append_operation(frame, {Opcode::kGet, as_bytes("k2"), {}});
  set_count(frame, 2);
  return frame;
}

inline FrameBuffer brief_request_frame() {
  FrameBuffer frame;
  begin_request(frame, {.count = 1, .sequence = 8, .oldest = 8, .context = 9, .brief = true});
  append_operation(frame, {Opcode::kGet, as_bytes("12345678"), {}});
  return frame;
}

// A key, and then an argument, that take the long form.
inline FrameBuffer long_request_frame() {
  FrameBuffer frame;
  begin_request(frame, {.count = 2, .sequence = 9, .session = 1, .epoch = 2, .oldest = 9});
  append_operation(frame, {Opcode::kGet, as_bytes(std::string(255, 'k')), {}});
  append_operation(frame, {Opcode::kPut, as_bytes("k"), as_bytes(std::string(255, 'v'))});
  return frame;
}

inline FrameBuffer later_reply_frame() {
  FrameBuffer frame;
  begin_reply(frame, {.count = 1, .sequence = 7, .first = 2, .other_view = true});
  end_answer(frame, begin_answer(frame), Code::kOk);
  return frame;
}

inline FrameBuffer reply_frame() {
  FrameBuffer frame;
  begin_reply(frame, {.count = 1, .sequence = 7});
  end_answer(frame, begin_answer(frame), Code::kOk);
  const std::size_t begun = begin_answer(frame);
  frame.append(as_bytes("xyz"));
  end_answer(frame, begun, Code::kOk);
  end_answer(frame, begin_answer(frame), Code::kNotFound);
  set_reply_count(frame, 3);
  return frame;
}

inline FrameBuffer merge_batch_frame() {
  FrameBuffer frame;
  begin_merge_batch(frame, {.count = 0,
                            .sender = {.node = {3}, .shard = {1}, .incarnation = 9},
                            .number = 4,
                            .clock = {0x50},
                            .horizon = {0x40},
                            .epoch = 0xA1});
  const std::size_t begun = begin_merge_entry(frame, as_bytes("k1"));
  frame.append(as_bytes("CELL"));
  end_merge_entry(frame, begun);
  set_merge_count(frame, 1);
  return frame;
}

inline FrameBuffer merge_ack_frame() {
  FrameBuffer frame;
  write_merge_ack(frame, {.sender = {.node = {2}, .shard = {1}, .incarnation = 8},
                          .incarnation = 9,
                          .below = 5,
                          .beyond = 1,
                          .clock = {0x60},
                          .horizon = {0x41}});
  return frame;
}

// Decodes a frame of any kind to its end; what it says is of no matter here, only that it says it without harm.
inline bool decode_whole(Bytes frame) {
  Reader reader(frame);
  switch (kind_of(frame).value_or(FrameKind::kViewRequest)) {
    case FrameKind::kBriefRequest:
    case FrameKind::kRequest: {
      RequestHeader header;
      Operation operation;
      if (!read_request_header(reader, header)) return false;
      for (std::size_t i = 0; i < header.count; ++i) {
        if (!read_operation(reader, operation)) return false;
      }
      return reader.at_end();
    }
    case FrameKind::kReply: {
      ReplyHeader header;
      Answer answer;
      if (!read_reply_header(reader, header)) return false;
      for (std::size_t i = 0; i < header.count; ++i) {
        if (!read_answer(reader, answer)) return false;
      }
      return reader.at_end();
    }
    case FrameKind::kMergeBatch: {
      MergeBatchHeader header;
      MergeEntry entry;
      if (!read_merge_batch_header(reader, header)) return false;
      for (std::size_t i = 0; i < header.count; ++i) {
        if (!read_merge_entry(reader, entry)) return false;
      }
      return reader.at_end();
    }
    case FrameKind::kMergeAck: {
      MergeAck ack;
      return read_merge_ack(reader, ack);
    }
    default: return false;
  }
}

}  // namespace lath::testing
