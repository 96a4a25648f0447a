// Sessions and real shards over a network that loses, repeats and reorders frames. LATH_SEED=n replays one seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "client/batch.hpp"
#include "client/session_driver.hpp"
#include "sim_shards.hpp"
#include "wire/writer.hpp"

namespace lath::test {

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

std::vector<std::uint64_t> seeds(std::uint64_t count) {
  if (const char* one = std::getenv("LATH_SEED")) return {std::strtoull(one, nullptr, 10)};
  std::vector<std::uint64_t> all;
  for (std::uint64_t seed = 1; seed <= count; ++seed) all.push_back(seed);
  return all;
}

struct Client {
  explicit Client(SimShards& cluster, std::uint64_t seed)
      : driver({}, cluster, Random(seed),
               {.transport = std::make_unique<PumpedTransport>(cluster), .wait = {}, .clock = cluster.clock}) {}

  Code wait(Opcode opcode, std::string_view key, Bytes argument, AnswerTarget target, TimeNs timeout = 100 * kSecond) {
    Code status = Code::kInProgress;
    std::size_t left = 1;
    const TimeNs now = driver.read_clock();
    driver.session().begin_call();
    driver.session().submit({{opcode, as_bytes(key), argument}, target, now + timeout, {&status, &left}}, now);
    driver.run_until(now + timeout, [&] { return left == 0; });
    return status;
  }
  Code add(std::string_view key, std::int64_t by) { return wait(Opcode::kCounterAdd, key, std::as_bytes(std::span(&by, 1)), {}); }
  Code count(std::string_view key, std::int64_t& value) { return wait(Opcode::kCounterGet, key, {}, AnswerTarget::word(&value)); }

  SessionDriver driver;
};

}  // namespace

TEST(SessionSim, additions_over_a_lossy_network_are_applied_exactly_once) {
  for (const std::uint64_t seed : seeds(20)) {
    SCOPED_TRACE(seed);
    SimShards cluster(seed, 3, 1, lossy());
    Client client(cluster, seed);
    Batch batch;
    std::map<std::string, std::int64_t> expected;
    Random random(seed);
    for (int i = 0; i < 300; ++i) {
      const std::string key = "counter" + std::to_string(random.below(40));
      const auto by = static_cast<std::int64_t>(random.below(10));
      ASSERT_EQ(batch.add({Opcode::kCounterAdd, as_bytes(key), std::as_bytes(std::span(&by, 1))}, {}), Code::kOk);
      expected[key] += by;
    }
    for (int run = 0; run < 3; ++run) {
      ASSERT_EQ(batch.run(client.driver, client.driver.read_clock() + 100 * kSecond), Code::kOk);
    }
    for (const auto& [key, total] : expected) {
      std::int64_t value = 0;
      ASSERT_EQ(client.count(key, value), Code::kOk);
      EXPECT_EQ(value, 3 * total) << key;
    }
    EXPECT_GT(client.driver.session().counters().frames_resent, 0U);
  }
}

TEST(SessionSim, a_dead_node_costs_additions_an_honest_answer_and_reads_nothing) {
  for (const std::uint64_t seed : seeds(10)) {
    SCOPED_TRACE(seed);
    SimShards cluster(seed, 2, 2, {});
    Client client(cluster, seed);
    std::int64_t acknowledged = 0;
    std::int64_t unknown = 0;
    for (int i = 0; i < 60; ++i) {
      if (i == 30) {
        for (int pause = 0; pause < 4000; ++pause) cluster.step();  // gossip has carried what was added
        cluster.network.kill(cluster.transport_of(0));
      }
      for (const char* key : {"a", "b", "c", "d"}) {
        const Code code = client.add(key, 1);
        if (code == Code::kOk) ++acknowledged;
        if (code == Code::kUnknown) ++unknown;
        ASSERT_TRUE(code == Code::kOk || code == Code::kUnknown) << text_of(client.driver.session().last_failure());
      }
    }
    EXPECT_LE(unknown, 1);
    std::int64_t total = 0;
    for (const char* key : {"a", "b", "c", "d"}) {
      std::int64_t value = 0;
      ASSERT_EQ(client.count(key, value), Code::kOk);
      total += value;
    }
    EXPECT_GE(total, acknowledged);
    EXPECT_LE(total, acknowledged + unknown);
  }
}

TEST(SessionSim, a_wait_ends_when_another_session_writes) {
  SimShards cluster(1, 2, 1);
  Client reader(cluster, 1);
  Client writer(cluster, 2);
  std::uint64_t version = 0;
  const std::uint64_t since = 0;
  const TimeNs now = reader.driver.read_clock();
  const RequestId waiting = reader.driver.session().submit({{Opcode::kWait, as_bytes("step"), std::as_bytes(std::span(&since, 1))},
                                                            AnswerTarget::word(&version),
                                                            now + 10 * kSecond,
                                                            {}},
                                                           now);
  for (int i = 0; i < 1000; ++i) reader.driver.progress();
  EXPECT_TRUE(reader.driver.session().is_under_way(waiting));
  ASSERT_EQ(writer.add("step", 1), Code::kOk);
  EXPECT_TRUE(reader.driver.run_until(now + 10 * kSecond, [&] { return !reader.driver.session().is_under_way(waiting); }));
  EXPECT_EQ(reader.driver.session().take(waiting), Code::kOk);
  EXPECT_GT(version, 0U);
}

}  // namespace lath::test
