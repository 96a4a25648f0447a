// Joins one shard to a transport: polls, ticks, sends, and waits when there is nothing to do. Everything runs on the thread that
// calls run() (or turn(), in a simulation); set_view, begin_drain, greet_again and stop may be called from any thread and go through
// a small mailbox.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "shard/greeting_pauses.hpp"
#include "shard/shard.hpp"
#include "topology/cluster_view.hpp"
#include "transfer/memory_port.hpp"
#include "transport/attachments.hpp"
#include "transport/transport.hpp"
#include "transport/waiting.hpp"
#include "wire/outbox.hpp"

namespace lath {

class ShardLoop final : private TransportEvents, private MemoryPort {
 public:
  // `clock` outlives the loop.
  ShardLoop(const ShardOptions& options, Store store, std::unique_ptr<Transport> transport, const Clock& clock, WaitPolicy wait);

  // Any thread.
  void set_view(std::shared_ptr<const ClusterView> view);
  void begin_drain(std::shared_ptr<const ClusterView> view_without_us);
  void greet_again();  // a node is back: shards that answered no greeting are greeted without a pause
  void stop();         // run() returns after its turn
  // The shard has taken what the last begin_drain gave: no key is its own any more, and no slot of its is believed.
  bool parted() const { return drains_taken_.load(std::memory_order_acquire) == drains_asked_.load(std::memory_order_relaxed); }
  // What was held is on the nodes of the view that the last begin_drain gave.
  bool drained() const { return drains_done_.load(std::memory_order_acquire) == drains_asked_.load(std::memory_order_relaxed); }
  // While it drains: keys that may not be there yet, as of the last turn, of so many.
  std::uint64_t keys_left() const { return keys_left_.load(std::memory_order_relaxed); }
  std::uint64_t keys_held() const { return shard_.keys_held(); }
  // Connections to other shards that ended, or could not be made: their nodes may have left.
  std::uint64_t links_lost() const { return links_lost_.load(std::memory_order_relaxed); }
  const ShardCounters& counters() const { return shard_.counters(); }
  // Before run(); `source` is asked on the shard's thread.
  void tell_also(CounterSource source) { shard_.tell_also(std::move(source)); }

  // The shard's thread. Binding it is the caller's business.
  void run();
  bool turn();  // one turn; says whether there was anything to do
  TimeNs next_deadline() const;

  // Of a loop without a thread of its own (attended_loop.hpp), whose calls are made by several threads, one at a time.
  bool turn_in_call();
  // Executes an operation that this shard can answer at once; first turns the loop, where that is due. nullopt: nothing was done. The
  // answer is valid until the next call.
  std::optional<Answer> execute(const Operation& operation);
  std::uint64_t turns_in_calls() const { return turns_in_calls_.load(std::memory_order_relaxed); }  // any thread
  bool arm() { return transport_->arm(); }
  void end() { shard_.end_publishing(); }  // what run() does at its end

  const Shard& shard() const { return shard_; }
  const Transport& transport() const { return *transport_; }

 private:
  struct Letter {
    enum class Kind { kView, kDrain, kGreet, kStop };
    Kind kind = Kind::kStop;
    std::shared_ptr<const ClusterView> view;
  };

  void on_message(const Message& message) override;
  void on_peer_failed(PeerId peer, const Error& error) override;
  void on_read_done(std::uint64_t token, Code code) override;
  bool reads(PeerId peer, Bytes exported) override { return attachments_.find(peer, exported) != nullptr; }
  PortRead read(PeerId peer, Bytes exported, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override;

  void read_clock();
  std::size_t flush();
  void look_at_clock(std::uint64_t ticks);
  void post(Letter letter);
  bool take_mail();  // false: there was none
  void read_mail();
  void take_view(std::shared_ptr<const ClusterView> view, bool drains);
  void forget_links();
  Outbox::Offer deliver(const Outbox::Destination& to, FrameBuffer& frame);
  Outbox::Offer send(PeerId peer, FrameBuffer& frame);
  const PeerId* link_to(Place place);
  void link_failed(Place place, TimeNs begun_ns);

  std::unique_ptr<Transport> transport_;
  Attachments attachments_;
  const Clock& clock_;
  Waiter waiter_;
  Shard shard_;
  Outbox outbox_;
  Turn now_;
  bool clock_is_read_ = false;        // in this turn
  std::uint64_t wall_offset_us_ = 0;  // of wall time over the monotonic clock, as of the last look
  TimeNs wall_due_ns_ = 0;
  // The shard compares a view with the one before it: both are kept.
  std::shared_ptr<const ClusterView> view_;
  std::shared_ptr<const ClusterView> view_before_;
  struct Link {
    PeerId peer;
    TimeNs begun_ns = 0;
  };
  std::unordered_map<Place, Link, PlaceHash> links_;  // connections that we use for what we have to say
  GreetingPauses pauses_;
  bool stopping_ = false;
  TimeNs turned_at_ns_ = 0;
  std::uint64_t clock_ticks_ = 0;  // when execute() last read the clock
  unsigned executed_ = 0;          // operations since then
  std::atomic<std::uint64_t> turns_in_calls_{0};

  std::mutex mailbox_mutex_;  // taken by the shard's thread only when has_mail_ says so
  std::vector<Letter> mailbox_;
  std::atomic<bool> has_mail_{false};
  std::atomic<unsigned> drains_asked_{0};
  std::atomic<unsigned> drains_taken_{0};  // by the shard's thread
  std::atomic<unsigned> drains_done_{0};
  std::atomic<std::uint64_t> keys_left_{0};
  std::atomic<std::uint64_t> links_lost_{0};
};

}  // namespace lath
