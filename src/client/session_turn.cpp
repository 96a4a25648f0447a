// What a session does with time: sends, sends again, gives up.
#include <algorithm>

#include "client/session.hpp"

namespace lath {

namespace {
constexpr TimeNs kBusyPauseNs = 1'000'000;   // before a frame that found no credit is tried again
constexpr TimeNs kBusyCheckNs = 50'000'000;  // whether a place that takes nothing is silent
}  // namespace

void Session::turn(TimeNs now, FrameSink& sink) {
  if (router_.is_stale()) follow_view(now, sink);
  if (now >= next_check_) check(now, sink);
  if (flush_may_advance_) advance_flushes(now);
  for (std::size_t at = 0; at < queue_.size();) {
    if (send_stream(queue_[at], now, sink) == Delivery::kWaits) {
      ++at;
      continue;
    }
    streams_[queue_[at]]->queued = false;
    queue_[at] = queue_.back();
    queue_.pop_back();
  }
}

// Rare: at deadlines, and when a reply is late. So it may look at everything.
void Session::check(TimeNs now, FrameSink& sink) {
  next_check_ = kForeverNs;
  for (std::uint32_t number = 0; number < streams_.size(); ++number) check_stream(number, now, sink);
  check_parked(now);
  for (std::size_t at = flushes_.size(); at > 0; --at) {
    RequestSlot* slot = requests_.find_under_way(flushes_[at - 1].request);
    if (slot != nullptr && now <= slot->deadline) {
      check_at(slot->deadline);
      continue;
    }
    const Flush over = flushes_[at - 1];
    flushes_.erase(flushes_.begin() + static_cast<std::ptrdiff_t>(at - 1));
    if (slot != nullptr) fail(over.request, *slot, why_late(over), nullptr);
  }
}

void Session::check_stream(std::uint32_t number, TimeNs now, FrameSink& sink) {
  Stream& stream = *streams_[number];
  if (is_silent(stream, now)) leave_silent(number, now);
  for (RequestFrame* frame = stream.first(); frame != nullptr;) {
    RequestFrame* next = frame->next;
    if (!check_frame(stream, *frame, now)) {
      stream.remove(*frame, frames_);
    } else if (frame->sends > 0) {
      if (now >= frame->resend_at) {
        const Sent sent = sink.send(number, stream.place(), stream.seal(*frame));
        if (sent == Sent::kClosed) return connection_failed(number, now, sink);
        if (sent == Sent::kAccepted) {
          stream.sent(*frame, now);
          ++counters_.frames_resent;
        } else {
          frame->resend_at = now + kBusyPauseNs;
        }
      }
      check_at(frame->resend_at);
    }
    frame = next;
  }
}

// Ends what is out of time. false: nobody waits for the frame any more.
bool Session::check_frame(Stream& stream, RequestFrame& frame, TimeNs now) {
  bool awaited = false;
  for (OperationRef& ref : frame.operations) {
    if (ref.answered) continue;
    RequestSlot* slot = requests_.find_under_way(ref.request);
    if (slot == nullptr) continue;
    if (now <= slot->deadline) {
      awaited = true;
      check_at(slot->deadline);
      continue;
    }
    const bool never_sent = frame.sends == 0 && !slot->may_be_applied;
    slot = own_slot(ref);
    const Reason reason = slot->is_parked ? Reason::kParked : never_sent ? Reason::kNeverSent : Reason::kNoAnswer;
    Failure failure(Code::kTimeout, reason, operation_of(frame, ref));
    if (slot->is_parked) failure.lagging = slot->failure.lagging;
    fail(ref.request, *slot, failure, &stream);
  }
  return awaited;
}

void Session::check_parked(TimeNs now) {
  for (std::size_t at = 0; at < parked_.size();) {
    RequestSlot* slot = requests_.find_under_way(parked_[at].request);
    const bool due = now >= parked_[at].retry_at || parked_[at].view_version != router_.version();
    if (slot != nullptr && now <= slot->deadline && !due) {
      check_at(std::min(slot->deadline, parked_[at].retry_at));
      ++at;
      continue;
    }
    Parked parked = std::move(parked_[at]);
    parked_[at] = std::move(parked_.back());
    parked_.pop_back();
    if (slot != nullptr) retry(parked, now);
  }
}

Session::Delivery Session::send_stream(std::uint32_t number, TimeNs now, FrameSink& sink) {
  Stream& stream = *streams_[number];
  while (stream.window_is_full()) {
    if (stream.wants_new_id()) {
      stream.renew(random_.next());
    } else if (!make_window_room(number)) {
      return Delivery::kWaits;
    }
  }
  while (RequestFrame* frame = stream.next_unsent()) {
    const Sent sent = sink.send(number, stream.place(), stream.seal(*frame));
    if (frame->tried_at == 0) frame->tried_at = now;
    if (sent == Sent::kBusy) {
      check_at(now + kBusyCheckNs);
      return Delivery::kWaits;
    }
    if (sent == Sent::kClosed) {
      connection_failed(number, now, sink);
      return Delivery::kSent;
    }
    stream.sent(*frame, now);
    check_at(frame->resend_at);
    ++counters_.frames_sent;
  }
  return stream.window_is_full() ? Delivery::kWaits : Delivery::kSent;
}

// A wait may stay unanswered for hours, and must not hold up what comes after it: its frame is given up, and it is asked again in a
// newer one. The shard forgets a waiter whose frame falls out of the window.
bool Session::make_window_room(std::uint32_t number) {
  Stream& stream = *streams_[number];
  RequestFrame& oldest = *stream.first();
  for (const OperationRef& ref : oldest.operations) {
    if (!ref.answered && !is_deferred(operation_of(oldest, ref).opcode)) return false;
  }
  for (const OperationRef& ref : oldest.operations) {
    if (!ref.answered && requests_.find_under_way(ref.request) != nullptr) append(number, ref.request, operation_of(oldest, ref));
  }
  stream.remove(oldest, frames_);
  return true;
}

}  // namespace lath
