// What a state machine wants sent, in order for each destination: a connection (answers) or a place (peers). A destination that
// takes nothing has a queue of its own and holds up no other; all queues together are bounded by kOutboxBytesMax, and what does
// not fit is dropped and counted: sessions and gossip send again. Owned by one thread; the loop joins it to a transport.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "base/frame_buffer.hpp"
#include "lath/ids.hpp"
#include "lath/limits.hpp"

namespace lath {

class Outbox {
 public:
  using Destination = std::variant<PeerId, Place>;

  enum class Offer {
    kTaken,  // the frame has left, and is empty
    kLater,  // no credit: it is untouched, and waits in its destination's queue
    kGone,   // the destination cannot be reached: it and all behind it are dropped
  };

  FrameBuffer acquire() { return pool_.take(); }
  void release(FrameBuffer frame) { pool_.give(std::move(frame)); }  // an unused frame, or one that the transport gave back

  void send(PeerId peer, FrameBuffer&& frame) { add(peer, std::move(frame)); }
  void send(Place place, FrameBuffer&& frame) { add(place, std::move(frame)); }

  bool empty() const { return fresh_.empty() && queues_.empty(); }
  bool lags(const Destination& to) const { return !queues_.empty() && queues_.contains(to); }  // has frames that were refused
  std::size_t bytes() const { return bytes_; }
  std::uint64_t frames_dropped() const { return frames_dropped_; }

  // Offers what is pending to `deliver`: Offer(const Destination&, FrameBuffer&). Returns how many frames were taken.
  template <class Deliver>
  std::size_t flush(Deliver&& deliver);

  // Forgets what waits for a destination.
  void drop(const Destination& to);

 private:
  static constexpr std::size_t kDestinationBytesMax = kOutboxBytesMax / 2;  // one stopped peer leaves room for the others

  struct Item {
    Item(const Destination& where, FrameBuffer&& what) : to(where), frame(std::move(what)) {}
    Destination to;
    FrameBuffer frame;
  };
  struct Queue {
    std::deque<FrameBuffer> frames;
    std::size_t bytes = 0;
  };
  using Queues = std::map<Destination, Queue>;

  void add(const Destination& to, FrameBuffer&& frame) {
    bytes_ += frame.size();
    if (bytes_ > kOutboxBytesMax) [[unlikely]]
      return forget(std::move(frame));
    fresh_.emplace_back(to, std::move(frame));
  }
  void enqueue(const Destination& to, FrameBuffer frame);
  void forget(FrameBuffer frame);
  template <class Deliver>
  std::size_t flush_queue(const Destination& to, Queue& queue, Deliver& deliver);

  FramePool pool_;
  std::vector<Item> fresh_;  // of this turn
  Queues queues_;            // of destinations that refused; empty where nobody lags
  std::size_t bytes_ = 0;
  std::uint64_t frames_dropped_ = 0;
};

template <class Deliver>
std::size_t Outbox::flush(Deliver&& deliver) {
  std::size_t taken = 0;
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    taken += flush_queue(queue->first, queue->second, deliver);
    queue = queue->second.frames.empty() ? queues_.erase(queue) : std::next(queue);
  }
  for (Item& item : fresh_) {
    if (!queues_.empty() && queues_.contains(item.to)) {
      enqueue(item.to, std::move(item.frame));
      continue;
    }
    const std::size_t bytes = item.frame.size();
    switch (deliver(std::as_const(item.to), item.frame)) {
      case Offer::kTaken:
        bytes_ -= bytes;
        ++taken;
        break;
      case Offer::kLater: enqueue(item.to, std::move(item.frame)); break;
      case Offer::kGone: forget(std::move(item.frame)); break;
    }
  }
  fresh_.clear();
  return taken;
}

template <class Deliver>
std::size_t Outbox::flush_queue(const Destination& to, Queue& queue, Deliver& deliver) {
  std::size_t taken = 0;
  while (!queue.frames.empty()) {
    const std::size_t bytes = queue.frames.front().size();
    const Offer offer = deliver(to, queue.frames.front());
    if (offer == Offer::kLater) break;
    if (offer == Offer::kGone) {
      for (FrameBuffer& frame : queue.frames) forget(std::move(frame));
      queue.frames.clear();
      break;
    }
    bytes_ -= bytes;
    queue.bytes -= bytes;
    queue.frames.pop_front();
    ++taken;
  }
  return taken;
}

}  // namespace lath
