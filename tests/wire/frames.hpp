// One valid frame of every kind, which the tests compare with golden bytes and then damage.
#pragma once

#include <string>
#include <vector>

#include "wire/merge_batch.hpp"
#include "wire/reply.hpp"
#include "wire/request.hpp"
#include "wire/transfer.hpp"
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

inline FrameBuffer ask_frame() {
  FrameBuffer frame;
  write_ask(frame, {.token = 0x102, .source = 3, .offset = 0x40000, .bytes = 0x10000});
  return frame;
}

inline FrameBuffer chunk_frame() {
  FrameBuffer frame;
  begin_chunk(frame, {.token = 0x102, .source = 3});
  frame.append(as_bytes("part"));
  return frame;
}

inline FrameBuffer release_frame() {
  FrameBuffer frame;
  write_release(frame, 3);
  return frame;
}

inline FrameBuffer fetch_frame() {
  FrameBuffer frame;
  write_fetch(frame, {.token = 7, .key = as_bytes("k1")});
  return frame;
}

inline LargeOffer large_offer() {
  return {.source = 3,
          .bytes = 0x10001,
          .lease_ns = 30,
          .stamp = {0x50},
          .writer = {.node = {3}, .shard = {1}, .incarnation = 9},
          .head = as_bytes("he"),
          .exports = {as_bytes("key")},
          .pieces = {{0, 0x7000, 0x10000}, {0, 0x9000, 1}}};
}

inline FrameBuffer offer_frame() {
  FrameBuffer frame;
  write_offer(frame, {.token = 7, .gone = false, .offer = large_offer()});
  return frame;
}

inline FrameBuffer held_frame() {
  FrameBuffer frame;
  write_held(frame, {.sender = {.node = {2}, .shard = {1}, .incarnation = 8},
                     .incarnation = 9,
                     .stamp = {0x50},
                     .writer = {.node = {3}, .shard = {1}, .incarnation = 9},
                     .key = as_bytes("k1")});
  return frame;
}

inline LargeSource large_source() {
  LargeSource source{.source = 3, .address = 0x7000, .layout = {}, .head = as_bytes("he"), .exported = as_bytes("key")};
  source.layout.run_bytes = 0x8000;
  source.layout.level_count = 1;
  source.layout.levels[0] = {.count = 3, .stride = 0x10000};
  return source;
}

inline FrameBuffer put_large_frame() {
  FrameBuffer argument;
  append_large_source(argument, large_source());
  FrameBuffer frame;
  begin_request(frame, {.count = 1, .sequence = 7, .session = 0x1122334455667788, .epoch = 0xA1, .oldest = 7});
  append_operation(frame, {Opcode::kPutLarge, as_bytes("k1"), argument.bytes()});
  return frame;
}

inline bool decode_whole_request(Bytes frame) {
  Reader reader(frame);
  RequestHeader header;
  Operation operation;
  if (!read_request_header(reader, header)) return false;
  for (std::size_t i = 0; i < header.count; ++i) {
    if (!read_operation(reader, operation)) return false;
    if (operation.opcode == Opcode::kPutLarge && !read_large_source(operation.argument)) return false;
  }
  return reader.at_end();
}

inline bool decode_whole_reply(Bytes frame) {
  Reader reader(frame);
  ReplyHeader header;
  Answer answer;
  if (!read_reply_header(reader, header)) return false;
  for (std::size_t i = 0; i < header.count; ++i) {
    if (!read_answer(reader, answer)) return false;
    if (answer.status == Code::kLarge && !read_large_offer(answer.payload)) return false;
  }
  return reader.at_end();
}

inline bool decode_whole_merge_batch(Bytes frame) {
  Reader reader(frame);
  MergeBatchHeader header;
  MergeEntry entry;
  if (!read_merge_batch_header(reader, header)) return false;
  for (std::size_t i = 0; i < header.count; ++i) {
    if (!read_merge_entry(reader, entry)) return false;
  }
  return reader.at_end();
}

template <class Content>
bool reads(bool (*read)(Bytes, Content&), Bytes frame) {
  Content content{};
  return read(frame, content);
}

// Decodes a frame of any kind to its end; what it says is of no matter here, only that it says it without harm.
inline bool decode_whole(Bytes frame) {
  switch (kind_of(frame).value_or(FrameKind::kViewRequest)) {
    case FrameKind::kBriefRequest:
    case FrameKind::kRequest: return decode_whole_request(frame);
    case FrameKind::kReply: return decode_whole_reply(frame);
    case FrameKind::kMergeBatch: return decode_whole_merge_batch(frame);
    case FrameKind::kMergeAck: {
      Reader reader(frame);
      MergeAck ack;
      return read_merge_ack(reader, ack);
    }
    case FrameKind::kAsk: return reads(read_ask, frame);
    case FrameKind::kChunk: return reads(read_chunk, frame);
    case FrameKind::kRelease: return reads(read_release, frame);
    case FrameKind::kFetch: return reads(read_fetch, frame);
    case FrameKind::kOffer: return reads(read_offer, frame);
    case FrameKind::kHeld: return reads(read_held, frame);
    default: return false;
  }
}

}  // namespace lath::testing
