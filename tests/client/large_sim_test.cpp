// Large values between sessions and real shards over a simulated network: by reads, by loads and by messages; with loss, deaths and
// silence. LATH_SEED=n replays one seed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "client/session_driver.hpp"
#include "sim_shards.hpp"
#include "wire/writer.hpp"

namespace lath::test {

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr std::size_t kMiB = 1 << 20;

std::string pattern(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<char>((at * 31 + at / 251 + seed * 17) & 0xff);
  return bytes;
}

struct Client {
  explicit Client(SimShards& sims, std::uint64_t seed = 1, OneSidedMode mode = OneSidedMode::kOn, std::uint8_t ack_nodes = 1)
      : cluster(sims),
        driver({.ack_nodes = ack_nodes, .one_sided = mode, .local = {}}, sims, Random(seed),
               {.transport = std::make_unique<PumpedTransport>(sims),
                .wait = {},
                .clock = sims.clock,
                .memory = &sims.network.memory()}) {}

  RequestId begin_put(std::string_view key, const std::string& value, TimeNs timeout = 100 * kSecond) {
    const TimeNs now = driver.read_clock();
    driver.session().begin_call();
    const Call call{.operation = {Opcode::kPut, as_bytes(key), {}}, .target = {}, .deadline = now + timeout, .completion = {}};
    const LargeValue large{.memory = as_bytes(value).data(), .layout = StridedLayout::dense(value.size()), .head = {}};
    return driver.put_large(call, large, now);
  }
  RequestId begin_get(std::string_view key, TimeNs timeout = 100 * kSecond) {
    const TimeNs now = driver.read_clock();
    driver.session().begin_call();
    return driver.submit({.operation = {Opcode::kGet, as_bytes(key), {}},
                          .target = AnswerTarget::bytes({room.data(), room.size(), &size}),
                          .deadline = now + timeout,
                          .completion = {}},
                         now);
  }
  Code finish(RequestId id, TimeNs within = 200 * kSecond) {
    driver.run_until(driver.read_clock() + within, [&] { return !driver.session().is_under_way(id); });
    return driver.session().take(id).value_or(Code::kInternal);
  }
  Code put(std::string_view key, const std::string& value, TimeNs timeout = 100 * kSecond) {
    return finish(begin_put(key, value, timeout));
  }
  Code put_small(std::string_view key, std::string_view value) {
    const TimeNs now = driver.read_clock();
    driver.session().begin_call();
    return finish(driver.submit({{Opcode::kPut, as_bytes(key), as_bytes(value)}, {}, now + 100 * kSecond, {}}, now));
  }
  Code erase(std::string_view key) {
    const TimeNs now = driver.read_clock();
    driver.session().begin_call();
    return finish(driver.submit({{Opcode::kErase, as_bytes(key), {}}, {}, now + 100 * kSecond, {}}, now));
  }
  Code get(std::string_view key, std::size_t capacity = 8 * kMiB, TimeNs timeout = 100 * kSecond) {
    room.assign(capacity, '\xff');
    return finish(begin_get(key, timeout));
  }
  bool got(const std::string& value) const { return size == value.size() && std::equal(value.begin(), value.end(), room.begin()); }
  void turns(int count) {
    for (int turn = 0; turn < count; ++turn) driver.progress();
  }
  std::string error() { return text_of(driver.session().last_failure()); }

