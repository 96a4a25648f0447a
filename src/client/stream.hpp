// One session's frames for one place: numbered from 1, kept until they are answered, at most kFramesUnderWayMax of them sent and
// unanswered; the last one may still be open for more operations. The session's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/frame_buffer.hpp"
#include "client/requests.hpp"
#include "lath/ids.hpp"
#include "lath/limits.hpp"
#include "wire/request.hpp"

namespace lath {

// Which request an operation of a frame belongs to.
struct OperationRef {
  static constexpr std::uint32_t kAlone = ~std::uint32_t{0};

  OperationRef(RequestId of, std::uint32_t at, std::uint32_t number = kAlone) : request(of), offset(at), member(number) {}

  RequestId request;
  std::uint32_t offset = 0;       // of the operation within the frame
  std::uint32_t member = kAlone;  // of the request's group
  bool answered = false;
};

struct RequestFrame {
  FrameBuffer bytes;
  std::vector<OperationRef> operations;
  std::uint32_t sequence = 0;
  std::uint64_t epoch = 0;  // of the view by which it was routed
  std::uint8_t ack_nodes = 1;
  std::uint32_t left = 0;   // operations without an answer
  std::uint32_t sends = 0;  // how often the transport has taken it
  std::uint32_t tries = 0;  // of them since the shard last said that it has the frame
  bool has_updates = false;
  bool only_deferred = true;  // so its answer's time says nothing about the way
  bool owes_at_once = false;  // some of it is answered, or said to be under way, as soon as it comes
  TimeNs tried_at = 0;        // when it was first offered to the transport; 0: not yet
  TimeNs sent_at = 0;
  TimeNs owed_at = 0;  // since then the shard owes a word about it; 0: it owes none
  TimeNs resend_at = 0;
  RequestFrame* next = nullptr;
};

// Frames to use again, with all that they have grown to; the last one used goes first.
class RequestFramePool {
 public:
  RequestFrame* take();
  void give(RequestFrame* frame);

 private:
  static constexpr std::size_t kCapacityKept = 4 * kFrameBytesGoal;
  std::vector<std::unique_ptr<RequestFrame>> frames_;
  RequestFrame* free_ = nullptr;
};

// What flushes have made sure of: the updates of a lower order are on that many nodes, 0 being all that there are.
struct Cover {
  std::uint64_t order = 0;
  std::uint8_t nodes = 0;
  bool holds(std::uint64_t updated_before, std::uint8_t nodes_wanted) const {
    return updated_before <= order && (nodes == 0 || (nodes_wanted != 0 && nodes_wanted <= nodes));
  }
};

class Stream {
 public:
  static constexpr TimeNs kResendFirstNs = 50'000'000;
  static constexpr TimeNs kResendMaxNs = 1'000'000'000;

  // A shard tells a session's frames apart by their numbers, of which one session id has so many: a quarter of what 32 bits hold, so
  // that those of two ids are not near each other where an answer comes late.
  static constexpr std::uint32_t kFramesPerId = 1U << 30;

  Stream(Place place, std::uint64_t session, std::uint32_t frames_per_id)
      : place_(place), session_(session), frames_per_id_(frames_per_id) {}

  Place place() const { return place_; }
  bool empty() const { return first_ == nullptr; }
  // Some of its updates are not answered yet.
  bool awaits_updates() const {
    for (const RequestFrame* frame = first_; frame != nullptr; frame = frame->next) {
      if (frame->has_updates) return true;
    }
    return false;
  }
  RequestFrame* first() { return first_; }
  // Nothing that was sent is without an answer.
  bool is_idle() const { return first_ == unsent_; }
  // Two frames are, or more: while one is worked on another waits. Not those that the shard itself keeps waiting, as by wait_until.
  bool is_busy() const {
    unsigned frames = 0;
    for (const RequestFrame* frame = first_; frame != unsent_; frame = frame->next) {
      if (!frame->only_deferred && ++frames == 2) return true;
    }
    return false;
  }
  // One waits that takes no more operations.
  bool has_full_frame() const { return unsent_ != nullptr && unsent_ != last_; }

