// What an update costs the network as the cluster grows: the real shards over the simulated network, 8 to 1024 of them. Each case
// gives every shard the same updates a round and counts what shards send each other. docs/scaling.md explains the figures and shows
// these rows; a run is a function of its seed, so the rows there are compared as text.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

constexpr TimeNs kRoundNs = 1'000'000;  // gossip's interval
constexpr TimeNs kDelayNs = 5'000;      // of all alike: a thousand shards then have few moments at which something happens
constexpr unsigned kRounds = 3;
constexpr TimeNs kPatienceNs = 1'000'000'000;

struct Case {
  std::uint32_t nodes;
  std::uint32_t shards;   // of a node
  std::uint32_t updates;  // of a shard in a round
};

enum class Keys : std::uint8_t { kSpread, kHot };

// What shards sent each other, an update of 8 bytes under a key of 8 bytes, and a shard's round.
struct Cost {
  double updates = 0;
  double messages = 0;
  double bytes = 0;
  double entries = 0;
  double busiest = 0;  // messages of the shard that sent most, in a round
  std::uint64_t resent = 0;
  std::uint64_t silent_messages = 0;  // in a second without updates
};

class Scaling {
 public:
  Scaling(const Case& one, Keys keys)
      : case_(one),
        keys_(keys),
        cluster_({.nodes = one.nodes,
                  .shards = one.shards,
                  .seed = 11,
                  .network = {.delay_ns_min = kDelayNs, .delay_ns_max = kDelayNs}}),
        session_(cluster_, 1) {
    for (std::uint32_t node = 0; node < one.nodes; ++node) {
      for (std::uint32_t shard = 0; shard < one.shards; ++shard) places_.push_back({NodeId{node}, ShardId{shard}});
    }
    deal_keys();
  }

