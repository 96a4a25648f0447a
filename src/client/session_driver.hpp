// Joins a session with its transport: connects to places, polls, and waits without burning a core. Blocking calls are loops around
// it. Where its thread is a shard, they turn that too. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "client/cell_view.hpp"
#include "client/frame_cost.hpp"
#include "client/large_transfers.hpp"
#include "client/local_shard.hpp"
#include "client/one_sided.hpp"
#include "client/session.hpp"
#include "transport/transport.hpp"
#include "transport/waiting.hpp"

namespace lath {

// What a session works with. The clock and the memory (of large values that are shared; nullptr: copied) outlive it.
struct SessionMeans {
  std::unique_ptr<Transport> transport;
  WaitPolicy wait;
  const Clock& clock;
  RegionProvider* memory = nullptr;
  std::unique_ptr<LocalShard> local = nullptr;  // that calls of the session run in place; may be none
};

class SessionDriver final : private FrameSink, private TransportEvents {
 public:
  SessionDriver(const SessionSettings& settings, ViewSource& views, Random random, SessionMeans means);
  ~SessionDriver() override;

  Session& session() { return session_; }
  Transport& transport() { return *transport_; }
  TimeNs read_clock() { return now_ = clock_.now_ns(); }
  TimeNs now() const { return now_; }  // when the clock was last read

  // Executes the operation on the shard that is this thread. kInProgress: it is not to be done there, or has to
  // wait: read_now(), submit().
  Code execute_here(const Operation& operation, const AnswerTarget& target) {
    return local_ == nullptr ? Code::kInProgress : execute_at_local(operation, target);
  }
  // The same, for who has many to tell of: true where it has succeeded, else it is to be sent.
  bool execute_well_here(const Operation& operation, const AnswerTarget& target);
  void prefetch_here(Bytes key) { local_->prefetch(key); }  // of a shard
  bool is_shard() const { return local_ != nullptr; }

  // Whether the operation may go past the session's streams. What may not, writes above all, pays for nothing else.
  bool may_read_apart(Opcode opcode) const { return one_sided_->mode() != OneSidedMode::kOff && is_answered_one_sidedly(opcode); }
  // Reads one-sidedly what can be read so at once: how the operation ended. nullopt: submit it.
  std::optional<Code> read_now(const Operation& operation, const AnswerTarget& target) {
    if (!may_read_apart(operation.opcode)) return std::nullopt;
    look_around();
    return one_sided_->read_now(operation, target, now_);
  }
  void prefetch(const Operation& operation) { one_sided_->prefetch(operation, now_); }
  // Begins an operation, by the way that suits it.
  RequestId submit(const Call& call, TimeNs now) {
    if (may_read_apart(call.operation.opcode)) {
      if (const RequestId apart = one_sided_->begin(call, now)) return apart;
    }
    return session_.submit(call, now);
  }
  // For a caller who goes on without waiting. What nothing of ours at its shard holds up leaves at once; what comes behind it shares
  // frames, and leaves when one is full, when a call makes progress, or with the first call after what a frame costs: waiting longer
  // gains nothing.
  RequestId begin(const Call& call, TimeNs now) {
    const RequestId id = submit(call, now);
    if (session_.unsent_streams() == 0) return id;
    if (coalescing_since_ == 0) coalescing_since_ = now;
    if (session_.wants_push() || now >= coalescing_since_ + frame_cost_.ns()) push();
    return id;
  }
  // The same, at the end of many operations: they wait for more where their shards have frames of ours to work on.
  void push_begun() {
    if (session_.unsent_streams() == 0) return;
    if (coalescing_since_ == 0) coalescing_since_ = now_;
    if (!session_.keeps_shards_busy() || now_ >= coalescing_since_ + frame_cost_.ns()) push();
  }
  // For a call that has waited for its answer, without a message: what is held leaves with it as with any.
  void push_held() {
    if (coalescing_since_ != 0) [[unlikely]]
      push();
  }
  bool keeps_last_shard_busy() const { return session_.keeps_last_shard_busy(); }
  const FrameCost& frame_cost() const { return frame_cost_; }
  OneSided& one_sided() { return *one_sided_; }
  // Begins a put of a value that the shard pulls from the caller's memory. The call has no argument.
  RequestId put_large(const Call& call, const LargeValue& value, TimeNs now);
  LargeTransfers& large() { return *large_; }
  // false: unknown. The request is closed, and nothing is written into its rooms any more.
  bool cancel(RequestId id);

