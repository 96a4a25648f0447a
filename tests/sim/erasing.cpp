// What is erased is forgotten at every replica, whatever its type; what was written before never comes back, and what is written
// after, at whatever moment of the forgetting, is never lost.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <span>

#include "raw_session.hpp"
#include "sim_cluster.hpp"

namespace lath {
namespace {

std::uint64_t tombstones(SimCluster& cluster, std::uint32_t nodes) {
  std::uint64_t sum = 0;
  for (std::uint32_t node = 0; node < nodes; ++node) sum += cluster.loop(place_of(node)).counters().tombstones.value();
  return sum;
}

std::uint64_t shedding_maps(SimCluster& cluster, std::uint32_t nodes) {
  std::uint64_t sum = 0;
  for (std::uint32_t node = 0; node < nodes; ++node) sum += cluster.loop(place_of(node)).counters().shedding_maps.value();
  return sum;
}

std::string in_field(const std::string& field, Opcode opcode, const std::string& argument) {
  return packed(static_cast<std::uint16_t>(field.size())) + field + packed(opcode) + argument;
}

// Of the key itself, or of its field "f".
std::int64_t count_at(SimCluster& cluster, std::uint32_t node, const std::string& key, bool in_map) {
  FrameBuffer answer;
  const std::string read = in_field("f", Opcode::kCounterGet, "");
  const Code status = in_map
                          ? cluster.loop(place_of(node)).shard().store().read(key_of(key), Opcode::kMapRead, as_bytes(read), answer)
                          : cluster.read_at(place_of(node), key, Opcode::kCounterGet, answer);
  if (status == Code::kNotFound) return 0;
  EXPECT_EQ(status, Code::kOk);
  return unpacked<std::int64_t>(as_text(answer.bytes()));
}

TEST(Erasing, a_hundred_thousand_sets_counters_and_maps_leave_nothing) {
  SimCluster cluster({.nodes = 2, .replication = {2, 1}, .seed = 3, .memory_bytes = 128 << 20});
  RawSession session(cluster, 3);
  constexpr int kKeys = 100'000;
  constexpr int kFrame = 250;
  const auto ask_all = [&](auto&& operation_of) {
    for (int first = 0; first < kKeys; first += kFrame) {
      std::vector<RawOperation> operations;
      for (int index = first; index < first + kFrame; ++index) operations.push_back(operation_of(index));
      session.send(place_of(static_cast<std::uint32_t>(first / kFrame % 2)), operations);
      ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 10 * kSecond));
    }
  };
  ask_all([](int index) -> RawOperation {
    const std::string key = "key number " + std::to_string(index);
    if (index % 3 == 0) return {Opcode::kSetAdd, key, "element"};
    if (index % 3 == 1) return {Opcode::kCounterAdd, key, packed(std::int64_t{7})};
    return {Opcode::kMapUpdate, key, in_field("field", Opcode::kPut, "value")};
  });
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  EXPECT_GT(cluster.loop(place_of(1)).shard().store().counters().bytes_used, kKeys * 100U);
  ask_all([](int index) -> RawOperation { return {Opcode::kErase, "key number " + std::to_string(index), ""}; });
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  EXPECT_TRUE(cluster.run_until([&] { return tombstones(cluster, 2) == 0; }, 120 * kSecond));
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  for (std::uint32_t node = 0; node < 2; ++node) {
    EXPECT_EQ(cluster.loop(place_of(node)).counters().keys.value(), 0U);
    EXPECT_LT(cluster.loop(place_of(node)).shard().store().counters().bytes_used, 64U << 10);
    EXPECT_EQ(cluster.loop(place_of(node)).next_deadline(), kNever) << "an idle shard has no timers";
  }
}

// The lives of one key, or of one field of a map: it is counted up, erased, and counted up anew at some moment of the forgetting.
class Lives {
 public:
  Lives(std::uint64_t seed, std::uint32_t nodes, bool in_map)
      : nodes_(nodes),
        in_map_(in_map),
        cluster_({.nodes = nodes, .replication = {nodes, 1}, .seed = seed, .network = bad_network()}),
        session_(cluster_, seed) {}

