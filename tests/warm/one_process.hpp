// A shard and a session over UCX in one process: the whole small-message path, from the C API to the table and back. Either in one
// thread, where each of the session's polls turns the shard first, so that what an operation costs can be counted; or with the shard
// on a thread of its own.
#pragma once

#include <memory>
#include <stdexcept>

#include "base/fork_mark.hpp"
#include "base/random.hpp"
#include "base/region.hpp"
#include "client/view_source.hpp"
#include "launch/c_api/handles.hpp"
#include "shard/shard_loop.hpp"
#include "store/extent_queue.hpp"
#include "tests/forwarding_transport.hpp"
#include "topology/hash.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace lath::warm {

// A transport whose polls turn a shard. UCX's own work is done by the transport within.
class TurningTransport final : public test::ForwardingTransport {
 public:
  TurningTransport(std::unique_ptr<Transport> inner, ShardLoop& loop) : ForwardingTransport(std::move(inner)), loop_(loop) {}
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override {
    loop_.turn();
    return ForwardingTransport::poll(messages_max, events);
  }

 private:
  ShardLoop& loop_;
};

class OneProcess final : public ViewSource {
 public:
  explicit OneProcess(std::size_t memory_bytes, OneSidedMode one_sided = OneSidedMode::kOff)
      : memory_bytes_(memory_bytes), context_(must(UcxContext::open())), extents_(memory_bytes) {
    // Under the pumped turns nobody waits: a turn polls once.
    const WaitPolicy once{.spin_ns = 0, .yield_ns = 0, .may_sleep = false};
    refill();
    auto transport = must(UcxTransport::open(*context_, kCookie, clock_));
    const WriterId self{NodeId{0}, ShardId{0}, 1};
    NodeEntry entry;
    entry.id = self.node;
    entry.incarnation = self.incarnation;
    entry.shard_addresses.push_back(transport->address());
    View members;
    members.merge(entry);
    view_ = ClusterView::make(members, Placement({.nodes = 1, .shards = 1}));
    Store store({.self = self, .memory_bytes = memory_bytes_, .hash = &key_hash}, extents_);
    loop_ = std::make_unique<ShardLoop>(ShardOptions{.self = self, .export_clock = &clock_}, std::move(store), std::move(transport),
                                        clock_, once);
    loop_->set_view(view_);
    auto own = must(UcxTransport::open(*context_, kCookie, clock_));
    session_.process = &process_;
    session_.driver = std::make_unique<SessionDriver>(
        SessionSettings{.one_sided = one_sided, .local = {}}, *this, Random(1),
        SessionMeans{.transport = std::make_unique<TurningTransport>(std::move(own), *loop_), .wait = once, .clock = clock_});
  }
  ~OneProcess() override { session_.driver.reset(); }
  OneProcess(const OneProcess&) = delete;
  OneProcess& operator=(const OneProcess&) = delete;

  lath_session* session() { return &session_; }
  ShardLoop& loop() { return *loop_; }
  // Maps memory ahead of need, as the control thread does.
  void refill() {
    while (extents_.wants_more()) {
      if (const auto mapped = extents_.refill(*context_); !mapped) throw std::runtime_error(mapped.error().text);
    }
  }

  std::shared_ptr<const ClusterView> current() const override { return view_; }
  std::uint64_t version() const override { return 1; }
  void ask_for_news() override {}

 private:
  static constexpr std::uint64_t kCookie = 12;

  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text);
    return std::move(*result);
  }

  SystemClock clock_;
  std::size_t memory_bytes_;
  std::unique_ptr<UcxContext> context_;  // before the memory that was made from it
  ExtentQueue extents_;
  std::shared_ptr<const ClusterView> view_;
  std::unique_ptr<ShardLoop> loop_;
  ForkMark process_;
  lath_session session_;
};

}  // namespace lath::warm
