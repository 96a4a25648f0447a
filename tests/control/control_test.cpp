// Control machines over a small network of the test's own: frames may be lost, repeated and come in any order, under a seed.
#include "control/control.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "views.hpp"

namespace lath {
namespace {

using testing::view_of;

constexpr TimeNs kStep = 1'000'000;

class Cluster {
 public:
  Cluster(std::uint32_t nodes, std::uint64_t seed, unsigned lost_percent) : random_(seed), lost_percent_(lost_percent) {
    for (std::uint32_t node = 0; node < nodes; ++node) {
      controls_.push_back(std::make_unique<Control>(NodeId{node}, view_of(nodes, 1), Random(seed * 1000 + node)));
      outboxes_.push_back(std::make_unique<Outbox>());
      cut_.push_back(false);
    }
  }
  Control& at(std::size_t node) { return *controls_[node]; }
  void cut(std::size_t node, bool is_cut) { cut_[node] = is_cut; }
  TimeNs now() const { return now_; }
  std::size_t delivered() const { return delivered_; }

  void run(TimeNs duration) {
    for (const TimeNs end = now_ + duration; now_ < end; now_ += kStep) step();
  }
  bool equal(std::size_t a, std::size_t b) { return at(a).view().epoch() == at(b).view().epoch(); }
  bool all_equal() {
    for (std::size_t node = 1; node < controls_.size(); ++node)
      if (!equal(0, node)) return false;
    return true;
  }
  void inject(std::size_t to, Bytes bytes) { at(to).handle({PeerId{99, 0}, bytes}, now_, *outboxes_[to]); }

 private:
  struct Flying {
    std::size_t from;
    std::size_t to;
    std::vector<std::byte> bytes;
  };

  void step() {
    for (std::size_t node = 0; node < controls_.size(); ++node) {
      at(node).tick(now_, *outboxes_[node]);
      outboxes_[node]->flush([&](const Outbox::Destination& to, FrameBuffer& frame) {
        // A peer's index is its node here.
        const std::size_t target = std::holds_alternative<Place>(to) ? std::get<Place>(to).node.value : std::get<PeerId>(to).index;
        if (target >= controls_.size()) return Outbox::Offer::kGone;
        const Bytes bytes = frame.bytes();
        const std::size_t copies = random_.below(100) < lost_percent_ ? 0 : (random_.below(100) < lost_percent_ ? 2 : 1);
        for (std::size_t i = 0; i < copies; ++i) flying_.push_back({node, target, {bytes.begin(), bytes.end()}});
        return Outbox::Offer::kTaken;
      });
    }
    for (std::size_t left = flying_.size(); left > 0; --left) {
      const std::size_t chosen = random_.below(flying_.size());
      std::swap(flying_[chosen], flying_.back());
      const Flying frame = std::move(flying_.back());
      flying_.pop_back();
      if (cut_[frame.from] || cut_[frame.to]) continue;
      ++delivered_;
      at(frame.to).handle({PeerId{static_cast<std::uint32_t>(frame.from), 0}, frame.bytes}, now_, *outboxes_[frame.to]);
    }
  }