  void live() {
    // Concurrent with the erase and unseen by it: an addition of a replica that is cut off. The erase wins over it.
    const bool cut_off = cluster_.random().below(3) == 0;
    const std::uint32_t eraser = any();
    const std::uint32_t other = (eraser + 1) % nodes_;
    add(other, 1);
    if (::testing::Test::HasFatalFailure()) return;
    ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    if (cut_off) {
      std::vector<NodeId> rest;
      for (std::uint32_t node = 0; node < nodes_; ++node) {
        if (node != other) rest.push_back(NodeId{node});
      }
      cluster_.partition({NodeId{other}}, rest);
      add(other, 1'000'000);
    }
    erase(eraser);
    pause();
    cluster_.heal();
    // Where all know of the erase anyone may write; before, only who erased.
    const bool all_know = cluster_.random().below(2) == 0;
    if (all_know) {
      ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    }
    pause();
    std::int64_t expected = 0;
    for (int time = 0; time < 6; ++time) {
      add(all_know ? any() : eraser, 1 + time);
      expected += 1 + time;
      if (cluster_.random().below(3) == 0) pause();
    }
    ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    for (std::uint32_t node = 0; node < nodes_; ++node)
      ASSERT_EQ(count_at(cluster_, node, "k", in_map_), expected) << "at " << node;
  }

  // Erased for good, it is forgotten, and stays so.
  void end() {
    const auto kept = [&] { return in_map_ ? shedding_maps(cluster_, nodes_) : tombstones(cluster_, nodes_); };
    erase(any());
    ASSERT_TRUE(cluster_.run_until([&] { return kept() > 0; }, 60 * kSecond));
    ASSERT_TRUE(cluster_.run_until_quiet(60 * kSecond));
    ASSERT_TRUE(cluster_.run_until([&] { return kept() == 0; }, 600 * kSecond));
    cluster_.run_for(kSecond);
    for (std::uint32_t node = 0; node < nodes_; ++node) ASSERT_EQ(count_at(cluster_, node, "k", in_map_), 0);
  }

 private:
  std::uint32_t any() { return static_cast<std::uint32_t>(cluster_.random().below(nodes_)); }
  void add(std::uint32_t node, std::int64_t amount) {
    const RawOperation in_key{Opcode::kCounterAdd, "k", packed(amount)};
    const RawOperation in_one_field{Opcode::kMapUpdate, "k", in_field("f", Opcode::kCounterAdd, packed(amount))};
    ASSERT_EQ(session_.call(place_of(node), in_map_ ? in_one_field : in_key, 60 * kSecond).status, Code::kOk);
  }
  void erase(std::uint32_t node) {
    const RawOperation erase = in_map_ ? RawOperation{Opcode::kMapErase, "k", "f"} : RawOperation{Opcode::kErase, "k", ""};
    ASSERT_EQ(session_.call(place_of(node), erase, 60 * kSecond).status, Code::kOk);
  }
  void pause() { cluster_.run_for(kMs * cluster_.random().below(cluster_.random().below(2) == 0 ? 8000 : 100)); }

  std::uint32_t nodes_;
  bool in_map_;
  SimCluster cluster_;
  RawSession session_;
};