  // A frame that has room for the operation: the open one, or a new one. `ack_nodes` and `epoch` go into its header.
  RequestFrame& room_for(std::size_t operation_bytes, std::uint64_t epoch, std::uint8_t ack_nodes, RequestFramePool& pool) {
    if (open_) [[likely]] {
      const bool has_room =
          last_->operations.size() < kFrameOperationsMax && last_->bytes.size() + operation_bytes <= kFrameBytesGoal;
      if (has_room && last_->epoch == epoch) [[likely]]
        return *last_;
    }
    return open_frame(epoch, ack_nodes, pool);
  }
  void close_frame() { open_ = false; }  // the next operation goes into another
  // The frame to send next for the first time, closed by this; null where the window is full or nothing waits.
  RequestFrame* next_unsent();
  // It was taken by the transport, as seal() gave it.
  void sent(RequestFrame& frame, TimeNs now);
  bool window_is_full() const { return unsent_ != nullptr && !in_window(*unsent_); }
  // The frame as it may leave now: it says what the shard may forget, and is brief where the connection carried what it leaves out.
  // The epoch stays the one by which the frame was routed: with today's, a shard would take keys for its own that are not.
  Bytes seal(RequestFrame& frame);
  // The connection is another from here on: nothing was said on it yet.
  void forget_context() { context_ = context_once_sent_ = {}; }

  RequestFrame* find(std::uint32_t sequence);
  // The frame is answered, or of no more use.
  void remove(RequestFrame& frame, RequestFramePool& pool);
  void answered_at(const RequestFrame& frame, TimeNs now);
  // The shard has the frame, and will answer what is left of it when it is time: it is asked again now and then whether it lives.
  void is_under_way(RequestFrame& frame, TimeNs now);
  TimeNs patience() const;  // with a reply

  // The numbers of its session id are used up, and everything sent is answered: what waits is numbered anew under another id, which the
  // shard cannot mix up with this one. Frames beyond the last number wait until then.
  bool wants_new_id() const { return next_sequence_ > frames_per_id_ && is_idle(); }
  void renew(std::uint64_t session);

  // What the session keeps with it.
  bool queued = false;  // among those that have something to send
  // Updates that the shard may have, all of a lower order: those that it has answered, and until they are asked elsewhere those that
  // were to go there, whether somebody still waits for them or not.
  std::uint64_t updated_before = 0;
  std::uint64_t answered_before = 0;  // of them, those that it has answered
  void note_update(std::uint64_t order) { updated_before = std::max(updated_before, order + 1); }
  void note_answered(std::uint64_t order) {
    answered_before = std::max(answered_before, order + 1);
    note_update(order);
  }
  void forget_unanswered() { updated_before = answered_before; }  // they are asked elsewhere, or have ended badly
  Cover cover;
  std::uint64_t incarnation = 0;  // of the node, when the stream was last looked at
  TimeNs avoided_until = 0;       // its connection failed a moment ago
  TimeNs heard_at = 0;            // its last reply
  TimeNs silent_until = 0;        // it answered nothing for too long: others go first until then
  unsigned silences = 0;          // in a row

 private:
  static constexpr std::uint8_t kContextsMax = 255;

  // What brief frames leave out, as the last whole frame said it on this connection.
  struct Context {
    std::uint8_t number = 0;  // 0: none was said
    std::uint8_t ack_nodes = 0;
    std::uint64_t session = 0;
    std::uint64_t epoch = 0;
    bool is_of(const RequestFrame& frame, std::uint64_t its_session) const {
      return number != 0 && epoch == frame.epoch && session == its_session && ack_nodes == frame.ack_nodes;
    }
  };

  RequestFrame& open_frame(std::uint64_t epoch, std::uint8_t ack_nodes, RequestFramePool& pool);
  bool in_window(const RequestFrame& frame) const {
    return frame.sequence - oldest() < kFramesUnderWayMax && frame.sequence <= frames_per_id_;
  }
  std::uint32_t oldest() const { return first_ != nullptr ? first_->sequence : next_sequence_; }

  Place place_;
  std::uint64_t session_;
  std::uint32_t frames_per_id_;
  std::uint32_t next_sequence_ = 1;
  RequestFrame* first_ = nullptr;
  RequestFrame* last_ = nullptr;
  RequestFrame* unsent_ = nullptr;  // the first never taken by the transport; all after it are unsent too
  bool open_ = false;               // the last one takes more operations
  Context context_;
  Context context_once_sent_;  // when the frame that was sealed last has been taken
  TimeNs round_trip_ns_ = 0;   // smoothed; 0: not measured yet
};

}  // namespace lath
