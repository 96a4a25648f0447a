// The questions that a shard answers when it is time: until a key has moved, until other nodes hold what was written.
#include "shard/reply_writer.hpp"
#include "shard/shard.hpp"
#include "store/content_version.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace lath {

// A wait that is parked is told so, each time it is asked: its silence is no sign that the shard is gone.
void Shard::answer_wait(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies, Outbox& outbox) {
  counters_.waits.add();
  std::uint64_t since = 0;
  Reader argument(request.operation.argument);
  argument.read(since);
  if (!argument.at_end()) return replies.answer_status(request.index, Code::kInvalid);
  if (!is_mine(frame.ours, request.key())) {
    counters_.wrong_owner.add();
    return replies.answer_status(request.index, Code::kWrongOwner);
  }
  const ParkedWait waiter{frame.header.session, frame.header.sequence, request.index, since};
  // What is parked is told of every change of a key that is here; only of one that is not, more may be known by now.
  if (waiters_.is_parked(waiter) && store_.has_content(request.key()))
    return replies.answer_status(request.index, Code::kInProgress);
  const std::uint64_t version = store_.content_version(request.key(), scratch_);
  if (has_moved(version, since) && (version != 0 || is_gone(request.key(), turn, outbox))) {
    replies.answer(request.index, [&](FrameBuffer& reply) {
      write(reply, version);
      return Code::kOk;
    });
    return;
  }
  if (waiters_.park(request.key(), waiter)) return replies.answer_status(request.index, Code::kInProgress);
  waiters_.drop_if([&](const ParkedWait& parked) {  // of calls that timed out
    const SessionWindow* session = sessions_.find(parked.session);
    return session == nullptr || parked.sequence < session->oldest();
  });
  if (waiters_.park(request.key(), waiter)) return replies.answer_status(request.index, Code::kInProgress);
  count_refusal(Code::kCrowded);
  replies.answer_status(request.index, Code::kCrowded);
}

// Of a key that holds nothing here, and held something once: whether it was erased, and is not only on its way to this replica. What
// is not known yet is asked for; the session asks again.
bool Shard::is_gone(const Key& key, const Turn& turn, Outbox& outbox) {
  if (store_.tombstone(key)) return true;
  return tombstones_.has_all_of(key, turn.now_ns - first_turn_ns_, gossip_, gossip_turn(turn, outbox));
}

// Whether a replica of the view before may hold what has not come here yet. An erase of it must not be told as done for nothing: that of a
// key leaves a tombstone, which meets what comes; that of a map's field waits until this shard's clock is past the map's floor.
bool Shard::may_lack(const Key& key, const Turn& turn, Outbox& outbox) {
  if (!gossip_.replicates() || !tombstones_.has_view_before()) return false;
  return !tombstones_.has_all_of(key, turn.now_ns - first_turn_ns_, gossip_, gossip_turn(turn, outbox));
}

void Shard::answer_flush(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies) {
  counters_.flushes.add();
  std::uint8_t nodes = 0;
  Reader argument(request.operation.argument);
  argument.read(nodes);
  bool possible = argument.at_end();
  const std::size_t allowed = lagging_nodes_allowed(nodes, possible);
  if (!possible) return replies.answer_status(request.index, Code::kInvalid);
  if (gossip_.nodes_behind(gossip_.last_update(), whose(nodes)).size() <= allowed)
    return replies.answer_status(request.index, Code::kOk);
  if (const auto* parked = deferred_.find_flush(frame.header.session, frame.header.sequence, request.index)) {
    replies.answer(request.index, [&](FrameBuffer& reply) {
      write_lagging(reply, gossip_.nodes_behind(parked->update, whose(parked->nodes)));
      return Code::kInProgress;
    });
    return;
  }
  if (deferred_.full()) {
    progressed_ = true;
    count_refusal(Code::kCrowded);
    return replies.answer_status(request.index, Code::kCrowded);
  }
  DeferredAnswer answer;
  answer.session = frame.header.session;
  answer.sequence = frame.header.sequence;
  answer.operation = request.index;
  answer.is_flush = true;
  answer.nodes = nodes;
  answer.update = gossip_.last_update();
  deferred_.add(std::move(answer));
  gossip_.hurry(turn.now_ns);
}

// Every key is on at least (its replica nodes - those that lag) nodes. `possible` is cleared where no key can be on so many.
std::size_t Shard::lagging_nodes_allowed(std::uint8_t nodes, bool& possible) const {
  if (nodes == 0 || view_ == nullptr) return 0;
  const auto [least, most] = view_->placement.spread(view_->ring.node_count());
  possible &= nodes <= most;
  return least > nodes ? least - nodes : 0;
}

}  // namespace lath
