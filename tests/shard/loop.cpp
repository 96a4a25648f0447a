// The loop on its own thread, over UCX in this process: answers, replicates, sleeps when idle, stops.
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "base/region.hpp"
#include "shard/shard_loop.hpp"
#include "store/extent_queue.hpp"
#include "topology/hash.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"
#include "wire/reply.hpp"
#include "wire/writer.hpp"

namespace lath {
namespace {

constexpr std::size_t kMemoryBytes = 16 << 20;
constexpr std::uint64_t kCookie = 11;
constexpr TimeNs kSecond = 1'000'000'000;

struct LoopUnderTest {
  std::unique_ptr<ExtentQueue> extents = std::make_unique<ExtentQueue>(kMemoryBytes);
  std::unique_ptr<ShardLoop> loop;
  std::thread thread;
};

class Loops : public ::testing::Test, private TransportEvents {
 protected:
  void SetUp() override {
    auto context = UcxContext::open();
    ASSERT_TRUE(context) << context.error().text;
    context_ = std::move(*context);
    View members;
    for (std::uint32_t node = 0; node < loops_.size(); ++node) {
      NodeEntry entry;
      entry.id = NodeId{node};
      entry.incarnation = node + 1;
      LoopUnderTest& made = loops_[node];
      ASSERT_TRUE(made.extents->refill(memory_));
      auto transport = UcxTransport::open(*context_, kCookie, clock_);
      ASSERT_TRUE(transport) << transport.error().text;
      entry.shard_addresses.push_back((*transport)->address());
      const WriterId self{entry.id, ShardId{0}, entry.incarnation};
      Store store({.self = self, .memory_bytes = kMemoryBytes, .hash = &key_hash}, *made.extents);
      made.loop = std::make_unique<ShardLoop>(ShardOptions{.self = self}, std::move(store), std::move(*transport), clock_,
                                              WaitPolicy::choose(3, 1));
      members.merge(entry);
    }
    view_ = ClusterView::make(members, Placement({.nodes = 2, .shards = 1}));
    for (LoopUnderTest& made : loops_) {
      made.loop->tell_also([](const CounterVisitor& visit) { visit("node_contact_denied", 7); });
      made.loop->set_view(view_);
      made.thread = std::thread([loop = made.loop.get()] { loop->run(); });
    }
    auto transport = UcxTransport::open(*context_, kCookie, clock_);
    ASSERT_TRUE(transport);
    client_ = std::move(*transport);
  }
  void TearDown() override {
    for (LoopUnderTest& made : loops_) {
      if (!made.thread.joinable()) continue;
      made.loop->stop();
      made.thread.join();
    }
  }

  template <class Done>
  bool poll_until(Done&& done) {
    const TimeNs until = clock_.now_ns() + 20 * kSecond;
    while (!done() && clock_.now_ns() < until) {
      client_->poll(kMessagesPerPoll, *this);
      std::this_thread::yield();
    }
    return done();
  }
  // Adds 1 to a counter at one shard, `frames` times.
  void add(std::uint32_t node, std::uint32_t frames) {
    const auto peer = client_->connect(view_->view.find(NodeId{node})->shard_addresses[0]);
    ASSERT_TRUE(peer);
    const std::int64_t one = 1;
    for (std::uint32_t sequence = 1; sequence <= frames; ++sequence) {
      const std::size_t before = replies_;
      FrameBuffer frame = client_->acquire();
      begin_request(frame, {.count = 1, .sequence = sequence, .session = 1 + node, .epoch = view_->epoch, .oldest = sequence});
      append_operation(frame, {Opcode::kCounterAdd, as_bytes("n"), {reinterpret_cast<const std::byte*>(&one), sizeof one}});
      ASSERT_TRUE(poll_until([&] { return frame.empty() || client_->send(*peer, frame) == Sent::kAccepted; }));
      ASSERT_TRUE(poll_until([&] { return replies_ > before; })) << sequence;
    }
  }
  void on_message(const Message& message) override {
    Reader reader(message.bytes);
    ReplyHeader header;
    replies_ += read_reply_header(reader, header) ? 1U : 0U;
    last_reply_ = as_text(message.bytes);
  }
  void on_peer_failed(PeerId, const Error& error) override { ADD_FAILURE() << error.text; }

