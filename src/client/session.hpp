// One thread's way to the whole cluster, as a state machine: operations, frames and time go in; frames and ended requests come out.
// Operations for one shard share frames; what is lost is sent again; what a silent shard does not answer is asked of another replica
// where that is safe; nothing that adds is ever applied twice. No I/O, no clock. One
// thread at a time. Warm, it allocates nothing but where something fails.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "client/failure.hpp"
#include "client/one_sided_mode.hpp"
#include "client/operation_group.hpp"
#include "client/place_index.hpp"
#include "client/requests.hpp"
#include "client/router.hpp"
#include "client/stream.hpp"
#include "client/view_source.hpp"
#include "transport/transport.hpp"
#include "wire/reply.hpp"

namespace lath {

// How a session's frames leave. Streams are numbered from 0, and each has one place for good.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  // kClosed: the connection is over, or none can be made. The bytes are copied.
  virtual Sent send(std::uint32_t stream, Place place, Bytes frame) = 0;
  // Whether there is another connection to the place now.
  virtual bool is_connected(Place place) const = 0;
  // The place lives another life, or none: whatever connection there was is of no more use.
  virtual void forget(std::uint32_t stream) = 0;
};

// A large value that a get was answered with: it is to be pulled, after which the request is ended, or begun again.
struct Offered {
  RequestId request;
  const Operation& operation;
  std::uint32_t stream = 0;
  Bytes payload;        // valid until on_offer() returns
  TimeNs asked_at = 0;  // no later than the request was first sent
  TimeNs now = 0;
};
class OfferTaker {
 public:
  virtual ~OfferTaker() = default;
  virtual void on_offer(const Offered& offered) = 0;
};

// One operation, and what becomes of its answer.
struct Call {
  Operation operation;  // copied
  AnswerTarget target;
  TimeNs deadline = kForeverNs;  // it has ended once time has passed this
  Completion completion;
  std::uint64_t order = 0;  // among the session's requests, where number() has given it one
};

struct SessionSettings {
  std::uint8_t ack_nodes = 1;
  OneSidedMode one_sided = OneSidedMode::kOff;
  std::optional<NodeId> local;  // whose replicas go first
  std::optional<Place> own{};   // but for those on the shard that the session's thread turns
  std::uint32_t frames_per_id = Stream::kFramesPerId;
};

struct SessionCounters {
  std::uint64_t frames_sent = 0;
  std::uint64_t frames_resent = 0;
  std::uint64_t replies_dropped = 0;  // garbage, repeated, or for requests that have ended
  std::uint64_t rerouted = 0;
};

class Session {
 public:
  Session(const SessionSettings& settings, ViewSource& views, Random random);

  // Begins an operation; a kFlush is one for all shards. {}: kRequestsUnderWayMax are in use, and nothing was begun. One that cannot be routed has ended at once.
  RequestId submit(const Call& call, TimeNs now);
  // One that concerns a shard, not a key.
  RequestId submit_at(Place place, const Call& call, TimeNs now);
  // Ends once all updates begun before it are answered, and held by `nodes` nodes (0: by all their replicas).
  RequestId flush(std::uint8_t nodes, TimeNs deadline, const Completion& completion, TimeNs now) {
    return flush(nodes, {.operation = {Opcode::kFlush, {}, {}}, .target = {}, .deadline = deadline, .completion = completion}, now);
  }

  // Many operations on one record (session_group.cpp). First number() what will be run; then open_members(), append_members() any number
  // of times, and seal_members(). Each member ends by itself: its status is set, and the group's `left` is one less. None is deferred.
  void number(OperationGroup& group);
  static bool may_be_member(Opcode opcode) { return !is_deferred(opcode) && opcode != Opcode::kPutLarge; }
  // {}: kRequestsUnderWayMax are in use. `batch` is told of failures, and ends with the last of the group.
  RequestId open_members(OperationGroup& group, std::size_t first, TimeNs deadline, RequestId batch);
  // There is room for so many requests.
  void append_members(RequestId id, std::size_t first, std::size_t end, TimeNs now);
  void seal_members(RequestId id) { release_member(id, *requests_.find(id)); }
  // One that will not be sent: kTimeout, or kFull.
  void refuse_member(OperationGroup& group, std::size_t index, Code code, RequestId batch);
  // A request that ends once count_down() has taken the group's `left` to 0.
  RequestId open_batch(OperationGroup& group);
  void count_down(std::size_t* left, RequestId batch) {
    if (--*left == 0 && batch) end_batch(batch);
  }

  // Follows the view, sends again what was lost, ends what is out of time, and sends what waits. Before and after each poll.
  void turn(TimeNs now, FrameSink& sink);
  void handle(std::uint32_t stream, Bytes reply, TimeNs now);
  // What was asked there and may be asked twice is asked again: at once where there is another connection to the place, and else of other
  // replicas, while the place is avoided for a moment.
  void connection_failed(std::uint32_t stream, TimeNs now, const FrameSink& sink);
  void place_failed(std::uint32_t stream, TimeNs now);
  // When turn() has something to do that no message brings.
  TimeNs next_deadline() const { return next_check_; }
  std::size_t unsent_streams() const { return queue_.size(); }
  // The stream of the last operation has a frame to send that is full, or that nothing before it holds up.
  bool wants_push() const {
    if (last_stream_ >= streams_.size() || !streams_[last_stream_]->queued) return false;
    const Stream& stream = *streams_[last_stream_];
    return stream.is_idle() || stream.has_full_frame();
  }

