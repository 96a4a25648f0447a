#include "client/stream.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace lath {

namespace {
constexpr std::size_t kOperationsFirst = 32;  // what shares a frame without a batch fits, in whichever frame it meets
}

RequestFrame* RequestFramePool::take() {
  if (free_ == nullptr) {
    frames_.push_back(std::make_unique<RequestFrame>());
    free_ = frames_.back().get();
    free_->operations.reserve(kOperationsFirst);
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
  frame->tries = 0;
  frame->tried_at = 0;
  frame->owed_at = 0;
  frame->only_deferred = true;
  frame->owes_at_once = false;
  frame->has_updates = false;
  frame->next = free_;
  free_ = frame;
}

RequestFrame& Stream::open_frame(std::uint64_t epoch, std::uint8_t ack_nodes, RequestFramePool& pool) {
  RequestFrame* frame = pool.take();
  frame->sequence = next_sequence_++;
  frame->epoch = epoch;
  frame->ack_nodes = ack_nodes;
  frame->bytes.extend(kRequestHeaderBytes);  // written when the frame leaves
  (last_ != nullptr ? last_->next : first_) = frame;
  last_ = frame;
  if (unsent_ == nullptr) unsent_ = frame;
  open_ = true;
  return *frame;
}

RequestFrame* Stream::next_unsent() {
  if (unsent_ == nullptr || !in_window(*unsent_)) return nullptr;
  if (unsent_ == last_) open_ = false;
  return unsent_;
}

Bytes Stream::seal(RequestFrame& frame) {
  RequestHeader header{.count = static_cast<std::uint16_t>(frame.operations.size()),
                       .sequence = frame.sequence,
                       .session = session_,
                       .epoch = frame.epoch,
                       .oldest = oldest(),
                       .ack_nodes = frame.ack_nodes};
  // What is sent again is whole: the frame that gave the context may be what was lost. Beyond the last number, which must not mean
  // two things, frames of another context are whole and give none.
  const bool known = context_.is_of(frame, session_);
  header.brief = known && frame.sends == 0;
  context_once_sent_ = context_;
  if (!known && frame.sends == 0 && context_.number < kContextsMax) {
    const auto number = static_cast<std::uint8_t>(context_.number + 1);
    context_once_sent_ = {.number = number, .ack_nodes = frame.ack_nodes, .session = session_, .epoch = frame.epoch};
  }
  header.context = context_once_sent_.is_of(frame, session_) ? context_once_sent_.number : std::uint8_t{0};
  write_request_header(frame.bytes.data() + kRequestHeaderBytes, header);
  return frame.bytes.bytes().subspan(header.brief ? kRequestHeaderBytes - kBriefHeaderBytes : 0);
}

TimeNs Stream::patience() const {
  return std::max(4 * round_trip_ns_, kResendFirstNs);
}

void Stream::sent(RequestFrame& frame, TimeNs now) {
  context_ = context_once_sent_;
  if (&frame == unsent_) unsent_ = frame.next;
  frame.sent_at = now;
  if (frame.owed_at == 0 && (frame.owes_at_once || frame.sends > 0)) frame.owed_at = now;
  const unsigned doublings = std::min<unsigned>(frame.tries, 10);
  frame.resend_at = now + std::min(patience() << doublings, std::max(kResendMaxNs, patience()));
  ++frame.sends;
  ++frame.tries;
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

void Stream::is_under_way(RequestFrame& frame, TimeNs now) {
  frame.tries = 1;
  frame.resend_at = now + kResendMaxNs;
  frame.only_deferred = true;
}

void Stream::renew(std::uint64_t session) {
  LATH_ASSERT(is_idle());
  session_ = session;
  next_sequence_ = 1;
  for (RequestFrame* frame = first_; frame != nullptr; frame = frame->next) frame->sequence = next_sequence_++;
}

}  // namespace lath
