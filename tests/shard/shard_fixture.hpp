// One shard without a network: frames go in by hand, and what it wants sent is read back.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/region.hpp"
#include "shard/shard.hpp"
#include "store/extent_queue.hpp"
#include "topology/hash.hpp"
#include "wire/merge_batch.hpp"
#include "wire/reply.hpp"
#include "wire/writer.hpp"

namespace lath {

struct TestOperation {
  Opcode opcode = Opcode::kGet;
  std::string key;
  std::string argument;
};

struct TestReply {
  PeerId to;
  ReplyHeader header;
  std::vector<std::pair<Code, std::string>> answers;
};

template <class T>
std::string packed(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

class ShardTest : public ::testing::Test {
 protected:
  static constexpr PeerId kClient{3, 1};
  static constexpr PeerId kPeer{4, 1};
  static constexpr WriterId kSelf{NodeId{0}, ShardId{0}, 100};
  static constexpr WriterId kOther{NodeId{1}, ShardId{0}, 200};

  explicit ShardTest(std::uint32_t nodes = 1, std::size_t memory_bytes = 64 << 20)
      : extents_(memory_bytes, 1 << 20, 4 << 20), view_(view_of(nodes, {.nodes = nodes, .shards = 1})) {
    EXPECT_TRUE(extents_.refill(memory_));
    shard_.emplace(ShardOptions{.self = kSelf}, Store({.self = kSelf, .memory_bytes = memory_bytes, .hash = &key_hash}, extents_));
    shard_->set_view(*view_);
  }

  static std::shared_ptr<const ClusterView> view_of(std::uint32_t nodes, Replication replication, std::uint64_t life = 0) {
    View view;
    for (std::uint32_t id = 0; id < nodes; ++id) {
      NodeEntry entry;
      entry.id = NodeId{id};
      entry.incarnation = 100 + (100 + life) * id;
      entry.shard_addresses.push_back({std::byte{static_cast<unsigned char>(id)}});
      view.merge(entry);
    }
    return ClusterView::make(view, Placement(replication));
  }

  FrameBuffer request(std::uint32_t sequence, const std::vector<TestOperation>& operations) {
    FrameBuffer frame;
    begin_request(frame, {.count = static_cast<std::uint16_t>(operations.size()),
                          .sequence = sequence,
                          .session = session_,
                          .epoch = epoch_.value_or(view_->epoch),
                          .oldest = oldest_,
                          .ack_nodes = ack_nodes_});
    for (const TestOperation& operation : operations) {
      append_operation(frame, {operation.opcode, as_bytes(operation.key), as_bytes(operation.argument)});
    }
    return frame;
  }
  void handle(const FrameBuffer& frame, PeerId from = kClient) { shard_->handle({from, frame.bytes()}, turn_, outbox_); }

  struct Sent {
    Outbox::Destination to;
    std::string bytes;
  };
  // Ends the turn; what was sent.
  std::vector<Sent> sent(TimeNs later_ns = 0) {
    while (extents_.wants_more()) EXPECT_TRUE(extents_.refill(memory_));
    turn_.now_ns += later_ns;
    turn_.wall_us += later_ns / 1000 + 1;
    shard_->tick(turn_, outbox_);
    std::vector<Sent> all;
    outbox_.flush([&](const Outbox::Destination& to, FrameBuffer& frame) {
      all.push_back({to, std::string(as_text(frame.bytes()))});
      outbox_.release(std::move(frame));
      return Outbox::Offer::kTaken;
    });
    return all;
  }
  std::vector<TestReply> replies() {
    std::vector<TestReply> all;
    for (const Sent& one : sent()) {
      if (kind_of(as_bytes(one.bytes)) != FrameKind::kReply) continue;
      TestReply& reply = all.emplace_back();
      reply.to = std::get<PeerId>(one.to);
      Reader reader(as_bytes(one.bytes));
      EXPECT_TRUE(read_reply_header(reader, reply.header));
      for (std::uint16_t index = 0; index < reply.header.count; ++index) {
        Answer answer;
        EXPECT_TRUE(read_answer(reader, answer));
        reply.answers.emplace_back(answer.status, std::string(as_text(answer.payload)));
      }
      EXPECT_TRUE(reader.at_end());
    }
    return all;
  }
  // Of a frame with one operation: its answer; kInProgress where there is none.
  std::pair<Code, std::string> ask(std::uint32_t sequence, const TestOperation& operation) {
    handle(request(sequence, {operation}));
    const auto all = replies();
    if (all.empty()) return {Code::kInProgress, {}};
    EXPECT_EQ(all.size(), 1U);
    return all.front().answers.front();
  }
  std::string counter(const std::string& key) { return ask(0xffff, {Opcode::kCounterGet, key, ""}).second; }
  static TestOperation add(const std::string& key, std::int64_t amount) { return {Opcode::kCounterAdd, key, packed(amount)}; }

  // A merge batch of kOther, of one put.
  FrameBuffer batch(std::uint64_t number, const std::string& key, const std::string& value, std::uint64_t stamp) {
    FrameBuffer frame;
    begin_merge_batch(frame,
                      {.count = 1, .sender = kOther, .number = number, .clock = {stamp}, .horizon = {}, .epoch = view_->epoch});
    const std::size_t begun = begin_merge_entry(frame, as_bytes(key));
    encode_plain_value({.stamp = {stamp}, .writer = kOther, .value = as_bytes(value)}, frame);
    end_merge_entry(frame, begun);
    return frame;
  }
  const ShardCounters& counters() const { return shard_->counters(); }

  HeapRegionProvider memory_;
  ExtentQueue extents_;
  std::shared_ptr<const ClusterView> view_;
  std::optional<Shard> shard_;
  Outbox outbox_;
  Turn turn_{.now_ns = 1'000'000, .wall_us = 1'700'000'000'000'000};
  std::uint64_t session_ = 77;
  std::uint32_t oldest_ = 1;
  std::uint8_t ack_nodes_ = 1;
  std::optional<std::uint64_t> epoch_;
};

}  // namespace lath