  // The shard that the last operation was for has frames to work on while the next one fills.
  bool keeps_last_shard_busy() const { return last_stream_ < streams_.size() && streams_[last_stream_]->is_busy(); }
  // So have all for which something waits.
  bool keeps_shards_busy() const {
    return std::ranges::all_of(queue_,
                               [&](std::uint32_t each) { return streams_[each]->is_busy() && !streams_[each]->has_full_frame(); });
  }

  // kInProgress, or how a held request ended: that is told once, and becomes the last failure if it is one. nullopt: unknown.
  std::optional<Code> take(RequestId id);
  bool is_under_way(RequestId id) { return requests_.find_under_way(id) != nullptr; }
  bool is_open(RequestId id) { return requests_.find(id) != nullptr; }  // under way, or its end not taken yet
  // false: unknown. The request is closed, and its rooms are the caller's.
  bool cancel(RequestId id);
  std::size_t requests_in_use() const { return requests_.in_use(); }

  // Of the last call that failed. A call with many operations keeps the failure of the first of them.
  const Failure& last_failure() const { return last_failure_; }
  void tell(const Failure& failure) { last_failure_ = failure; }
  void begin_call() { floor_ = next_order_; }

  // For one-sided reads. A read may go that way where the stream is known and the session's own updates of that shard are answered:
  // the replica that answered them holds them.
  struct ReadWay {
    std::uint32_t stream = PlaceIndex::kNone;
    bool behind_updates = false;
  };
  ReadWay way_of_read(Bytes key, TimeNs now);
  Place place_of(std::uint32_t stream) const { return streams_[stream]->place(); }
  // What its thread did on a shard of its own concerns no stream but this one.
  std::uint32_t stream_at(Place place) { return stream_of(place); }
  void note_updated(std::uint32_t stream, Bytes key) {  // past its stream; a flush waits for it
    note_replicas(key);
    streams_[stream]->note_answered(next_order_ - 1);
  }
  // A read that ended without ever being a request.
  void note_answered(const Operation& operation, Code code, std::uint32_t stream);
  RequestId open_ended(const Call& call, Code code);
  // A request that is not sent (yet); then its answer, or its being sent after all.
  RequestId open_apart(const Call& call) { return open(call); }
  void answer_apart(RequestId id, const Operation& operation, Code status, Bytes payload, std::uint32_t stream);
  void send_apart(RequestId id, const Operation& operation, TimeNs now);
  // For large values: a get that was answered with an offer is apart until it is ended, or sent again.
  void set_offer_taker(OfferTaker* taker) { offer_taker_ = taker; }
  const AnswerTarget& target_of(RequestId id) { return requests_.find_under_way(id)->target; }
  TimeNs deadline_of(RequestId id) { return requests_.find_under_way(id)->deadline; }
  void end_apart(RequestId id, const Operation& operation, Code code, Reason reason, std::uint32_t stream);
  void retry_apart(RequestId id, const Operation& operation, TimeNs now);

  const ClusterView& view() const { return router_.view(); }
  const SessionCounters& counters() const { return counters_; }

 private:
  struct Parked {  // between two places
    RequestId request;
    FrameBuffer operation;      // encoded
    std::optional<Place> only;  // of a question about one shard
    TimeNs retry_at = 0;
    std::uint64_t view_version = 0;
  };
  struct Flush {
    RequestId request;
    std::uint8_t nodes = 0;
    std::uint64_t order = 0;  // waits for the updates begun before
    bool parts_begun = false;
    std::size_t parts_left = 0;
    Failure first_failure{};  // of a part
  };
  enum class Delivery : std::uint8_t { kSent, kWaits };

  void note_failure(const Failure& failure);
  RequestId open(const Call& call);
  static bool is_held(const RequestSlot& slot) {
    return slot.completion.status == nullptr && !slot.parent && slot.kind != RequestSlot::Kind::kMembers;
  }
  void append(std::uint32_t stream, RequestId id, const Operation& operation);
  RequestFrame& room_for(Stream& stream, std::size_t operation_bytes) {
    return stream.room_for(operation_bytes, view().epoch, settings_.ack_nodes, frames_);
  }
  void enqueue(std::uint32_t number, Stream& stream) {
    if (stream.queued) return;
    stream.queued = true;
    queue_.push_back(number);
  }
  std::uint32_t stream_of(Place place) {
    return last_stream_ < streams_.size() && place == last_place_ ? last_stream_ : look_up_stream(place);
  }
  std::uint32_t look_up_stream(Place place);       // opens it where there is none
  bool route(Bytes key, TimeNs now, Place& out) {  // false: there is nobody to ask
    if (now < avoiding_until_) [[unlikely]]
      return route_around(key, now, out);
    return router_.route(key, out, [](Place) { return false; });
  }
  bool route_around(Bytes key, TimeNs now, Place& out);  // places that are avoided
  void succeed(RequestId id, RequestSlot& slot, Stream* stream) { end(id, slot, Code::kOk, stream); }
  void fail(RequestId id, RequestSlot& slot, Failure failure, Stream* stream);  // the stream whose place it was at, if any
  void fail_without_route(RequestId id, RequestSlot& slot, const Operation& operation);
  void end(RequestId id, RequestSlot& slot, Code code, Stream* stream);
  void check_at(TimeNs when) { next_check_ = std::min(next_check_, when); }

