#include "client/stream.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace lath {

RequestFrame* RequestFramePool::take() {
  if (free_ == nullptr) {
    frames_.push_back(std::make_unique<RequestFrame>());
    free_ = frames_.back().get();
  }
  RequestFrame* frame = free_;
  free_ = frame->next;
  frame->next = nullptr;
  return frame;
}

void RequestFramePool::give(RequestFrame* frame) {
  if (frame->bytes.capacity() > kCapacityKept) frame->bytes = FrameBuffer();
  frame->bytes.clear();
  frame->operations.clear();
  frame->left = 0;
  frame->sends = 0;
  frame->tried_at = 0;
  frame->only_deferred = true;
  frame->next = free_;
  free_ = frame;
}

RequestFrame& Stream::room_for(std::size_t operation_bytes, std::uint64_t epoch, std::uint8_t ack_nodes, RequestFramePool& pool) {
  if (open_ && (last_->operations.size() >= kFrameOperationsMax || last_->bytes.size() + operation_bytes > kFrameBytesGoal ||
                last_->epoch != epoch)) {
    close();
  }
  if (open_) return *last_;
  RequestFrame* frame = pool.take();
  frame->sequence = next_sequence_++;
  frame->epoch = epoch;
  begin_request(frame->bytes, {.count = 1,
                               .sequence = frame->sequence,
                               .session = session_,
                               .epoch = epoch,
                               .oldest = first_ != nullptr ? first_->sequence : frame->sequence,
                               .ack_nodes = ack_nodes});
  (last_ != nullptr ? last_->next : first_) = frame;
  last_ = frame;
  if (unsent_ == nullptr) unsent_ = frame;
  open_ = true;
  return *frame;
}

void Stream::close() {
  set_count(last_->bytes, static_cast<std::uint16_t>(last_->operations.size()));
  open_ = false;
}

RequestFrame* Stream::next_unsent() {
  if (unsent_ == nullptr || !in_window(*unsent_)) return nullptr;
  if (unsent_ == last_ && open_) close();
  return unsent_;
}

TimeNs Stream::patience() const {
  return std::max(4 * round_trip_ns_, kResendFirstNs);
}

void Stream::sent(RequestFrame& frame, TimeNs now) {
  if (&frame == unsent_) unsent_ = frame.next;
  frame.sent_at = now;
  const unsigned doublings = std::min<unsigned>(frame.sends, 10);
  frame.resend_at = now + std::min(patience() << doublings, std::max(kResendMaxNs, patience()));
  ++frame.sends;
}

RequestFrame* Stream::find(std::uint32_t sequence) {
  for (RequestFrame* frame = first_; frame != nullptr && frame->sequence <= sequence; frame = frame->next) {
    if (frame->sequence == sequence) return frame;
  }
  return nullptr;
}

void Stream::remove(RequestFrame& frame, RequestFramePool& pool) {
  RequestFrame* before = nullptr;
  for (RequestFrame* at = first_; at != &frame; at = at->next) {
    LATH_ASSERT(at != nullptr);
    before = at;
  }
  (before != nullptr ? before->next : first_) = frame.next;
  if (last_ == &frame) {
    last_ = before;
    open_ = false;
  }
  if (unsent_ == &frame) unsent_ = frame.next;
  pool.give(&frame);
}

void Stream::answered_at(const RequestFrame& frame, TimeNs now) {
  // A frame that was sent twice does not say which of the two is answered (Karn and Partridge 1987).
  if (frame.sends != 1 || frame.only_deferred || now < frame.sent_at) return;
  const TimeNs sample = now - frame.sent_at;
  round_trip_ns_ = round_trip_ns_ == 0 ? sample : (7 * round_trip_ns_ + sample) / 8;
}

void Stream::renew(std::uint64_t session) {
  LATH_ASSERT(first_ == nullptr);
  session_ = session;
  next_sequence_ = 1;
}

}  // namespace lath
