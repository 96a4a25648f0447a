// The node's second state machine: agrees with the other nodes' on the view. Messages and time in, frames out; no I/O.
//
// A change of ours is sent to every node, and sent again until that node's epoch is ours; a change that we heard from its owner is
// checked the same way, later and by question. Different epochs exchange views; views merge, so the exchange ends with equal ones.
// A node that does not answer is given up after kControlTriesMax, until it speaks again. Quiet clusters send nothing, but for what a
// NodeWatch wants to be asked.
// One thread, the control thread's.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "base/clock.hpp"
#include "base/message.hpp"
#include "base/random.hpp"
#include "control/view_codec.hpp"
#include "topology/membership.hpp"
#include "wire/outbox.hpp"

namespace lath {

inline constexpr ShardId kControlShard{0xffffffff};  // the control thread, as a Place of its node
inline constexpr unsigned kControlTriesMax = 9;      // at least 5.5 s with the delays below: longer than a stalled host's hiccup
inline constexpr TimeNs kControlDelayMinNs = 50'000'000;  // before sending again; doubling
inline constexpr TimeNs kControlDelayMaxNs = 1'000'000'000;
inline constexpr TimeNs kControlQuestionNs = 100'000'000;  // news from its owner gets this long to reach others by itself

struct ControlCounters {
  std::uint64_t views_sent = 0;
  std::uint64_t views_received = 0;
  std::uint64_t views_grown = 0;
  std::uint64_t questions_sent = 0;
  std::uint64_t dropped_garbage = 0;
  std::uint64_t given_up = 0;  // times that a node left what it was told or asked without an answer
};

class Control {
 public:
  // `view` holds `self`, as kAlive.
  Control(NodeId self, View view, Random random);

  const View& view() const { return view_; }
  // This node's new state: kLeaving before it hands its keys over, kLeft after, or kDead where that came to
  // no end.
  void announce(NodeState state, TimeNs now);

  // Asks the others for their view, where it may be newer: somebody was told so.
  void ask(TimeNs now);
  // Asks one; `once`: and gives it up at once, since nothing is expected of it.
  void ask(NodeId node, bool once, TimeNs now);

  // Who gave a sign of life since the last call, and who was given up (false); the last of each node.
  std::map<NodeId, bool> take_signs() { return std::exchange(signs_, {}); }

  // The connection to a node ended, or could not be made. Who stays asks the others: it may have left while we were stopped or cut off.
  // Who is leaving does not look for it again: it is leaving too, or finds out by itself.
  void lost(NodeId node, TimeNs now);
  // Who is leaving does not wait for these: they were lost, or gave kControlTriesMax frames no answer, and have not spoken since.
  const std::set<NodeId>& lost_nodes() const { return lost_; }

  void handle(const Message& message, TimeNs now, Outbox& outbox);
  void tick(TimeNs now, Outbox& outbox);
  TimeNs next_deadline() const;  // ~0: nothing is due

  // Every node that takes part has this view, or was given up.
  bool agreed() const;
  const ControlCounters& counters() const { return counters_; }

 private:
  enum class Due { kNothing, kNews, kView, kQuestion };
  struct Peer {
    std::uint64_t epoch = 0;  // as it last said; 0: it never has
    Due due = Due::kNothing;
    TimeNs due_at = 0;
    TimeNs delay = kControlDelayMinNs;
    unsigned tries = 0;
  };

  static void ask(Peer& peer, TimeNs now);
  void view_grew(Due first, TimeNs at);
  void heard(NodeId from, std::uint64_t epoch, TimeNs now);
  bool is_leaving() const { return view_.find(self_)->state != NodeState::kAlive; }
  void send_due(NodeId to, Peer& peer, TimeNs now, Outbox& outbox);
  ControlSender sender() const;

  NodeId self_;
  std::uint64_t incarnation_;
  View view_;
  Random random_;
  std::map<NodeId, Peer> peers_;  // that take part
  std::set<NodeId> lost_;         // only while leaving
  std::map<NodeId, bool> signs_;  // of life; false: none
  ControlCounters counters_;
};

}  // namespace lath