void expect_lives(bool in_map) {
  for (const std::uint64_t seed : test_seeds(40)) {
    SCOPED_TRACE("LATH_SEED=" + std::to_string(seed));
    Lives lives(seed, seed % 2 == 0 ? 3 : 2, in_map);
    for (int life = 0; life < 5 && !::testing::Test::HasFailure(); ++life) lives.live();
    if (!::testing::Test::HasFailure()) lives.end();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(Erasing, loses_no_later_write_and_brings_nothing_back) {
  expect_lives(false);
}

TEST(Erasing, of_a_field_loses_no_later_write_and_brings_nothing_back) {
  expect_lives(true);
}

TEST(Erasing, of_fields_keeps_a_maps_memory_bounded_while_it_goes_on) {
  SimCluster cluster({.nodes = 3, .replication = {3, 1}, .seed = 4, .memory_bytes = 64 << 20});
  RawSession session(cluster, 4);
  ASSERT_EQ(session.call(place_of(0), {Opcode::kMapUpdate, "m", in_field("stays", Opcode::kPut, "v")}).status, Code::kOk);
  const auto cycle = [&](int count) {
    for (int index = 0; index < count; index += 50) {
      std::vector<RawOperation> makes;
      std::vector<RawOperation> erases;
      for (int at = index; at < index + 50; ++at) {
        const std::string field = "field " + std::to_string(cluster.random().next());
        makes.push_back(
            {Opcode::kMapUpdate, "m",
             at % 2 == 0 ? in_field(field, Opcode::kPut, "value") : in_field(field, Opcode::kCounterAdd, packed(std::int64_t{1}))});
        erases.push_back({Opcode::kMapErase, "m", field});
      }
      const Place place = place_of(static_cast<std::uint32_t>(index / 50 % 3));
      for (const auto& operations : {makes, erases}) {
        session.send(place, operations);
        ASSERT_TRUE(cluster.run_until([&] { return session.all_answered(); }, 10 * kSecond));
      }
      cluster.run_for(25 * kMs);  // 2,000 fields a second, without a pause
    }
  };
  const auto most = [&] {
    std::uint64_t bytes = 0;
    for (std::uint32_t node = 0; node < 3; ++node)
      bytes = std::max(bytes, cluster.loop(place_of(node)).shard().store().counters().bytes_used);
    return bytes;
  };
  cycle(20'000);
  const std::uint64_t first = most();
  cycle(60'000);
  EXPECT_LT(most(), 2 * first) << "what is kept is of the last seconds";
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  ASSERT_TRUE(cluster.run_until([&] { return shedding_maps(cluster, 3) == 0; }, 120 * kSecond));
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  EXPECT_LT(most(), 32U << 10) << "a table of 8 KiB, and what a box may be over its bound";
  FrameBuffer answer;
  for (std::uint32_t node = 0; node < 3; ++node) {
    answer.clear();
    EXPECT_EQ(cluster.read_at(place_of(node), "m", Opcode::kMapFields, answer), Code::kOk);
    EXPECT_EQ(unpacked<std::uint32_t>(as_text(answer.bytes()).substr(0, 4)), 1U);
    EXPECT_EQ(cluster.loop(place_of(node)).next_deadline(), kNever) << "an idle shard has no timers";
  }
}

// Many keys, and one operation for each of them at a time.
class ManyKeys {
 public:
  ManyKeys(SimCluster& cluster, int count) : cluster_(cluster), session_(cluster, 11), count_(count) {}

  static std::string key_at(int index) { return "key " + std::to_string(index); }

  // At the first of each key's places, or at the node that is told; what is put off is asked again.
  void ask_all(std::optional<std::uint32_t> node, const std::function<RawOperation(int)>& make) {
    std::vector<int> left(static_cast<std::size_t>(count_));
    std::iota(left.begin(), left.end(), 0);
    for (int tries = 0; !left.empty() && tries < 1000; ++tries) {
      std::map<Place, std::vector<int>> indices;
      for (const int index : left) indices[node ? place_of(*node) : first_place_of(key_at(index))].push_back(index);
      left.clear();
      for (const auto& [place, some] : indices) ask_at(place, some, make, left);
      if (!left.empty()) cluster_.run_for(kMs);
    }
    ASSERT_TRUE(left.empty());
  }

 private:
  static constexpr std::size_t kFrame = 200;

  Place first_place_of(const std::string& key) const {
    std::array<Place, kReplicasMax> places;
    cluster_.view()->replicas(key_of(key).hash, as_bytes(key), places);
    return places[0];
  }

  void ask_at(Place place, std::span<const int> indices, const std::function<RawOperation(int)>& make, std::vector<int>& left) {
    for (; !indices.empty(); indices = indices.subspan(std::min(kFrame, indices.size()))) {
      const auto part = indices.first(std::min(kFrame, indices.size()));
      std::vector<RawOperation> operations;
      for (const int index : part) operations.push_back(make(index));
      const auto ticket = session_.send(place, operations);
      ASSERT_TRUE(cluster_.run_until([&] { return session_.answered(ticket); }, 20 * kSecond));
      const auto answers = session_.answers(ticket);
      for (std::size_t which = 0; which < part.size(); ++which) {
        if (answers[which].status == Code::kLater || answers[which].status == Code::kWrongOwner)
          left.push_back(part[which]);
        else
          ASSERT_EQ(answers[which].status, Code::kOk);
      }
    }
  }

  SimCluster& cluster_;
  RawSession session_;
  int count_;
};

// Of three sorts of keys, that of this number: how its value or field is written, erased and read.
RawOperation write_of(int index) {
  const std::string key = ManyKeys::key_at(index);
  if (index % 3 == 0) return {Opcode::kPut, key, "value"};
  if (index % 3 == 1) return {Opcode::kCounterAdd, key, packed(std::int64_t{7})};
  return {Opcode::kMapUpdate, key, in_field("f", Opcode::kCounterAdd, packed(std::int64_t{7}))};
}
RawOperation erase_of(int index) {
  if (index % 3 == 2) return {Opcode::kMapErase, ManyKeys::key_at(index), "f"};
  return {Opcode::kErase, ManyKeys::key_at(index), ""};
}
Code read_of(const Store& store, int index) {
  FrameBuffer answer;
  const std::string key = ManyKeys::key_at(index);
  const std::string field = in_field("f", Opcode::kCounterGet, "");
  if (index % 3 == 0) return store.read(key_of(key), Opcode::kGet, {}, answer);
  if (index % 3 == 1) return store.read(key_of(key), Opcode::kCounterGet, {}, answer);
  return store.read(key_of(key), Opcode::kMapRead, as_bytes(field), answer);
}

// A node dies, and who takes its place is asked to erase what it has not been given yet.
TEST(Erasing, of_what_has_not_come_to_a_new_replica_yet_is_not_lost) {
  constexpr int kKeys = 3000;
  SimCluster cluster({.nodes = 3, .replication = {2, 1}, .seed = 11});
  ManyKeys keys(cluster, kKeys);
  keys.ask_all({}, write_of);
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  cluster.kill(NodeId{0});
  keys.ask_all(2, erase_of);
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  int back = 0;
  for (const std::uint32_t node : {1U, 2U}) {
    const Store& store = cluster.loop(place_of(node)).shard().store();
    for (int index = 0; index < kKeys; ++index) back += read_of(store, index) != Code::kNotFound;
  }
  EXPECT_EQ(back, 0);
  const auto kept_at = [&](std::uint32_t node) {
    const auto& counters = cluster.loop(place_of(node)).counters();
    return counters.tombstones.value() + counters.shedding_maps.value();
  };
  EXPECT_TRUE(cluster.run_until([&] { return kept_at(1) + kept_at(2) == 0; }, 600 * kSecond))
      << kept_at(1) << " and " << kept_at(2);
}

// A replica that is cut off keeps the tombstones where they are, and what it wrote before it heard of the erase does not come back.
TEST(Erasing, of_fields_waits_for_a_replica_that_is_away) {
  SimCluster cluster({.nodes = 3, .replication = {3, 1}, .seed = 6});
  RawSession session(cluster, 6);
  const auto call = [&](std::uint32_t node, Opcode opcode, const std::string& argument) {
    ASSERT_EQ(session.call(place_of(node), {opcode, "k", argument}).status, Code::kOk);
  };
  call(0, Opcode::kMapUpdate, in_field("f", Opcode::kCounterAdd, packed(std::int64_t{1})));
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  cluster.partition({NodeId{2}}, {NodeId{0}, NodeId{1}});
  call(2, Opcode::kMapUpdate, in_field("f", Opcode::kCounterAdd, packed(std::int64_t{100})));
  call(2, Opcode::kMapUpdate, in_field("g", Opcode::kPut, "old"));
  call(0, Opcode::kMapUpdate, in_field("g", Opcode::kPut, "new"));
  call(0, Opcode::kMapErase, "f");
  call(0, Opcode::kMapErase, "g");
  cluster.run_for(100 * kSecond);
  EXPECT_GT(shedding_maps(cluster, 3), 0U) << "it has not said that it has nothing older";
  cluster.heal();
  ASSERT_TRUE(cluster.run_until([&] { return shedding_maps(cluster, 3) == 0; }, 300 * kSecond));
  ASSERT_TRUE(cluster.run_until_quiet(60 * kSecond));
  for (std::uint32_t node = 0; node < 3; ++node) {
    FrameBuffer answer;
    EXPECT_EQ(cluster.read_at(place_of(node), "k", Opcode::kMapFields, answer), Code::kOk);
    EXPECT_EQ(unpacked<std::uint32_t>(as_text(answer.bytes())), 0U) << "at " << node;
  }
}

}  // namespace
}  // namespace lath
