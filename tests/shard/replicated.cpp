// A shard with replicas: what it tells them, what it takes from them, and what waits for them.
#include <array>
#include <utility>

#include "shard_fixture.hpp"

namespace lath {
namespace {

class Replicated : public ShardTest {
 protected:
  explicit Replicated(std::size_t memory_bytes = 64 << 20) : ShardTest(2, memory_bytes) { sent(); }  // the sweep of an empty table

  // The merge batches among what was sent.
  std::vector<MergeBatchHeader> batches(TimeNs later_ns) {
    std::vector<MergeBatchHeader> all;
    for (const Sent& one : sent(later_ns)) {
      Reader reader(as_bytes(one.bytes));
      MergeBatchHeader header;
      if (kind_of(as_bytes(one.bytes)) == FrameKind::kMergeBatch && read_merge_batch_header(reader, header)) all.push_back(header);
    }
    return all;
  }
  void acknowledge(std::uint64_t below) {
    FrameBuffer frame;
    write_merge_ack(frame, {.sender = kOther, .incarnation = kSelf.incarnation, .below = below, .clock = {}, .horizon = {}});
    handle(frame, kPeer);
  }
};

TEST_F(Replicated, updates_leave_in_the_next_round_once_a_key) {
  for (std::uint32_t sequence = 1; sequence <= 30; ++sequence) EXPECT_EQ(ask(sequence, add("hot", 1)).first, Code::kOk);
  const auto sent_batches = batches(1'000'000);
  ASSERT_EQ(sent_batches.size(), 1U);
  EXPECT_EQ(sent_batches[0].count, 1U) << "thirty additions are one entry";
  EXPECT_EQ(sent_batches[0].number, 1U);
  EXPECT_EQ(sent_batches[0].sender, kSelf);
  acknowledge(2);
  sent();
  EXPECT_EQ(shard_->next_deadline(), kNever) << "a shard with nothing to say has no timers";
}

TEST_F(Replicated, hot_keys_updated_a_hundred_thousand_times_leave_as_one_entry_each) {
  constexpr std::uint32_t kFrames = 200;
  for (std::uint32_t sequence = 1; sequence <= kFrames; ++sequence) {
    oldest_ = sequence;
    std::vector<TestOperation> operations;
    for (int index = 0; index < 250; ++index) {
      operations.push_back(add("count", 1));
      operations.push_back({Opcode::kPut, "bytes", std::to_string(sequence * 250 + static_cast<std::uint32_t>(index))});
    }
    handle(request(sequence, operations));
    EXPECT_TRUE(batches(0).empty());
  }
  const auto sent_batches = batches(1'000'000);
  ASSERT_EQ(sent_batches.size(), 1U);
  EXPECT_EQ(sent_batches[0].count, 2U);
  EXPECT_EQ(counters().entries_sent.value(), 2U);
  oldest_ = kFrames + 1;
  EXPECT_EQ(ask(kFrames + 1, {Opcode::kCounterGet, "count", ""}).second, packed(std::int64_t{50'000}));
}

TEST_F(Replicated, an_unacknowledged_batch_is_sent_again_ever_more_rarely) {
  ask(1, {Opcode::kPut, "k", "v"});
  EXPECT_EQ(batches(1'000'000).size(), 1U);
  std::size_t again = 0;
  for (int ms = 0; ms < 10000; ++ms) again += batches(1'000'000).size();
  EXPECT_GE(again, 10U);
  EXPECT_LE(again, 20U);
  acknowledge(2);
  EXPECT_TRUE(batches(10'000'000'000).empty());
}

TEST_F(Replicated, a_stopped_peer_costs_a_bounded_window_and_backlog) {
  std::uint32_t sequence = 0;
  for (int wave = 0; wave < 400; ++wave) {
    std::vector<TestOperation> operations;
    for (int index = 0; index < 256; ++index) operations.push_back({Opcode::kPut, std::to_string(wave * 256 + index), "value"});
    oldest_ = ++sequence;
    handle(request(sequence, operations));
    sent(1'000'000);
  }
  EXPECT_LE(counters().batches_sent.value(), kMergeBatchesUnderWayMax);
  EXPECT_LE(counters().dirty_keys.value(), kLaggingKeysMax);
  EXPECT_EQ(counters().peers_behind.value(), 1U) << "it will be sent everything";
  // It comes back: all 102,400 keys reach it.
  std::uint64_t entries = 0;
  for (int turns = 0; turns < 20000 && !shard_->settled(); ++turns) {
    std::uint64_t last = 0;
    for (const MergeBatchHeader& header : batches(1'000'000)) {
      last = std::max(last, header.number);
      entries += header.count;
    }
    acknowledge(std::max<std::uint64_t>(last, kMergeBatchesUnderWayMax) + 1);
  }
  EXPECT_TRUE(shard_->settled());
  EXPECT_GE(entries, 400U * 256U);
}

class Filling : public Replicated {
 protected:
  static constexpr std::size_t kMemory = 4 << 20;
  Filling() : Replicated(kMemory) {}

  // New keys until one is not taken, nor a little later: its answer.
  Code fill() {
    for (int refused = 0;;) {
      oldest_ = ++sequence_;
      handle(request(sequence_, {{Opcode::kPut, std::to_string(keys_), std::string(1'000, 'v')}}));
      for (const Sent& one : sent(100'000)) {
        Reader reader(as_bytes(one.bytes));
        MergeBatchHeader batch_header;
        if (kind_of(as_bytes(one.bytes)) == FrameKind::kMergeBatch && read_merge_batch_header(reader, batch_header))
          last_batch_ = std::max(last_batch_, batch_header.number);
        ReplyHeader header;
        Answer answer;
        if (kind_of(as_bytes(one.bytes)) != FrameKind::kReply || !read_reply_header(reader, header)) continue;
        EXPECT_TRUE(read_answer(reader, answer));
        refused = answer.status == Code::kOk ? 0 : refused + 1;
        if (refused == 0) ++keys_;
        if (refused > 30) return answer.status;  // 3 ms: what was only on its way has left
      }
    }
  }
  std::uint64_t used() { return shard_->store().bytes_used(); }

  std::uint64_t keys_ = 0;
  std::uint64_t last_batch_ = 0;
  std::uint32_t sequence_ = 0;
};

// Each of two that take as much as this one has room for what the other took.
TEST_F(Filling, new_keys_wait_while_the_other_replica_lacks_what_came_before) {
  EXPECT_EQ(fill(), Code::kLater);
  EXPECT_LT(used(), kMemory / 2);
  EXPECT_GT(used(), kMemory / 5 * 2);
  const std::uint64_t keys = keys_;
  for (int turns = 0; turns < 100 && !shard_->settled(); ++turns) {
    acknowledge(last_batch_ + 1);
    for (const MergeBatchHeader& header : batches(1'000'000)) last_batch_ = std::max(last_batch_, header.number);
  }
  ASSERT_TRUE(shard_->settled());
  EXPECT_EQ(fill(), Code::kLater) << "of what is free by now";
  EXPECT_GT(keys_, keys + keys / 4);
}

// It may be dead, and will need no room then.
TEST_F(Filling, who_has_said_nothing_for_seconds_is_not_waited_for) {
  EXPECT_EQ(fill(), Code::kLater);
  const std::uint64_t keys = keys_;
  for (int turns = 0; turns < 4'000; ++turns) sent(1'000'000);
  EXPECT_EQ(fill(), Code::kFull);
  EXPECT_GT(used(), kMemory / 5 * 4);
  EXPECT_GT(keys_, keys + keys / 2);
}

// It restarts: it is empty, and has room.
TEST_F(Filling, what_a_replica_lacked_before_it_restarted_does_not_count) {
  EXPECT_EQ(fill(), Code::kLater);
  const std::uint64_t keys = keys_;
  const auto restarted = view_of(2, {.nodes = 2, .shards = 1}, 300);
  shard_->set_view(*restarted);
  epoch_ = restarted->epoch;
  sent(1'000'000);
  fill();
  EXPECT_GT(keys_, keys + 10);
}

// The sender told it by an older view: who holds it is told on, and it is not settled before.
TEST_F(Replicated, a_key_that_others_hold_by_now_is_handed_on_where_keys_have_one_holder_too) {
  const auto one_holder = view_of(2, {.nodes = 1, .shards = 1});
  shard_->set_view(*one_holder);
  for (int turn = 0; turn < 3; ++turn) sent(1'000'000);  // the sweep
  ASSERT_TRUE(shard_->settled());
  std::string key;
  std::array<Place, kReplicasMax> places{};
  for (int number = 0; places[0].node != kOther.node; ++number) {
    key = "key" + std::to_string(number);
    one_holder->replicas(key_hash(as_bytes(key)), as_bytes(key), places);
  }
  handle(batch(1, key, "value", 500), kPeer);
  const auto handed_on = batches(1'000'000);
  ASSERT_EQ(handed_on.size(), 1U);
  EXPECT_EQ(handed_on[0].count, 1U);
  EXPECT_FALSE(shard_->settled());
}

TEST_F(Replicated, a_batch_is_merged_once_and_acknowledged_each_time) {
  handle(batch(2, "k", "second", 500), kPeer);
  handle(batch(1, "k", "first", 400), kPeer);
  handle(batch(2, "k", "forged repeat", 900), kPeer);
  std::size_t acks = 0;
  for (const Sent& one : sent()) {
    MergeAck ack;
    Reader reader(as_bytes(one.bytes));
    ASSERT_TRUE(read_merge_ack(reader, ack));
    EXPECT_EQ(std::get<PeerId>(one.to), kPeer);
    EXPECT_EQ(ack.below, 3U);
    EXPECT_EQ(ack.incarnation, kOther.incarnation);
    ++acks;
  }
  EXPECT_EQ(acks, 1U) << "one a turn";
  EXPECT_EQ(ask(1, {Opcode::kGet, "k", ""}).second, "second");
  EXPECT_EQ(counters().batches_received.value(), 2U);
  EXPECT_EQ(counters().batches_repeated.value(), 1U);
}

TEST_F(Replicated, a_new_life_of_a_peer_begins_anew_and_the_old_one_is_stale) {
  handle(batch(1, "k", "old", 400), kPeer);
  FrameBuffer reborn;
  WriterId sender = kOther;
  sender.incarnation += 1;
  begin_merge_batch(reborn, {.count = 1, .sender = sender, .number = 1, .clock = {600}, .horizon = {}, .epoch = view_->epoch});
  const std::size_t begun = begin_merge_entry(reborn, as_bytes("k"));
  encode_plain_value({.stamp = {600}, .writer = sender, .value = as_bytes("new")}, reborn);
  end_merge_entry(reborn, begun);
  handle(reborn, kPeer);
  handle(batch(2, "k", "late", 700), kPeer);
  EXPECT_EQ(counters().dropped_stale.value(), 1U);
  sent();
  EXPECT_EQ(ask(1, {Opcode::kGet, "k", ""}).second, "new");
}

TEST_F(Replicated, a_waiter_is_answered_by_a_merge) {
  EXPECT_EQ(ask(1, {Opcode::kWait, "k", packed(std::uint64_t{0})}).first, Code::kInProgress);
  handle(batch(1, "k", "v", 400), kPeer);
  const auto all = replies();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].header.sequence, 1U);
}

TEST_F(Replicated, a_frame_that_asks_for_two_nodes_is_answered_when_the_other_has_it) {
  ack_nodes_ = 2;
  const FrameBuffer frame = request(1, {add("n", 1), {Opcode::kCounterGet, "n", ""}, add("n", 2)});
  handle(frame);
  EXPECT_EQ(sent().size(), 2U) << "the read's answer, and a batch at once";
  handle(frame);  // again, while it waits
  const auto again = replies();
  ASSERT_EQ(again.size(), 1U);
  for (const std::size_t update : {0U, 2U}) EXPECT_EQ(again[0].answers.at(update).first, Code::kInProgress);
  ack_nodes_ = 1;
  EXPECT_EQ(counters().batches_sent.value(), 1U);
  acknowledge(2);
  auto late = replies();
  ASSERT_EQ(late.size(), 2U) << "operations 0 and 2 are not neighbours";
  EXPECT_EQ(late[0].header.first, 0U);
  EXPECT_EQ(late[1].header.first, 2U);
  handle(frame);
  EXPECT_EQ(replies().size(), 1U) << "afterwards a repeat is answered at once";
  EXPECT_EQ(counter("n"), packed(std::int64_t{3}));
  ack_nodes_ = 3;
  EXPECT_EQ(ask(2, add("n", 1)).first, Code::kInvalid) << "there are two nodes";
}

TEST_F(Replicated, what_a_session_no_longer_waits_for_is_forgotten) {
  ack_nodes_ = 2;
  EXPECT_EQ(ask(1, add("n", 1)).first, Code::kInProgress);
  EXPECT_EQ(counters().deferred.value(), 1U);
  oldest_ = 2;  // its timeout is over
  EXPECT_EQ(ask(2, add("n", 1)).first, Code::kInProgress);
  EXPECT_EQ(counters().deferred.value(), 1U) << "the second frame's";
}

TEST_F(Replicated, updates_that_wait_for_other_nodes_have_a_bound) {
  const std::string key = "n";
  const std::string one = packed(std::int64_t{1});
  for (std::size_t number = 0; number <= kDeferredMax; ++number) {
    FrameBuffer frame;
    begin_request(frame, {.count = 1,
                          .sequence = static_cast<std::uint32_t>(1 + number % kFramesUnderWayMax),
                          .session = 1000 + number / kFramesUnderWayMax,
                          .epoch = view_->epoch,
                          .oldest = 1,
                          .ack_nodes = 2});
    append_operation(frame, {Opcode::kCounterAdd, as_bytes(key), as_bytes(one)});
    handle(frame);
  }
  const auto refused = replies();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].answers[0].first, Code::kCrowded);
  EXPECT_EQ(counters().deferred.value(), kDeferredMax);
  EXPECT_EQ(counters().refused_crowded.value(), 1U);
  ack_nodes_ = 1;
  EXPECT_EQ(counter(key), packed(static_cast<std::int64_t>(kDeferredMax))) << "what was refused was not applied";
}

TEST_F(Replicated, answers_that_a_lost_connection_waited_for_are_forgotten) {
  ack_nodes_ = 2;
  handle(request(1, {add("k", 1)}));
  handle(request(2, {{Opcode::kFlush, "", std::string(1, '\2')}}));
  sent();
  ASSERT_EQ(counters().deferred.value(), 2U);
  shard_->peer_failed(kClient);
  sent();
  EXPECT_EQ(counters().deferred.value(), 0U);
  EXPECT_EQ(counters().sessions.value(), 0U);
}

TEST_F(Replicated, a_flush_is_answered_when_what_came_before_it_is_held) {
  EXPECT_EQ(ask(1, {Opcode::kFlush, "", std::string(1, 0)}).first, Code::kOk) << "nothing was written";
  ask(2, {Opcode::kPut, "k", "v"});
  EXPECT_EQ(ask(3, {Opcode::kFlush, "", std::string(1, 2)}).first, Code::kInProgress);
  EXPECT_EQ(ask(4, {Opcode::kFlush, "", std::string(1, 1)}).first, Code::kOk) << "this node has it";
  EXPECT_EQ(ask(5, {Opcode::kFlush, "", std::string(1, 3)}).first, Code::kInvalid);
  EXPECT_EQ(counters().batches_sent.value(), 1U);
  acknowledge(2);
  const auto all = replies();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].header.sequence, 3U);
}

// "Every replica" is every one: a reader may ask the node's other shard. That a number of nodes has it is another question.
TEST_F(Replicated, a_flush_to_every_replica_waits_for_this_nodes_own_shards_too) {
  constexpr WriterId kSibling{NodeId{0}, ShardId{1}, 100};
  View one;
  NodeEntry entry;
  entry.id = NodeId{0};
  entry.incarnation = 100;
  for (unsigned char shard = 0; shard < 2; ++shard) entry.shard_addresses.push_back({std::byte{shard}});
  one.merge(entry);
  const auto before =
      std::exchange(view_, ClusterView::make(one, Placement({.nodes = 1, .shards = 2})));  // which the shard compares
  shard_->set_view(*view_);
  sent();  // the sweep
  ask(1, {Opcode::kPut, "k", "v"});
  EXPECT_EQ(ask(2, {Opcode::kFlush, "", std::string(1, 1)}).first, Code::kOk) << "the node has it";
  EXPECT_EQ(ask(3, {Opcode::kFlush, "", std::string(1, 0)}).first, Code::kInProgress);
  EXPECT_EQ(counters().batches_sent.value(), 1U) << "a flush does not wait for the round";
  FrameBuffer frame;
  write_merge_ack(frame, {.sender = kSibling, .incarnation = kSelf.incarnation, .below = 2, .clock = {}, .horizon = {}});
  handle(frame, kPeer);
  const auto all = replies();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].header.sequence, 3U);
}

// A turn that takes a view after it has received.
TEST_F(Replicated, a_view_takes_no_acknowledgement_from_what_came_before_it) {
  handle(batch(1, "k", "v", 400), kPeer);
  const auto again = view_of(2, {.nodes = 2, .shards = 1});
  shard_->set_view(*again);
  std::size_t acknowledgements = 0;
  for (const Sent& one : sent()) acknowledgements += kind_of(as_bytes(one.bytes)) == FrameKind::kMergeAck ? 1U : 0U;
  EXPECT_EQ(acknowledgements, 1U);
  view_ = again;
}

TEST_F(Replicated, batches_and_acknowledgements_of_garbage_are_dropped) {
  const FrameBuffer good = batch(1, "key", "value", 400);
  for (std::size_t size = 0; size < good.size(); ++size) shard_->handle({kPeer, good.bytes().first(size)}, turn_, outbox_);
  EXPECT_EQ(counters().dropped_garbage.value(), good.size());
  EXPECT_EQ(counters().batches_received.value(), 0U);
  acknowledge(1'000'000);
  acknowledge(~std::uint64_t{0});
  ask(1, {Opcode::kPut, "k", "v"});
  EXPECT_EQ(batches(1'000'000).size(), 1U);
  EXPECT_FALSE(shard_->settled()) << "no acknowledgement of what was never sent counts";
}

}  // namespace
}  // namespace lath