  // Sends what is ready, takes what has arrived.
  void progress();
  // Sends what waits, and takes nothing.
  void push() {
    coalescing_since_ = 0;
    session_.turn(now_, *this);
  }

  // Until done(), which comes by itself at the latest at `deadline`: later only where a caller's room is still being written into.
  template <class Done>
  void run_through(TimeNs deadline, Done&& done) {
    while (!run_until(deadline, done) && !large_->idle()) {
    }
  }

  // Makes progress until done() or until time has passed `deadline`; polls at least once. false: out of time.
  template <class Done>
  bool run_until(TimeNs deadline, Done&& done) {
    push();
    for (;;) {
      if (poll() > 0 && done()) return true;
      read_clock();
      one_sided_->turn(now_);
      large_->turn(now_);
      push();
      if (done()) return true;
      if (now_ > deadline) return false;
      if (was_idle_) {
        waiter_.idle(now_, std::min({deadline, session_.next_deadline(), one_sided_->next_deadline(), large_->next_deadline()}));
      }
    }
  }

 private:
  struct Link {
    PeerId peer;
    bool connected = false;
    bool open = false;  // it has answered
  };
  static constexpr std::uint32_t kNoStream = ~std::uint32_t{0};
  static constexpr unsigned kCallsPerPoll = 256;

  std::size_t poll() {
    std::size_t events = 0;
    for (unsigned left = waiter_.polls_per_clock(); left > 0 && events == 0; --left) {
      events = transport_->poll(kMessagesPerPoll, *this);
    }
    const bool turned = local_ != nullptr && local_->turn();
    was_idle_ = events == 0 && !turned;
    if (!was_idle_) waiter_.did_work();
    return events;
  }
  // Who only does what needs no message still hears of failures and new views, and its messages leave.
  void look_around() {
    if (++calls_since_poll_ < kCallsPerPoll) return;
    calls_since_poll_ = 0;
    progress();
  }
  Code execute_at_local(const Operation& operation, const AnswerTarget& target);
  const Address* address_of(Place place) const;  // null: not in the view
  bool connect(std::uint32_t stream, Place place);
  void lose(std::uint32_t stream);
  std::uint32_t stream_of(PeerId peer) const;

  Sent send(std::uint32_t stream, Place place, Bytes frame) override;
  bool is_connected(Place place) const override;
  void forget(std::uint32_t stream) override;
  void on_message(const Message& message) override;
  void on_peer_failed(PeerId peer, const Error& error) override;
  void on_read_done(std::uint64_t token, Code code) override {
    if ((token & LargeTransfers::kTokenMark) != 0) return large_->read_done(token, code, now_);
    one_sided_->on_read_done(token, code, now_);
  }

  const Clock& clock_;
  TimeNs now_;
  std::unique_ptr<LocalShard> local_;  // null: this thread is no shard
  std::uint32_t local_stream_ = kNoStream;
  bool local_takes_updates_ = false;
  std::unique_ptr<OneSided> one_sided_;  // holds what the transport may still be reading into
  std::unique_ptr<Transport> transport_;
  Waiter waiter_;
  Session session_;
  std::unique_ptr<LargeTransfers> large_;
  FrameCost frame_cost_;
  unsigned calls_since_poll_ = 0;
  TimeNs coalescing_since_ = 0;              // something waits to be sent since then; 0: nothing has since the last push
  std::vector<Link> links_;                  // by stream
  std::vector<std::uint32_t> peer_streams_;  // by the peer's index
  bool was_idle_ = false;
  bool awaits_answer_ = false;  // something could not be sent in the last push, as its peer has not answered at all yet
};

}  // namespace lath