  SimShards& cluster;
  std::vector<char> room = std::vector<char>(8 * kMiB);
  std::size_t size = 0;
  SessionDriver driver;
};

SimOptions reaching(Reach reach) {
  SimOptions options;
  options.reach = reach;
  return options;
}

// Nothing large is on its way, offered or held beyond what keys hold.
void expect_settled(SimShards& cluster, std::uint32_t node, std::uint64_t values) {
  for (int turn = 0; turn < 200'000 && cluster.shard_of(node).store().large().count() > values; ++turn) cluster.step(1'000'000);
  EXPECT_EQ(cluster.shard_of(node).store().large().count(), values);
  EXPECT_EQ(cluster.shard_of(node).store().large().bytes_promised(), 0U);
}

}  // namespace

class LargeSim : public testing::TestWithParam<Reach> {};

TEST_P(LargeSim, values_of_every_size_come_back_as_they_were_put) {
  SimShards cluster(1, 1, 1, reaching(GetParam()));
  Client client(cluster);
  for (const std::size_t size : {kValueBytesMax + 1, 256 * 1024UL, kMiB, 5 * kMiB + 3}) {
    const std::string value = pattern(size, static_cast<unsigned>(size));
    for (int round = 0; round < 3; ++round) {
      ASSERT_EQ(client.put("k", value), Code::kOk) << client.error();
      ASSERT_EQ(client.get("k"), Code::kOk) << client.error();
      EXPECT_TRUE(client.got(value)) << size;
    }
  }
  EXPECT_EQ(client.driver.large().counters().puts, 12U);
  EXPECT_EQ(client.driver.large().counters().gets, 12U);
  EXPECT_TRUE(client.driver.large().idle());
  expect_settled(cluster, 0, 1);
  // Where memory can be read, nothing but the first transfers, which began before that was known, went by messages.
  if (GetParam() != Reach::kNone) {
    EXPECT_LE(client.driver.large().counters().bytes_asked, 2 * kValueBytesMax + 2);
  }
  if (GetParam() == Reach::kCopies) {
    EXPECT_LE(client.driver.large().counters().bytes_given, 2 * kValueBytesMax + 2);
  }
}

TEST_P(LargeSim, a_room_that_is_too_small_is_told_the_size) {
  SimShards cluster(1, 1, 1, reaching(GetParam()));
  Client client(cluster);
  const std::string value = pattern(kMiB, 1);
  ASSERT_EQ(client.put("k", value), Code::kOk);
  for (const std::size_t capacity : {std::size_t{0}, std::size_t{1}, kMiB - 1}) {
    EXPECT_EQ(client.get("k", capacity), Code::kTooSmall);
    EXPECT_EQ(client.size, kMiB);
    EXPECT_TRUE(std::ranges::all_of(client.room, [](char byte) { return byte == '\xff'; }));
  }
  EXPECT_EQ(client.get("k", kMiB), Code::kOk);
  EXPECT_TRUE(client.got(value));
  client.turns(100);
  EXPECT_EQ(cluster.counters_of(0).offers_held.value(), 0U);
}

TEST_P(LargeSim, small_writes_and_erases_replace_a_large_value_and_it_them) {
  SimShards cluster(1, 1, 1, reaching(GetParam()));
  Client client(cluster);
  for (unsigned round = 0; round < 5; ++round) {
    ASSERT_EQ(client.put("k", pattern(3 * kMiB, round)), Code::kOk);
    ASSERT_EQ(client.put_small("k", "small"), Code::kOk);
    ASSERT_EQ(client.get("k"), Code::kOk);
    EXPECT_TRUE(client.got("small"));
    ASSERT_EQ(client.put("k", pattern(3 * kMiB, round)), Code::kOk);
    ASSERT_EQ(client.erase("k"), Code::kOk);
    EXPECT_EQ(client.get("k"), Code::kNotFound);
  }
  expect_settled(cluster, 0, 0);
}

TEST_P(LargeSim, a_value_that_does_not_fit_the_memory_is_refused_before_it_moves) {
  SimShards cluster(1, 1, 1, reaching(GetParam()));
  Client client(cluster);
  ASSERT_EQ(client.put("k", pattern(8 * kMiB, 1)), Code::kOk);
  const std::uint64_t moved = cluster.counters_of(0).large_bytes.value();
  EXPECT_EQ(client.put("l", pattern(8 * kMiB, 2)), Code::kFull);
  EXPECT_EQ(cluster.counters_of(0).large_bytes.value(), moved);
  EXPECT_EQ(client.get("l"), Code::kNotFound);
  ASSERT_EQ(client.erase("k"), Code::kOk);
  EXPECT_EQ(client.put("l", pattern(8 * kMiB, 2)), Code::kOk);
  EXPECT_EQ(client.put_small("c", "x"), Code::kOk);
}

TEST_P(LargeSim, a_put_over_another_type_is_told_what_is_there) {
  SimShards cluster(1, 1, 1, reaching(GetParam()));
  Client client(cluster);
  const std::int64_t one = 1;
  const TimeNs now = client.driver.read_clock();
  ASSERT_EQ(client.finish(client.driver.submit(
                {{Opcode::kCounterAdd, as_bytes("c"), std::as_bytes(std::span(&one, 1))}, {}, now + kSecond, {}}, now)),
            Code::kOk);
  EXPECT_EQ(client.put("c", pattern(kMiB, 1)), Code::kWrongType);
  EXPECT_NE(client.error().find("a counter"), std::string::npos) << client.error();
  expect_settled(cluster, 0, 0);
}

// A reader that has begun goes on with what it began with, whatever is written meanwhile.
TEST_P(LargeSim, a_value_that_is_overwritten_while_it_is_read_is_read_whole) {
  for (unsigned round = 0; round < 20; ++round) {
    SimShards cluster(round, 1, 1, reaching(GetParam()));
    Client reader(cluster, 1);
    Client writer(cluster, 2);
    const std::string first = pattern(4 * kMiB, 1);
    const std::string second = pattern(4 * kMiB, 2);
    ASSERT_EQ(writer.put("k", first), Code::kOk);
    if (round % 2 == 1) {
      ASSERT_EQ(reader.get("k"), Code::kOk);  // so that its memory is known
    }
    const RequestId get = reader.begin_get("k");
    reader.turns(static_cast<int>(round));
    if (round % 3 == 0) {
      ASSERT_EQ(writer.erase("k"), Code::kOk);
    }
    ASSERT_EQ(writer.put("k", second), Code::kOk);
    const Code code = reader.finish(get);
    ASSERT_TRUE(code == Code::kOk || code == Code::kNotFound) << reader.error();
    if (code == Code::kOk) {
      EXPECT_TRUE(reader.got(first) || reader.got(second)) << round;
    }
    expect_settled(cluster, 0, 1);
  }
}

// The program has its buffer back then, and writes something else into it.
TEST_P(LargeSim, a_put_that_is_cancelled_or_out_of_time_is_written_whole_or_not_at_all) {
  for (unsigned round = 0; round < 30; ++round) {
    SimShards cluster(round, 1, 1, reaching(GetParam()));
    Client client(cluster, 1);
    const std::string before = pattern(2 * kMiB, 1);
    ASSERT_EQ(client.put("k", before), Code::kOk);
    std::string value = pattern(2 * kMiB, 2);
    const std::string meant = value;
    const RequestId put = client.begin_put("k", value, round % 2 == 0 ? 100 * kSecond : round * 7'000);
    client.turns(static_cast<int>(round));
    if (round % 2 == 0) {
      client.driver.cancel(put);
    } else {
      client.finish(put);
    }
    std::ranges::fill(value, 'x');
    client.turns(2'000);
    ASSERT_EQ(client.get("k"), Code::kOk);
    EXPECT_TRUE(client.got(before) || client.got(meant)) << round;
    client.turns(100);
    expect_settled(cluster, 0, 1);
  }
}

TEST_P(LargeSim, a_session_that_dies_in_a_put_or_a_get_leaves_nothing) {
  SimOptions options = reaching(GetParam());
  options.reports_death = true;
  options.death_delay_ns = 100'000;
  for (int turns = 0; turns < 30; ++turns) {
    SimShards cluster(static_cast<std::uint64_t>(turns), 1, 1, options);
    Client other(cluster, 2);
    ASSERT_EQ(other.put("old", pattern(2 * kMiB, 1)), Code::kOk);
    {
      auto dying = std::make_unique<Client>(cluster, 1);
      const std::string value = pattern(2 * kMiB, 2);
      dying->begin_put("new", value);
      dying->begin_get("old");
      dying->turns(turns);
      dying.reset();
    }
    for (int turn = 0; turn < 2'000; ++turn) cluster.step();
    const Code code = other.get("new");
    if (code == Code::kOk) {
      EXPECT_TRUE(other.got(pattern(2 * kMiB, 2)));
    } else {
      EXPECT_EQ(code, Code::kNotFound);
    }
    expect_settled(cluster, 0, code == Code::kOk ? 2 : 1);
    EXPECT_EQ(cluster.counters_of(0).large_pulls.value(), 0U);
  }
}

TEST_P(LargeSim, an_owner_that_dies_costs_an_honest_answer_or_another_replica_and_never_torn_bytes) {
  SimOptions options = reaching(GetParam());
  options.reports_death = true;
  options.death_delay_ns = 100'000;
  int answered = 0;
  for (unsigned round = 0; round < 20; ++round) {
    SimShards cluster(round, 2, 2, options);
    Client client(cluster, 1, OneSidedMode::kOn, 2);
    const std::string value = pattern(3 * kMiB, 1);
    ASSERT_EQ(client.put("k", value), Code::kOk);
    const RequestId get = client.begin_get("k", 5 * kSecond);
    const std::string next = pattern(3 * kMiB, 2);
    const RequestId put = client.begin_put("l", next, 5 * kSecond);
    client.turns(static_cast<int>(round * 2));
    cluster.network.kill(cluster.transport_of(round % 2));
    const Code got = client.finish(get);
    if (got == Code::kOk) {
      EXPECT_TRUE(client.got(value)) << round;
      ++answered;
    }
    const Code was_put = client.finish(put);
    if (was_put == Code::kOk) {
      ASSERT_EQ(client.get("l", 8 * kMiB, 5 * kSecond), Code::kOk) << client.error();
      EXPECT_TRUE(client.got(next)) << round;
    }
  }
  EXPECT_GE(answered, 18) << "another replica has it";
}

TEST_P(LargeSim, a_stopped_shard_ends_a_call_in_time) {
  SimShards cluster(1, 1, 1, reaching(GetParam()));
  Client client(cluster, 1);
  const std::string value = pattern(2 * kMiB, 1);
  ASSERT_EQ(client.put("k", value), Code::kOk);
  cluster.stop(0);
  const TimeNs begun = client.driver.read_clock();
  EXPECT_EQ(client.put("k", value, kSecond), Code::kTimeout);
  EXPECT_EQ(client.get("k", 8 * kMiB, kSecond), Code::kTimeout);
  EXPECT_LT(client.driver.read_clock() - begun, 3 * kSecond);
  cluster.resume(0);
  ASSERT_EQ(client.get("k"), Code::kOk) << client.error();
  EXPECT_TRUE(client.got(value));
}

// While a large value moves, small operations of others are answered as ever.
TEST_P(LargeSim, small_operations_go_on_meanwhile) {
  SimShards cluster(1, 1, 1, reaching(GetParam()), 64 * kMiB);
  Client mover(cluster, 1);
  Client other(cluster, 2);
  ASSERT_EQ(other.put_small("small", "v"), Code::kOk);
  const std::string value = pattern(24 * kMiB, 1);
  const RequestId put = mover.begin_put("k", value);
  int rounds = 0;
  while (mover.driver.session().is_under_way(put) && rounds < 100'000) {
    const TimeNs begun = other.driver.read_clock();
    ASSERT_EQ(other.put_small("small", "w"), Code::kOk);
    EXPECT_LT(other.driver.read_clock() - begun, 1'000'000U);
    mover.turns(1);
    ++rounds;
  }
  EXPECT_GT(rounds, 5);
  EXPECT_EQ(mover.driver.session().take(put), Code::kOk) << mover.error();
}

INSTANTIATE_TEST_SUITE_P(ByMessages, LargeSim, testing::Values(Reach::kNone));
INSTANTIATE_TEST_SUITE_P(ByCopies, LargeSim, testing::Values(Reach::kCopies));
INSTANTIATE_TEST_SUITE_P(ByLoads, LargeSim, testing::Values(Reach::kMapped));

TEST(LargeSim, a_lossy_network_delays_and_changes_nothing) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    SimShards cluster(seed, 2, 2, lossy());
    Client client(cluster, seed, OneSidedMode::kOn, 2);
    for (unsigned round = 0; round < 4; ++round) {
      const std::string value = pattern(kMiB + round, round);
      ASSERT_EQ(client.put("k", value), Code::kOk) << client.error();
      ASSERT_EQ(client.get("k"), Code::kOk) << client.error();
      EXPECT_TRUE(client.got(value));
    }
    expect_settled(cluster, 0, 1);
    expect_settled(cluster, 1, 1);
  }
}

TEST(LargeSim, one_sided_off_means_messages_alone) {
  SimShards cluster(1, 1, 1, reaching(Reach::kMapped));
  Client client(cluster, 1, OneSidedMode::kOff);
  const std::string value = pattern(2 * kMiB, 1);
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(client.put("k", value), Code::kOk);
    ASSERT_EQ(client.get("k"), Code::kOk);
    EXPECT_TRUE(client.got(value));
  }
  EXPECT_EQ(client.driver.large().counters().bytes_asked, 3 * value.size());
  EXPECT_EQ(client.driver.transport().counters().reads, 0U);
}

}  // namespace lath::test