  Cost run() {
    round();  // connections are made, streams begun
    EXPECT_TRUE(cluster_.run_until_quiet(kPatienceNs));
    const Totals before = totals();
    for (unsigned count = 0; count < kRounds; ++count) {
      round();
      cluster_.run_for(kRoundNs);
    }
    EXPECT_TRUE(cluster_.run_until_quiet(kPatienceNs));
    const Totals after = totals();
    cluster_.run_for(1'000 * kRoundNs);
    Cost cost;
    cost.updates = static_cast<double>(places_.size()) * case_.updates * kRounds;
    cost.messages = static_cast<double>(after.messages - before.messages);
    cost.bytes = static_cast<double>(after.bytes - before.bytes);
    cost.entries = static_cast<double>(after.entries - before.entries);
    for (std::size_t at = 0; at < places_.size(); ++at) {
      cost.busiest = std::max(cost.busiest, static_cast<double>(after.by_place[at] - before.by_place[at]) / kRounds);
    }
    cost.resent = after.resent - before.resent;
    cost.silent_messages = totals().messages - after.messages;
    return cost;
  }

 private:
  struct Totals {
    std::uint64_t messages = 0;  // from shard to shard
    std::uint64_t bytes = 0;
    std::uint64_t entries = 0;
    std::uint64_t resent = 0;
    std::vector<std::uint64_t> by_place;
  };

  // Keys of each shard's own, so that its updates need no forwarding.
  void deal_keys() {
    const std::size_t wanted = keys_ == Keys::kHot ? 1 : std::size_t{case_.updates} * kRounds;
    keys_of_.resize(places_.size());
    std::size_t short_of = places_.size();
    for (std::uint64_t number = 0; short_of > 0; ++number) {
      const std::string key = packed(number);
      const Place owner = cluster_.replicas_of(key).front();
      std::vector<std::string>& keys = keys_of_[owner.node.value * case_.shards + owner.shard.value];
      if (keys.size() == wanted) continue;
      keys.push_back(key);
      if (keys.size() == wanted) --short_of;
    }
  }

  // Hot keys change over and over within the round, spread ones once in the whole run and once while it warms up.
  void round() {
    const std::size_t begin = turn_++ % kRounds * case_.updates;
    for (std::size_t at = 0; at < places_.size(); ++at) {
      std::vector<RawOperation> puts;
      for (std::size_t index = begin; index < begin + case_.updates; ++index) {
        puts.push_back({Opcode::kPut, keys_of_[at][index % keys_of_[at].size()], packed(std::uint64_t{index})});
      }
      session_.send(places_[at], puts);
    }
    EXPECT_TRUE(cluster_.run_until([this] { return session_.all_answered(); }, kPatienceNs));
  }

  Totals totals() const {
    Totals all;
    for (const Place& place : places_) {
      const ShardCounters& counters = cluster_.loop(place).counters();
      const TransportCounters& traffic = cluster_.traffic(place);
      all.by_place.push_back(traffic.messages_sent - counters.replies.value());
      all.messages += all.by_place.back();
      all.bytes += traffic.bytes_sent;
      all.entries += counters.entries_sent.value();
      all.resent += counters.batches_resent.value();
    }
    all.bytes -= session_.traffic().bytes_received;
    return all;
  }

  Case case_;
  Keys keys_;
  mutable SimCluster cluster_;
  RawSession session_;
  std::vector<Place> places_;
  std::vector<std::vector<std::string>> keys_of_;
  std::size_t turn_ = 0;
};

// A batch and its acknowledgement for each shard that any update of the round concerns: of P others, U updates meet
// P (1 - (1 - 1/P)^U).
double modelled(const Case& one) {
  const double others = static_cast<double>(one.nodes - 1) * one.shards;
  return 2 * others * (1 - std::pow(1 - 1 / others, one.updates)) / one.updates;
}

std::string row(const Case& one, const Cost& cost) {
  std::array<char, 160> text{};
  const double shards = static_cast<double>(one.nodes) * one.shards;
  std::snprintf(text.data(), text.size(), "| %u | %u | %u | %.2f | %.2f | %.0f | %.1f | %.0f | %.1f |", one.nodes, one.shards,
                one.updates, cost.messages / cost.updates, modelled(one), cost.bytes / cost.updates,
                cost.messages / shards / kRounds, cost.bytes / shards / kRounds, cost.busiest);
  return text.data();
}

void expect_documented(const Case& one, const Cost& cost) {
  std::ifstream file(LATH_SCALING_DOCUMENT);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_NE(text.str().find(row(one, cost) + "\n"), std::string::npos) << "docs/scaling.md has no row\n" << row(one, cost);
}

TEST(Scaling, an_update_costs_two_messages_at_most_and_fewer_the_more_there_are) {
  for (const Case& one : {Case{8, 1, 32}, Case{64, 1, 32}, Case{256, 1, 32}, Case{256, 4, 32}, Case{1024, 1, 32}, Case{8, 1, 256},
                          Case{64, 1, 256}, Case{256, 1, 256}}) {
    const Cost cost = Scaling(one, Keys::kSpread).run();
    expect_documented(one, cost);
    EXPECT_EQ(cost.entries, cost.updates) << "there is one other replica, and each update reaches it once";
    EXPECT_EQ(cost.resent, 0U);
    EXPECT_EQ(cost.silent_messages, 0U);
    EXPECT_LE(cost.messages / cost.updates, modelled(one) * 1.001);
    EXPECT_GE(cost.messages / cost.updates, modelled(one) * 0.9) << "others are met unevenly, but not so unevenly";
  }
}

// The same load a shard on ever more nodes: what an update costs is bounded, and has come within a tenth of its bound where the cluster
// grows fourfold again.
TEST(Scaling, messages_and_bytes_of_an_update_and_of_a_shards_round_stay_flat) {
  constexpr std::uint32_t kUpdates = 32;
  constexpr double kMessagesMax = 2;  // of an update: its batch and the acknowledgement, shared with no other
  constexpr double kBytesMax = 49 + 60 * kMessagesMax;
  const auto cost_of = [](std::uint32_t nodes) { return Scaling({nodes, 1, kUpdates}, Keys::kSpread).run(); };
  const Cost some = cost_of(256);
  const Cost many = cost_of(1024);
  for (const Cost& cost : {some, many}) {
    EXPECT_LE(cost.messages / cost.updates, kMessagesMax);
    EXPECT_LE(cost.bytes / cost.updates, kBytesMax);
  }
  EXPECT_LE(many.messages / many.updates, 1.1 * some.messages / some.updates) << "and so a shard's round: its updates are as many";
  EXPECT_LE(many.bytes / many.updates, 1.1 * some.bytes / some.updates);
  EXPECT_LE(many.busiest, 1.2 * some.busiest) << "no shard is a hub";
}

TEST(Scaling, a_hot_key_costs_one_entry_a_round_in_any_cluster) {
  for (const Case& one : {Case{8, 1, 32}, Case{64, 1, 32}, Case{1024, 1, 32}}) {
    const Cost cost = Scaling(one, Keys::kHot).run();
    EXPECT_EQ(cost.entries, static_cast<double>(one.nodes) * kRounds) << "of 32 updates of the key, each";
    EXPECT_EQ(cost.messages, 2 * cost.entries);
    EXPECT_EQ(cost.silent_messages, 0U);
  }
}

}  // namespace
}  // namespace lath