  Random random_;
  unsigned lost_percent_;
  TimeNs now_ = kStep;
  std::vector<std::unique_ptr<Control>> controls_;
  std::vector<std::unique_ptr<Outbox>> outboxes_;
  std::vector<bool> cut_;
  std::deque<Flying> flying_;
  std::size_t delivered_ = 0;
};

TEST(Control, a_quiet_cluster_says_nothing) {
  Cluster cluster(4, 1, 0);
  cluster.run(10'000'000'000);
  EXPECT_EQ(cluster.delivered(), 0U);
  EXPECT_TRUE(cluster.at(0).agreed());
  EXPECT_EQ(cluster.at(0).next_deadline(), ~TimeNs{0});
}

TEST(Control, a_node_that_leaves_is_known_to_all_within_a_few_steps_then_all_are_quiet) {
  Cluster cluster(8, 2, 0);
  cluster.at(3).announce(NodeState::kLeaving, cluster.now());
  EXPECT_FALSE(cluster.at(3).agreed());
  cluster.run(5 * kStep);
  EXPECT_TRUE(cluster.all_equal());
  EXPECT_TRUE(cluster.at(3).agreed());
  cluster.at(3).announce(NodeState::kLeft, cluster.now());
  cluster.run(1'000'000'000);
  EXPECT_TRUE(cluster.all_equal());
  for (std::size_t node = 0; node < 8; ++node) {
    EXPECT_EQ(cluster.at(node).view().find(NodeId{3})->state, NodeState::kLeft);
    EXPECT_TRUE(cluster.at(node).agreed());
  }
  const std::size_t before = cluster.delivered();
  cluster.run(10'000'000'000);
  EXPECT_EQ(cluster.delivered(), before);
}

TEST(Control, all_leaving_at_once_agree) {
  Cluster cluster(6, 3, 0);
  for (std::size_t node = 0; node < 6; ++node) cluster.at(node).announce(NodeState::kLeaving, cluster.now());
  cluster.run(1'000'000'000);
  EXPECT_TRUE(cluster.all_equal());
  for (std::size_t node = 0; node < 6; ++node) EXPECT_TRUE(cluster.at(node).agreed());
}

TEST(Control, agrees_although_frames_are_lost_repeated_and_reordered) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Cluster cluster(5, seed, 30);
    cluster.at(1).announce(NodeState::kLeaving, cluster.now());
    cluster.run(20 * kStep);
    cluster.at(2).announce(NodeState::kLeaving, cluster.now());
    cluster.run(10'000'000'000);
    EXPECT_TRUE(cluster.all_equal());
    for (std::size_t node = 0; node < 5; ++node) EXPECT_TRUE(cluster.at(node).agreed());
  }
}

TEST(Control, news_reaches_those_that_its_owner_did_not_before_it_went) {
  Cluster cluster(3, 4, 0);
  cluster.cut(2, true);
  cluster.at(0).announce(NodeState::kLeft, cluster.now());
  cluster.run(20 * kStep);
  cluster.cut(0, true);  // gone for good; only node 1 has heard of it
  cluster.cut(2, false);
  cluster.run(5'000'000'000);
  EXPECT_TRUE(cluster.equal(1, 2));
}

TEST(Control, a_silent_node_is_given_up_and_taken_up_again_when_it_speaks) {
  Cluster cluster(3, 5, 0);
  cluster.cut(2, true);
  cluster.at(0).announce(NodeState::kLeaving, cluster.now());
  cluster.run(30'000'000'000);
  EXPECT_TRUE(cluster.at(0).agreed());
  EXPECT_EQ(cluster.at(0).counters().given_up, 1U);
  const std::size_t before = cluster.at(0).counters().views_sent;
  cluster.run(30'000'000'000);
  EXPECT_EQ(cluster.at(0).counters().views_sent, before);
  cluster.cut(2, false);
  cluster.at(2).announce(NodeState::kLeaving, cluster.now());
  cluster.run(1'000'000'000);
  EXPECT_TRUE(cluster.all_equal());
}

// It may have left while we were stopped or cut off: what the others were told they know.
TEST(Control, who_loses_a_node_asks_the_others_and_not_the_lost_one) {
  Cluster cluster(4, 10, 0);
  cluster.cut(3, true);
  cluster.at(0).announce(NodeState::kLeft, cluster.now());
  cluster.run(30'000'000'000);
  EXPECT_TRUE(cluster.equal(1, 2));
  cluster.cut(0, true);
  cluster.cut(3, false);
  cluster.run(30'000'000'000);
  EXPECT_FALSE(cluster.equal(1, 3)) << "everybody has given up on everybody: this test has lost its subject";
  cluster.at(3).lost(NodeId{0}, cluster.now());
  cluster.run(1'000'000'000);
  EXPECT_TRUE(cluster.equal(1, 3));
  EXPECT_EQ(cluster.at(3).view().find(NodeId{0})->state, NodeState::kLeft);
  EXPECT_EQ(cluster.at(3).counters().questions_sent, 2U);
}

TEST(Control, tells_who_gave_a_sign_of_life_and_who_gave_none) {
  Cluster cluster(3, 11, 0);
  cluster.cut(2, true);
  cluster.at(0).ask(NodeId{1}, false, cluster.now());
  cluster.at(0).ask(NodeId{2}, false, cluster.now());
  cluster.run(20'000'000'000);
  EXPECT_EQ(cluster.at(0).take_signs(), (std::map<NodeId, bool>{{NodeId{1}, true}, {NodeId{2}, false}}));
  EXPECT_TRUE(cluster.at(0).take_signs().empty());
  EXPECT_EQ(cluster.at(0).counters().questions_sent, 1 + kControlTriesMax);
  cluster.at(0).ask(NodeId{2}, true, cluster.now());
  cluster.run(20'000'000'000);
  EXPECT_EQ(cluster.at(0).counters().questions_sent, 2 + kControlTriesMax) << "nothing was expected of it";
  EXPECT_EQ(cluster.at(0).counters().given_up, 2U);
  cluster.cut(2, false);
  cluster.at(0).ask(NodeId{2}, true, cluster.now());
  cluster.run(1'000'000'000);
  EXPECT_TRUE(cluster.at(0).take_signs().at(NodeId{2}));
}

TEST(Control, who_leaves_gives_up_on_a_node_that_answers_nothing_but_not_on_a_slow_one) {
  Cluster cluster(3, 8, 0);
  cluster.cut(2, true);
  cluster.at(0).announce(NodeState::kLeaving, cluster.now());
  cluster.run(5'000'000'000);
  EXPECT_TRUE(cluster.at(0).lost_nodes().empty()) << "it may only be slow";
  EXPECT_FALSE(cluster.at(0).agreed());
  cluster.run(4'000'000'000);
  EXPECT_EQ(cluster.at(0).lost_nodes(), std::set<NodeId>{NodeId{2}});
  const std::uint64_t sent = cluster.at(0).counters().views_sent;
  cluster.at(0).announce(NodeState::kLeft, cluster.now());
  cluster.run(20 * kStep);
  EXPECT_TRUE(cluster.at(0).agreed()) << "nor does its farewell wait for it";
  EXPECT_EQ(cluster.at(0).counters().views_sent, sent + 1);
}

TEST(Control, a_lost_node_that_speaks_is_lost_no_more) {
  Cluster cluster(3, 9, 0);
  cluster.at(0).lost(NodeId{2}, cluster.now());
  EXPECT_TRUE(cluster.at(0).lost_nodes().empty()) << "who stays goes on looking";
  cluster.at(0).announce(NodeState::kLeaving, cluster.now());
  cluster.at(0).lost(NodeId{2}, cluster.now());
  EXPECT_EQ(cluster.at(0).lost_nodes().size(), 1U);
  cluster.at(2).announce(NodeState::kLeaving, cluster.now());
  cluster.run(20 * kStep);
  EXPECT_TRUE(cluster.at(0).lost_nodes().empty());
  EXPECT_TRUE(cluster.all_equal());
}

TEST(Control, garbage_is_counted_and_dropped) {
  Cluster cluster(2, 6, 0);
  Random random(7);
  const std::uint64_t epoch = cluster.at(0).view().epoch();
  for (std::size_t i = 0; i < 2000; ++i) {
    std::vector<std::byte> bytes(random.below(200));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
    if (bytes.size() >= 2 && i % 2 == 0) {
      bytes[0] = static_cast<std::byte>(kWireVersion);
      bytes[1] = static_cast<std::byte>(FrameKind::kView);
    }
    cluster.inject(0, bytes);
  }
  EXPECT_EQ(cluster.at(0).counters().dropped_garbage, 2000U);
  EXPECT_EQ(cluster.at(0).view().epoch(), epoch);
}

}  // namespace
}  // namespace lath
