#include "control/control.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace lath {

namespace {

constexpr TimeNs kNothingDue = ~TimeNs{0};

bool takes_part(NodeState state) {
  return state == NodeState::kAlive || state == NodeState::kLeaving;
}

void send_all(std::vector<FrameBuffer> frames, const Outbox::Destination& to, Outbox& outbox) {
  for (FrameBuffer& frame : frames) {
    if (const auto* peer = std::get_if<PeerId>(&to))
      outbox.send(*peer, std::move(frame));
    else
      outbox.send(std::get<Place>(to), std::move(frame));
  }
}

}  // namespace

Control::Control(NodeId self, View view, Random random) : self_(self), incarnation_(0), view_(std::move(view)), random_(random) {
  const NodeEntry* mine = view_.find(self);
  LATH_ASSERT(mine != nullptr);
  incarnation_ = mine->incarnation;
  // All hold the same view from the bootstrap: nobody has to be asked.
  for (const NodeEntry* entry : view_.entries()) {
    if (entry->id != self_ && takes_part(entry->state)) peers_[entry->id].epoch = view_.epoch();
  }
}

ControlSender Control::sender() const {
  return {self_, incarnation_, view_.epoch()};
}

void Control::announce(NodeState state, TimeNs now) {
  NodeEntry mine = *view_.find(self_);
  mine.state = state;
  if (view_.merge(mine)) view_grew(Due::kNews, now);
}

void Control::ask(Peer& peer, TimeNs now) {
  if (peer.due != Due::kNothing) return;
  peer.due = Due::kQuestion;
  peer.due_at = now;
  peer.delay = kControlDelayMinNs;
  peer.tries = 0;
}

void Control::ask(TimeNs now) {
  for (auto& [node, peer] : peers_) ask(peer, now);
}

void Control::ask(NodeId node, bool once, TimeNs now) {
  const auto known = peers_.find(node);
  if (known == peers_.end() || known->second.due != Due::kNothing) return;
  ask(known->second, now);
  if (once) known->second.tries = kControlTriesMax - 1;
}

void Control::lost(NodeId lost, TimeNs now) {
  const auto known = peers_.find(lost);
  if (known == peers_.end()) return;
  if (is_leaving()) {
    known->second.due = Due::kNothing;
    lost_.insert(lost);
    return;
  }
  for (auto& [node, peer] : peers_) {
    if (node != lost) ask(peer, now);
  }
}

void Control::view_grew(Due first, TimeNs at) {
  const std::uint64_t epoch = view_.epoch();
  std::map<NodeId, Peer> peers;
  for (const NodeEntry* entry : view_.entries()) {
    if (entry->id == self_ || !takes_part(entry->state)) continue;
    const auto known = peers_.find(entry->id);
    Peer peer;
    if (known != peers_.end()) peer.epoch = known->second.epoch;
    if (peer.epoch != epoch && !lost_.contains(entry->id)) {
      peer.due = first;
      peer.due_at = at;
    }
    peers[entry->id] = peer;
  }
  peers_ = std::move(peers);
}

void Control::heard(NodeId from, std::uint64_t epoch, TimeNs now) {
  const auto known = peers_.find(from);
  if (known == peers_.end()) return;
  Peer& peer = known->second;
  peer.epoch = epoch;
  if (epoch == view_.epoch()) {
    peer = Peer{};
    peer.epoch = epoch;
    return;
  }
  // It lacks something of ours, or we of its; our view makes it answer with what we lack.
  if (peer.due != Due::kView) {
    peer.tries = 0;
    peer.delay = kControlDelayMinNs;
    peer.due = Due::kView;
    peer.due_at = now;
  }
}

void Control::handle(const Message& message, TimeNs now, Outbox& outbox) {
  const auto frame = decode_control_frame(message.bytes);
  if (!frame || frame->sender.node == self_) {
    ++counters_.dropped_garbage;
    return;
  }
  if (frame->kind == FrameKind::kView) ++counters_.views_received;
  lost_.erase(frame->sender.node);
  if (peers_.contains(frame->sender.node)) signs_[frame->sender.node] = true;
  bool grew = false;
  for (const NodeEntry& entry : frame->entries) grew |= view_.merge(entry);
  if (grew) {
    ++counters_.views_grown;
    view_grew(Due::kQuestion, now + kControlQuestionNs + random_.below(kControlQuestionNs));
  }
  if (!frame->last) return;
  heard(frame->sender.node, frame->sender.epoch, now);
  // Whoever told or asked something learns our epoch; a frame without entries is itself such an answer, and ends the exchange. A
  // node that has left is told by no turn of ours any more, and may wait for what we know.
  const bool question = frame->kind == FrameKind::kViewRequest;
  const bool equal = frame->sender.epoch == view_.epoch();
  const bool told_later = peers_.contains(frame->sender.node);
  if (!equal && (question || !told_later)) {
    ++counters_.views_sent;
    send_all(encode_view(view_, sender()), message.from, outbox);
  } else if (question || !frame->entries.empty()) {
    send_all(encode_entries({}, sender()), message.from, outbox);
  }
}

void Control::send_due(NodeId to, Peer& peer, TimeNs now, Outbox& outbox) {
  if (peer.tries == kControlTriesMax) {
    ++counters_.given_up;
    peer.due = Due::kNothing;
    signs_[to] = false;
    if (is_leaving()) lost_.insert(to);
    return;
  }
  const Place place{to, kControlShard};
  switch (peer.due) {
    case Due::kNothing: return;
    case Due::kNews: {
      const std::array<const NodeEntry*, 1> mine = {view_.find(self_)};
      send_all(encode_entries(mine, sender()), place, outbox);
      ++counters_.views_sent;
      break;
    }
    case Due::kView:
      send_all(encode_view(view_, sender()), place, outbox);
      ++counters_.views_sent;
      break;
    case Due::kQuestion:
      outbox.send(place, encode_view_request(sender()));
      ++counters_.questions_sent;
      break;
  }
  ++peer.tries;
  if (peer.due == Due::kNews) peer.due = Due::kView;  // what was lost is made up for by the whole
  peer.due_at = now + peer.delay + random_.below(peer.delay / 2);
  peer.delay = std::min(peer.delay * 2, kControlDelayMaxNs);
}

void Control::tick(TimeNs now, Outbox& outbox) {
  for (auto& [node, peer] : peers_) {
    if (peer.due != Due::kNothing && peer.due_at <= now) send_due(node, peer, now, outbox);
  }
}

TimeNs Control::next_deadline() const {
  TimeNs next = kNothingDue;
  for (const auto& [node, peer] : peers_) {
    if (peer.due != Due::kNothing) next = std::min(next, peer.due_at);
  }
  return next;
}

bool Control::agreed() const {
  return std::all_of(peers_.begin(), peers_.end(), [](const auto& peer) { return peer.second.due == Due::kNothing; });
}

}  // namespace lath