  SystemClock clock_;
  HeapRegionProvider memory_;
  std::unique_ptr<UcxContext> context_;
  std::array<LoopUnderTest, 2> loops_;
  std::shared_ptr<const ClusterView> view_;
  std::unique_ptr<UcxTransport> client_;
  std::size_t replies_ = 0;
  std::string last_reply_;
};

TEST_F(Loops, answer_replicate_and_take_views_while_they_run) {
  add(0, 100);
  for (LoopUnderTest& made : loops_) made.loop->set_view(view_);
  add(1, 100);
  EXPECT_TRUE(poll_until([&] {
    const auto& counters = loops_[0].loop->counters();
    return counters.merges_grown.value() > 0 && counters.dirty_keys.value() == 0;
  }));
  EXPECT_EQ(loops_[0].loop->counters().updates.value(), 100U);
  TearDown();
  for (LoopUnderTest& made : loops_) {
    FrameBuffer answer;
    made.loop->shard().store().read({key_hash(as_bytes("n")), as_bytes("n")}, Opcode::kCounterGet, {}, answer);
    Reader reader(answer.bytes());
    std::int64_t total = 0;
    ASSERT_TRUE(reader.read(total));
    EXPECT_GE(total, 100);
  }
}

TEST_F(Loops, tell_what_their_transport_and_their_node_have_counted) {
  add(0, 3);
  const auto peer = client_->connect(view_->view.find(NodeId{0})->shard_addresses[0]);
  ASSERT_TRUE(peer);
  FrameBuffer frame = client_->acquire();
  begin_request(frame, {.count = 1, .sequence = 4, .session = 1, .epoch = view_->epoch, .oldest = 4});
  append_operation(frame, {Opcode::kShardStats, {}, {}});
  const std::size_t before = replies_;
  ASSERT_EQ(client_->send(*peer, frame), Sent::kAccepted);
  ASSERT_TRUE(poll_until([&] { return replies_ > before; }));
  const std::string name = "transport_messages_received=";
  const std::size_t at = last_reply_.find(name);
  ASSERT_NE(at, std::string::npos) << last_reply_;
  EXPECT_GE(std::stoul(last_reply_.substr(at + name.size())), 4U);  // ours, and what the other shard says for itself
  EXPECT_NE(last_reply_.find("transport_refused_busy=0"), std::string::npos);
  EXPECT_NE(last_reply_.find("transport_dropped_foreign=0"), std::string::npos);
  EXPECT_NE(last_reply_.find("node_contact_denied=7"), std::string::npos);
}

TEST_F(Loops, drain_while_they_run) {
  add(1, 10);
  View without = view_->view;
  NodeEntry leaver = *without.find(NodeId{1});
  leaver.state = NodeState::kLeaving;
  without.merge(leaver);
  loops_[1].loop->begin_drain(ClusterView::make(without, view_->placement));
  EXPECT_TRUE(poll_until([&] { return loops_[1].loop->drained(); }));
}

TEST_F(Loops, sleep_when_there_is_nothing_to_do) {
  add(0, 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const std::uint64_t turns_before = loops_[0].loop->counters().turns.value() + loops_[1].loop->counters().turns.value();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const std::uint64_t turns = loops_[0].loop->counters().turns.value() + loops_[1].loop->counters().turns.value() - turns_before;
  EXPECT_LE(turns, 10U);
  EXPECT_GT(loops_[0].loop->counters().sleeps.value(), 0U);
  add(1, 3);  // and wake up
}

}  // namespace
}  // namespace lath
