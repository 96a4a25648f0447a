// Sessions that read one-sidedly over the simulated network, while shards stop, die, come back, leave and give keys away.
#include <gtest/gtest.h>

#include "client/session_driver.hpp"
#include "sim_cluster.hpp"
#include "tests/forwarding_transport.hpp"

namespace lath {

namespace {

// A session's endpoint whose polls turn the cluster too.
class TurningTransport final : public test::ForwardingTransport {
 public:
  explicit TurningTransport(SimCluster& cluster) : ForwardingTransport(cluster.open_transport()), cluster_(cluster) {}
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override {
    cluster_.run_for(2'000);
    return ForwardingTransport::poll(messages_max, events);
  }

 private:
  SimCluster& cluster_;
};

// The view that the test lets the session see.
struct ShownView final : ViewSource {
  explicit ShownView(std::shared_ptr<const ClusterView> first) : shown(std::move(first)) {}
  std::shared_ptr<const ClusterView> current() const override { return shown; }
  std::uint64_t version() const override { return number; }
  void ask_for_news() override {}
  void show(std::shared_ptr<const ClusterView> view) {
    shown = std::move(view);
    ++number;
  }
  std::shared_ptr<const ClusterView> shown;
  std::uint64_t number = 1;
};

struct Way {
  Reach reach;
  unsigned at_once_percent = 0;  // of the copies
};

class OneSidedSessions : public testing::TestWithParam<Way> {
 protected:
  explicit OneSidedSessions(std::uint32_t nodes = 2, std::uint8_t replicas = 1)
      : cluster({.nodes = nodes, .replication = {.nodes = replicas, .shards = 1}, .network = network_options()}),
        views(cluster.view()),
        driver({.one_sided = OneSidedMode::kOn, .local = {}}, views, Random(4),
               {.transport = std::make_unique<TurningTransport>(cluster), .wait = {}, .clock = cluster.clock()}) {}

