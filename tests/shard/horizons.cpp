// What a shard tells its peers that it has yet to send, by acknowledgements.
#include "shard_fixture.hpp"

namespace lath {
namespace {

// Both others have come back empty, so that each is sent all that is held.
class Horizons : public ShardTest {
 protected:
  Horizons() : ShardTest(3) {
    sent();  // the sweep of an empty table
    ask(1, {Opcode::kPut, "k", "v"});
    const auto before = std::exchange(view_, view_of(3, {.nodes = 3, .shards = 1}, 1));
    shard_->set_view(*view_);
    for (int turn = 0; turn < 8; ++turn) note_batches(sent(2'000'000));
    EXPECT_EQ(counters().keys_swept.value(), 2U) << "at the view's change, and for those who came back";
  }

  static PeerId peer_of(std::uint32_t node) { return {10 + node, 1}; }
  WriterId writer_of(std::uint32_t node) const { return {NodeId{node}, ShardId{0}, view_->view.find(NodeId{node})->incarnation}; }
  void acknowledge_all(std::uint32_t node) {
    FrameBuffer frame;
    write_merge_ack(
        frame, {.sender = writer_of(node), .incarnation = kSelf.incarnation, .below = next_[node], .clock = {}, .horizon = {}});
    handle(frame, peer_of(node));
  }
  // Asks as that node would.
  Stamp told_to(std::uint32_t node) {
    FrameBuffer frame;
    begin_merge_batch(frame,
                      {.count = 0, .sender = writer_of(node), .number = 1, .clock = {}, .horizon = {}, .epoch = view_->epoch});
    handle(frame, peer_of(node));
    const std::vector<Sent> all = sent();
    note_batches(all);
    for (const Sent& one : all) {
      if (kind_of(as_bytes(one.bytes)) != FrameKind::kMergeAck) continue;
      MergeAck ack;
      Reader reader(as_bytes(one.bytes));
      EXPECT_TRUE(read_merge_ack(reader, ack));
      return ack.horizon;
    }
    ADD_FAILURE() << "no answer";
    return {};
  }

 private:
  void note_batches(const std::vector<Sent>& all) {
    for (const Sent& one : all) {
      MergeBatchHeader header;
      Reader reader(as_bytes(one.bytes));
      if (kind_of(as_bytes(one.bytes)) != FrameKind::kMergeBatch || !read_merge_batch_header(reader, header)) continue;
      next_[std::get<Place>(one.to).node.value] = header.number + 1;
    }
  }

  std::map<std::uint32_t, std::uint64_t> next_;  // number of a batch, by node
};

TEST_F(Horizons, say_nothing_to_whom_is_sent_what_was_held) {
  EXPECT_EQ(told_to(1), Stamp{});
  EXPECT_EQ(told_to(2), Stamp{});
}

TEST_F(Horizons, who_has_been_given_all_is_told_that_while_another_is_mute) {
  acknowledge_all(1);
  EXPECT_EQ(told_to(1), kGivenHorizon);
  EXPECT_EQ(told_to(2), Stamp{});
  ask(2, {Opcode::kPut, "later", "v"});  // under way to both, which takes nothing back of what was held before
  EXPECT_EQ(told_to(1), kGivenHorizon);
}

TEST_F(Horizons, are_past_what_was_written_once_all_have_it) {
  acknowledge_all(1);
  acknowledge_all(2);
  EXPECT_GT(told_to(1), Stamp{turn_.wall_us});
  EXPECT_GT(told_to(2), Stamp{turn_.wall_us});
}

}  // namespace
}  // namespace lath
