#include "shard/session_window.hpp"

#include <algorithm>

namespace lath {

UpdateOutcome SessionWindow::Frame::outcome_of(std::uint16_t operation) const {
  const auto found = std::ranges::lower_bound(failures, operation, {}, &UpdateOutcome::operation);
  return found == failures.end() || found->operation != operation ? UpdateOutcome{} : *found;
}

SessionWindow::Verdict SessionWindow::judge(std::uint32_t sequence, std::uint32_t oldest) {
  oldest_ = std::max(oldest_, oldest);
  if (sequence < oldest_) return Verdict::kStale;
  if (sequence - oldest_ >= kFramesUnderWayMax) return Verdict::kBeyond;
  const Frame* frame = find(sequence);
  if (frame == nullptr) return Verdict::kNew;
  return frame->deferred ? Verdict::kDeferred : Verdict::kRepeated;
}

// The slot's frame before was a window's length ago, below `oldest`.
SessionWindow::Frame& SessionWindow::remember(std::uint32_t sequence) {
  Frame& frame = frames_[sequence % kFramesUnderWayMax];
  frame.sequence = sequence;
  frame.deferred = false;
  frame.failures.clear();
  return frame;
}

SessionWindow::Frame* SessionWindow::find(std::uint32_t sequence) {
  Frame& frame = frames_[sequence % kFramesUnderWayMax];
  return frame.sequence == sequence ? &frame : nullptr;
}

SessionWindow* SessionTable::find(std::uint64_t session) {
  const auto found = windows_.find(session);
  return found == windows_.end() ? nullptr : &found->second;
}

SessionWindow& SessionTable::open(std::uint64_t session, PeerId from) {
  auto found = windows_.find(session);
  if (found == windows_.end()) {
    if (windows_.size() >= kSessionsRememberedMax) forget_one();
    found = windows_.try_emplace(session).first;
    found->second.peer = from;
  }
  found->second.last_use = ++uses_;
  return found->second;
}

std::size_t SessionTable::forget(PeerId peer) {
  return std::erase_if(windows_, [&](const auto& entry) { return entry.second.peer == peer; });
}

void SessionTable::forget_one() {
  const auto silent = std::ranges::min_element(windows_, {}, [](const auto& entry) { return entry.second.last_use; });
  windows_.erase(silent);
  ++forgotten_;
}

}  // namespace lath
