// Writes the answers to one request frame: consecutive ones share a reply frame, up to about kFrameBytesGoal; a gap (an answer that
// comes later) or a full frame begins the next.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "metrics/shard_counters.hpp"
#include "wire/outbox.hpp"
#include "wire/reply.hpp"

namespace lath {

class ReplyWriter {
 public:
  ReplyWriter(Outbox& outbox, PeerId to, std::uint32_t sequence, bool other_view)
      : outbox_(outbox), to_(to), sequence_(sequence), other_view_(other_view) {}

  // payload(frame) appends the payload and returns the status.
  template <class Payload>
  Code answer(std::uint16_t operation, Payload&& payload) {
    if (count_ > 0 && (operation != first_ + count_ || frame_.size() >= kFrameBytesGoal)) finish();
    if (count_ == 0) {
      if (frame_.capacity() == 0) frame_ = outbox_.acquire();
      first_ = operation;
      begin_reply(frame_, {.count = 1, .sequence = sequence_, .first = operation, .other_view = other_view_});
    }
    const std::size_t begun = begin_answer(frame_);
    Code status = payload(frame_);
    if (bytes_ + frame_.size() > kAnswersBytesMax) {
      frame_.truncate(begun + kAnswerHeaderBytes);
      status = Code::kTooLarge;
    }
    end_answer(frame_, begun, status);
    ++count_;
    return status;
  }
  // kOk, with the first `size` bytes of a word: most answers.
  void answer_short(std::uint16_t operation, std::uint64_t word, std::size_t size) {
    const std::size_t begun = frame_.size();
    const bool goes_on = count_ > 0 && operation == first_ + count_ && begun < kFrameBytesGoal;
    if (!goes_on || bytes_ > kAnswersBytesMax - 2 * kFrameBytesGoal) [[unlikely]] {
      answer(operation, [&](FrameBuffer& frame) {
        frame.append(std::as_bytes(std::span(&word, 1)).first(size));
        return Code::kOk;
      });
      return;
    }
    std::byte* at = frame_.extend(kAnswerHeaderBytes + sizeof word);
    const std::uint32_t head = answer_head(size, Code::kOk);
    std::memcpy(at, &head, sizeof head);
    std::memcpy(at + sizeof head, &word, sizeof word);
    frame_.truncate(begun + kAnswerHeaderBytes + size);
    ++count_;
  }
  void answer_status(std::uint16_t operation, Code status) {
    answer(operation, [status](FrameBuffer&) { return status; });
  }
  void answer_wrong_type(std::uint16_t operation, const HeldTypes& held) {
    answer(operation, [&](FrameBuffer& frame) {
      write_held_types(frame, held);
      return Code::kWrongType;
    });
  }

  // Sends what is written. Returns how many frames that made in all.
  std::uint64_t finish() {
    if (count_ == 0) return frames_;
    set_reply_count(frame_, count_);
    bytes_ += frame_.size();
    outbox_.send(to_, std::move(frame_));  // which is empty then
    count_ = 0;
    return ++frames_;
  }

 private:
  Outbox& outbox_;
  PeerId to_;
  std::uint32_t sequence_;
  bool other_view_;
  FrameBuffer frame_;
  std::uint16_t first_ = 0;
  std::uint16_t count_ = 0;
  std::size_t bytes_ = 0;  // of the frames before this one
  std::uint64_t frames_ = 0;
};

}  // namespace lath