  static SimOptions network_options() {
    return {
        .delay_ns_min = 500, .delay_ns_max = 2'000, .reach = GetParam().reach, .reads_at_once_percent = GetParam().at_once_percent};
  }
  // As the C API does it.
  Code call(const Operation& operation, const AnswerTarget& target, TimeNs timeout = kSecond) {
    if (const auto code = driver.read_now(operation, target)) return *code;
    const TimeNs now = driver.read_clock();
    Code status = Code::kInProgress;
    std::size_t left = 1;
    if (!driver.submit({operation, target, now + timeout, {&status, &left}}, now)) return Code::kFull;
    driver.run_until(now + timeout, [&] { return left == 0; });
    return status;
  }
  Code put(const std::string& key, const std::string& value, TimeNs timeout = kSecond) {
    return call({Opcode::kPut, as_bytes(key), as_bytes(value)}, AnswerTarget::nothing(), timeout);
  }
  // The value, or the code in words.
  std::string get(const std::string& key, TimeNs timeout = kSecond) {
    std::string value(100, '\0');
    std::size_t size = 0;
    const Code code = call({Opcode::kGet, as_bytes(key), {}}, AnswerTarget::bytes({value.data(), value.size(), &size}), timeout);
    if (code == Code::kOk) return value.substr(0, size);
    return code == Code::kNotFound ? "(nothing)" : code == Code::kTimeout ? "(timeout)" : "(failed)";
  }
  std::uint64_t answered() { return driver.one_sided().counters().answered; }
  // Reads until the key's shard is read one-sidedly.
  bool warm(const std::string& key) {
    for (int turn = 0; turn < 200; ++turn) {
      const std::uint64_t before = answered();
      get(key);
      if (answered() > before) return true;
    }
    return false;
  }
  // As soon as some replica can be asked: one whose connection failed is avoided for a while.
  std::string get_in_time(const std::string& key) {
    std::string value;
    for (int turn = 0; turn < 100; ++turn) {
      value = get(key);
      if (value != "(failed)") break;
      cluster.run_for(20'000'000);
    }
    return value;
  }
  NodeId owner(const std::string& key) { return cluster.replicas_of(key)[0].node; }
  std::string key_of_node(NodeId node) {
    for (int number = 0;; ++number) {
      std::string key = "key" + std::to_string(number);
      if (owner(key) == node) return key;
    }
  }

  SimCluster cluster;
  ShownView views;
  SessionDriver driver;
};

}  // namespace

TEST_P(OneSidedSessions, read_what_they_have_put_and_send_nothing) {
  ASSERT_EQ(put("key", "value"), Code::kOk);
  ASSERT_TRUE(warm("key"));
  const std::uint64_t frames = driver.session().counters().frames_sent;
  const std::uint64_t before = answered();
  for (int turn = 0; turn < 50; ++turn) EXPECT_EQ(get("key"), "value");
  EXPECT_EQ(answered(), before + 50);
  EXPECT_EQ(driver.session().counters().frames_sent, frames);
  EXPECT_EQ(driver.session().requests_in_use(), 0u);
  EXPECT_EQ(get("never put"), "(nothing)") << "a miss is the shard's to say";
}

TEST_P(OneSidedSessions, see_their_own_updates_at_once) {
  for (int turn = 0; turn < 300; ++turn) {
    const std::string value = std::to_string(turn);
    ASSERT_EQ(put("key", value), Code::kOk);
    ASSERT_EQ(get("key"), value);
    ASSERT_EQ(get("key"), value);
  }
  EXPECT_GT(answered(), 300u);
}

TEST_P(OneSidedSessions, wait_for_their_own_updates_that_are_not_answered) {
  ASSERT_EQ(put("key", "old"), Code::kOk);
  ASSERT_TRUE(warm("key"));
  Code status = Code::kInProgress;
  std::size_t left = 1;
  const std::uint64_t before = answered();
  driver.submit({{Opcode::kPut, as_bytes("key"), as_bytes("new")}, {}, kForeverNs, {&status, &left}}, driver.read_clock());
  EXPECT_EQ(get("key"), "new") << "although the put had not even left";
  EXPECT_EQ(answered(), before);
  EXPECT_GT(driver.one_sided().counters().behind_updates, 0u);
}

TEST_P(OneSidedSessions, are_told_of_a_wrong_type_and_of_erased_keys) {
  const std::uint64_t one = 1;
  ASSERT_EQ(call({Opcode::kCounterAdd, as_bytes("counter"), std::as_bytes(std::span(&one, 1))}, AnswerTarget::nothing()),
            Code::kOk);
  ASSERT_EQ(put("key", "value"), Code::kOk);
  ASSERT_TRUE(warm("key"));
  const auto count = [&](const char* key) {
    std::uint64_t sum = 0;
    const Code code = call({Opcode::kCounterGet, as_bytes(key), {}}, AnswerTarget::word(&sum));
    return std::pair(code, sum);
  };
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(count("counter"), std::pair(Code::kOk, std::uint64_t{1}));
    EXPECT_EQ(count("key").first, Code::kWrongType);
    EXPECT_EQ(get("counter"), "(failed)");
  }
  ASSERT_EQ(call({Opcode::kErase, as_bytes("key"), {}}, AnswerTarget::nothing()), Code::kOk);
  EXPECT_EQ(get("key"), "(nothing)");
  ASSERT_EQ(put("key", "again"), Code::kOk);
  EXPECT_EQ(get("key"), "again");
}

TEST_P(OneSidedSessions, read_counters_extremes_and_small_sets_too) {
  ASSERT_EQ(put(key_of_node(NodeId{0}), "value"), Code::kOk);
  ASSERT_TRUE(warm(key_of_node(NodeId{0})));
  // Reads what one update has made, and nothing of it by message.
  int number = 0;
  const auto read_after = [&](Opcode update, Bytes argument, Operation read, const AnswerTarget& target) {
    std::string key;
    do key = "cell" + std::to_string(++number);
    while (owner(key) != NodeId{0});
    read.key = as_bytes(key);
    EXPECT_EQ(call({update, read.key, argument}, AnswerTarget::nothing()), Code::kOk);
    const std::uint64_t before = answered();
    EXPECT_EQ(call(read, target), Code::kOk) << name_of(read.opcode);
    EXPECT_EQ(answered(), before + 1) << name_of(read.opcode);
  };
  const std::int64_t whole = 7;
  const double real = 2.5;
  const auto expect_word = [&](Opcode update, Opcode read, const auto& value) {
    std::remove_cvref_t<decltype(value)> got = 0;
    read_after(update, std::as_bytes(std::span(&value, 1)), {read, {}, {}}, AnswerTarget::word(&got));
    EXPECT_EQ(got, value) << name_of(read);
  };
  expect_word(Opcode::kGrowCounterAdd, Opcode::kGrowCounterGet, whole);
  expect_word(Opcode::kCounterAdd, Opcode::kCounterGet, whole);
  expect_word(Opcode::kMaxI64Merge, Opcode::kMaxI64Get, whole);
  expect_word(Opcode::kMinI64Merge, Opcode::kMinI64Get, whole);
  expect_word(Opcode::kMaxF64Merge, Opcode::kMaxF64Get, real);
  expect_word(Opcode::kMinF64Merge, Opcode::kMinF64Get, real);
  for (const auto& [add, contains, members] : {std::tuple(Opcode::kGrowSetAdd, Opcode::kGrowSetContains, Opcode::kGrowSetMembers),
                                               std::tuple(Opcode::kSetAdd, Opcode::kSetContains, Opcode::kSetMembers)}) {
    int is_there = 0;
    read_after(add, as_bytes("a"), {contains, {}, as_bytes("a")}, AnswerTarget::flag(&is_there));
    EXPECT_EQ(is_there, 1);
    std::string list(100, '\0');
    std::size_t size = 0;
    read_after(add, as_bytes("a"), {members, {}, {}}, AnswerTarget::bytes({list.data(), list.size(), &size}));
    EXPECT_NE(list.substr(0, size).find('a'), std::string::npos);
  }
}

TEST_P(OneSidedSessions, follow_a_table_that_grows_into_new_memory) {
  ASSERT_EQ(put("key", "value"), Code::kOk);
  ASSERT_TRUE(warm("key"));
  const std::string value(90, 'v');
  for (int number = 0; number < 160'000; number += 500) {
    std::vector<Code> codes(500, Code::kInProgress);
    std::size_t left = codes.size();
    for (int each = 0; each < 500; ++each) {
      const std::string key = "grown" + std::to_string(number + each);
      driver.submit(
          {{Opcode::kPut, as_bytes(key), as_bytes(value)}, {}, kForeverNs, {&codes[static_cast<std::size_t>(each)], &left}},
          driver.read_clock());
    }
    ASSERT_TRUE(driver.run_until(driver.now() + 10 * kSecond, [&] { return left == 0; }));
    for (int each = 0; each < 500; each += 50) EXPECT_EQ(get("grown" + std::to_string(number + each)), value);
  }
  EXPECT_GT(driver.one_sided().counters().extents_attached, 2u);
  const std::uint64_t before = answered();
  cluster.run_for(kSecond);
  for (int number = 0; number < 400; ++number) EXPECT_EQ(get("grown" + std::to_string(number * 400)), value);
  std::string why;
  for (const std::uint64_t count : driver.one_sided().counters().given_up) why += std::to_string(count) + " ";
  EXPECT_GT(answered(), before + 350) << why << "a few searches, and the first after a second, are for the shard";
}

TEST_P(OneSidedSessions, do_not_trust_a_stopped_shard_and_trust_it_again) {
  const std::string key = key_of_node(NodeId{0});
  ASSERT_EQ(put(key, "value"), Code::kOk);
  ASSERT_TRUE(warm(key));
  cluster.stop(NodeId{0});
  cluster.run_for(kRootTrustedNs + 1'000'000);
  const std::uint64_t before = answered();
  for (int turn = 0; turn < 20; ++turn) EXPECT_EQ(get(key, 5'000'000), "(timeout)");
  EXPECT_EQ(answered(), before);
  cluster.resume(NodeId{0});
  EXPECT_EQ(get(key), "value");
  EXPECT_TRUE(warm(key));
}

TEST_P(OneSidedSessions, never_read_a_dead_shard_again) {
  const std::string key = key_of_node(NodeId{0});
  ASSERT_EQ(put(key, "value"), Code::kOk);
  ASSERT_TRUE(warm(key));
  SimOptions silent = network_options();
  silent.reports_death = false;
  cluster.network().set_options(silent);  // nobody says that it is dead, and the session sees no new view
  cluster.kill(NodeId{0});
  cluster.run_for(kRootTrustedNs + 1'000'000);
  const std::uint64_t before = answered();
  for (int turn = 0; turn < 20; ++turn) {
    EXPECT_EQ(get(key, 5'000'000), "(timeout)");
    cluster.run_for(kSecond);
  }
  EXPECT_EQ(answered(), before);
}

TEST_P(OneSidedSessions, never_read_the_life_before_a_restart) {
  const std::string key = key_of_node(NodeId{0});
  ASSERT_EQ(put(key, "of the first life"), Code::kOk);
  ASSERT_TRUE(warm(key));
  cluster.restart(NodeId{0});
  cluster.run_for(kRootTrustedNs + 1'000'000);
  EXPECT_NE(get(key, 100'000'000), "of the first life") << "by the old view: a memory that is frozen";
  views.show(cluster.view());
  EXPECT_EQ(get_in_time(key), "(nothing)");
  ASSERT_EQ(put(key, "of the second"), Code::kOk);
  ASSERT_TRUE(warm(key));
  EXPECT_EQ(get(key), "of the second");
}

TEST_P(OneSidedSessions, never_read_keys_where_they_moved_away) {
  std::vector<std::string> keys;
  for (int number = 0; number < 200; ++number) {
    keys.push_back("key" + std::to_string(number));
    ASSERT_EQ(put(keys.back(), "old"), Code::kOk);
  }
  ASSERT_TRUE(warm(key_of_node(NodeId{0})));
  ASSERT_TRUE(warm(key_of_node(NodeId{1})));
  const std::shared_ptr<const ClusterView> before = cluster.view();
  cluster.add_node();
  ASSERT_TRUE(cluster.run_until_quiet(10 * kSecond));
  // Another session, with the new view, writes where the keys are now.
  ShownView new_views(cluster.view());
  SessionDriver other({.one_sided = OneSidedMode::kOff, .local = {}}, new_views, Random(8),
                      {.transport = std::make_unique<TurningTransport>(cluster), .wait = {}, .clock = cluster.clock()});
  std::vector<std::string> moved;
  for (const std::string& key : keys) {
    std::array<Place, kReplicasMax> places;
    before->replicas(key_of(key).hash, as_bytes(key), places);
    if (places[0].node == owner(key)) continue;
    moved.push_back(key);
    Code status = Code::kInProgress;
    std::size_t left = 1;
    other.submit({{Opcode::kPut, as_bytes(key), as_bytes("new")}, {}, kForeverNs, {&status, &left}}, other.read_clock());
    ASSERT_TRUE(other.run_until(other.now() + kSecond, [&] { return left == 0; }));
    ASSERT_EQ(status, Code::kOk);
  }
  ASSERT_GT(moved.size(), 20u);
  // Ours still has the old view, and the old owners still hold the old values.
  const std::uint64_t count = answered();
  for (const std::string& key : moved) EXPECT_NE(get(key, 20'000'000), "old");
  EXPECT_EQ(answered(), count);
  views.show(cluster.view());
  for (const std::string& key : moved) EXPECT_EQ(get(key), "new");
}

TEST_P(OneSidedSessions, never_read_what_moves_away_once_a_new_owner_can_take_writes) {
  const std::string key = key_of_node(NodeId{0});
  ASSERT_EQ(put(key, "old"), Code::kOk);
  ASSERT_TRUE(warm(key));
  cluster.part(NodeId{0});  // which tells nobody before: so no new owner knows of its keys yet
  const std::uint64_t count = answered();
  for (int turn = 0; turn < 20; ++turn) EXPECT_NE(get(key, 5'000'000), "old");
  EXPECT_EQ(answered(), count);
  ASSERT_TRUE(cluster.leave(NodeId{0}, 10 * kSecond));
  views.show(cluster.view());
  EXPECT_EQ(get_in_time(key), "old");
}

TEST_P(OneSidedSessions, never_read_a_node_that_has_left) {
  const std::string key = key_of_node(NodeId{0});
  ASSERT_EQ(put(key, "old"), Code::kOk);
  ASSERT_TRUE(warm(key));
  ASSERT_TRUE(cluster.leave(NodeId{0}, 10 * kSecond));
  const std::uint64_t count = answered();
  EXPECT_NE(get(key, 20'000'000), "old");
  EXPECT_EQ(answered(), count);
  views.show(cluster.view());
  EXPECT_EQ(get_in_time(key), "old") << "where it was handed over to";
  ASSERT_EQ(put(key, "new"), Code::kOk);
  EXPECT_EQ(get(key), "new");
}

INSTANTIATE_TEST_SUITE_P(ByLoads, OneSidedSessions, testing::Values(Way{Reach::kMapped}));
INSTANTIATE_TEST_SUITE_P(ByCopies, OneSidedSessions, testing::Values(Way{Reach::kCopies}));
INSTANTIATE_TEST_SUITE_P(ByCopiesAtOnce, OneSidedSessions, testing::Values(Way{Reach::kCopies, 100}));
INSTANTIATE_TEST_SUITE_P(ByCopiesMostlyAtOnce, OneSidedSessions, testing::Values(Way{Reach::kCopies, 80}));

namespace {
struct OutOfReach : OneSidedSessions {};
}  // namespace

TEST_P(OutOfReach, goes_by_message_for_good) {
  ASSERT_EQ(put("key", "value"), Code::kOk);
  for (int turn = 0; turn < 50; ++turn) EXPECT_EQ(get("key"), "value");
  EXPECT_EQ(answered(), 0u);
  EXPECT_EQ(driver.one_sided().counters().memory_asked, 0u);
}
INSTANTIATE_TEST_SUITE_P(Nowhere, OutOfReach, testing::Values(Way{Reach::kNone}));

}  // namespace lath