  // session_group.cpp
  RequestSlot& split(OperationRef& ref);
  RequestSlot* own_slot(OperationRef& ref);  // null where nobody waits for it
  void release_member(RequestId id, RequestSlot& members) {
    if (--members.members_left == 0) close_members(id);
  }
  void close_members(RequestId id);
  void end_batch(RequestId batch);
  void keep_failure(RequestId batch, const Failure& failure);
  void cancel_batch(RequestId batch);

  // session_turn.cpp
  void check(TimeNs now, FrameSink& sink);
  void check_stream(std::uint32_t stream, TimeNs now, FrameSink& sink);
  bool check_frame(Stream& stream, RequestFrame& frame, TimeNs now);
  void check_parked(TimeNs now);
  Delivery send_stream(std::uint32_t stream, TimeNs now, FrameSink& sink);
  void ask_again(std::uint32_t stream, TimeNs now, bool is_there);
  bool make_window_room(std::uint32_t stream);

  // session_silence.cpp
  TimeNs owed_since(const RequestFrame& frame);
  bool is_silent(Stream& stream, TimeNs now);
  void leave_silent(std::uint32_t stream, TimeNs now);
  bool may_be_asked_elsewhere(const Operation& operation, Place here, TimeNs now);

  // session_replies.cpp
  bool answer_member(RequestId id, RequestSlot& members, std::uint32_t index, Bytes payload, Stream& stream);
  void note_under_way(const RequestFrame& frame, OperationRef& ref, const Answer& got);
  void answer(Stream& stream, RequestFrame& frame, OperationRef& ref, const Answer& got, TimeNs now);
  void answer_offered(Stream& stream, const RequestFrame& frame, const OperationRef& ref, Bytes payload, TimeNs now);
  void answer_failed(Stream& stream, const Operation& operation, RequestId id, const Answer& got, TimeNs now);
  void put_off(Stream& stream, const Operation& operation, RequestId id, TimeNs now);
  void park_awhile(RequestId id, unsigned times, const Operation& operation, TimeNs now);

  // session_reroute.cpp
  void follow_view(TimeNs now, FrameSink& sink);
  void fail_frame(std::uint32_t stream, RequestFrame& frame, TimeNs now, bool is_there);
  void park(RequestId id, const Operation& operation, TimeNs retry_at, std::optional<Place> only = std::nullopt);
  void retry(Parked& parked, TimeNs now);

  // session_flush.cpp
  // Of the key of an update that was answered: a flush to more nodes than some key has can never be done.
  void note_replicas(Bytes key) {
    if (!view().placement.rules().empty()) [[unlikely]]
      fewest_nodes_ = std::min(fewest_nodes_, view().placement.of(key).nodes);
  }
  RequestId flush(std::uint8_t nodes, const Call& call, TimeNs now);
  void advance_flushes(TimeNs now);
  void begin_parts(Flush& flush, TimeNs now);
  bool room_will_come();
  bool has_handed_over(Place place) const;
  void part_failed(RequestId parent, const Failure& failure);
  void part_ended(RequestId parent, Code code, Stream* stream);
  bool updates_under_way_before(std::uint64_t order);
  Failure why_late(const Flush& flush);

  SessionSettings settings_;
  Router router_;
  Random random_;
  std::uint64_t session_;
  Requests requests_;
  RequestFramePool frames_;
  std::vector<std::unique_ptr<Stream>> streams_;
  PlaceIndex stream_index_;
  Place last_place_;  // of the last operation: the next one is often for the same
  std::uint32_t last_stream_ = PlaceIndex::kNone;
  std::vector<std::uint32_t> queue_;  // streams with something to send
  std::vector<Parked> parked_;
  std::vector<Flush> flushes_;
  bool flush_may_advance_ = false;
  std::uint32_t fewest_nodes_ = kReplicasMax;  // that a key the session has updated is to be on, where keys differ in that
  TimeNs next_check_ = kForeverNs;
  TimeNs avoiding_until_ = 0;  // some stream is avoided until then
  std::uint64_t next_order_ = 1;
  std::uint64_t floor_ = 0;
  Failure last_failure_;
  OfferTaker* offer_taker_ = nullptr;
  SessionCounters counters_;
};

// The operation that a reference points to, within its frame.
Operation operation_of(const RequestFrame& frame, const OperationRef& ref);

}  // namespace lath
