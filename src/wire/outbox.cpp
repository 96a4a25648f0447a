#include "wire/outbox.hpp"

namespace lath {

void Outbox::enqueue(const Destination& to, FrameBuffer frame) {
  Queue& queue = queues_[to];
  if (queue.bytes + frame.size() > kDestinationBytesMax) {
    forget(std::move(frame));
    return;
  }
  queue.bytes += frame.size();
  queue.frames.push_back(std::move(frame));
}

void Outbox::drop(const Destination& to) {
  const auto found = queues_.find(to);
  if (found == queues_.end()) return;
  for (FrameBuffer& frame : found->second.frames) forget(std::move(frame));
  queues_.erase(found);
}

void Outbox::forget(FrameBuffer frame) {
  bytes_ -= frame.size();
  ++frames_dropped_;
  pool_.give(std::move(frame));
}

}  // namespace lath
