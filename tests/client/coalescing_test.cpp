// When what is begun without waiting leaves, and that a run of a batch is pipelined: a session with its transport over the simulated
// network, its time turned by hand.
#include <gtest/gtest.h>

#include <array>

#include "client/batch.hpp"
#include "sim_shards.hpp"

namespace lath::test {

class Coalescing : public testing::Test {
 protected:
  Coalescing() {
    begin("warm");  // connects
    while (driver.session().requests_in_use() > 0) step();
  }
  RequestId begin(std::string_view key, std::string_view value = "v") {
    const Call call{
        .operation = {Opcode::kPut, as_bytes(key), as_bytes(value)}, .target = {}, .deadline = kForeverNs, .completion = {}};
    const RequestId id = driver.begin(call, driver.read_clock());
    begun.push_back(id);
    return id;
  }
  void step() {
    shards.step();
    driver.progress();
    std::erase_if(begun, [&](RequestId id) { return driver.session().take(id) != Code::kInProgress; });
  }
  std::uint64_t sent() const { return driver.session().counters().frames_sent; }
  void later(TimeNs ns) { shards.clock.advance(ns); }

  SimShards shards{1, 1, 1};
  mutable SessionDriver driver{SessionSettings{},
                               shards,
                               Random(3),
                               {.transport = shards.network.open(kSimCookie),
                                .wait = {.spin_ns = 0, .yield_ns = 0, .may_sleep = false},
                                .clock = shards.clock}};
  std::vector<RequestId> begun;
};

TEST_F(Coalescing, what_nothing_holds_up_leaves_at_once_and_what_is_behind_it_shares_a_frame) {
  const std::uint64_t before = sent();
  begin("a");
  EXPECT_EQ(sent(), before + 1);
  for (int i = 0; i < 10; ++i) begin("b");
  EXPECT_EQ(sent(), before + 1);
  driver.progress();
  EXPECT_EQ(sent(), before + 2) << "any call that makes progress sends what waits";
  while (!begun.empty()) step();
  EXPECT_EQ(shards.counters_of(0).updates.value(), 12U);
}

TEST_F(Coalescing, it_waits_for_half_a_microsecond_at_most_while_calls_come) {
  const std::uint64_t before = sent();
  begin("a");
  later(10'000);
  begin("b");
  later(499);
  begin("c");
  EXPECT_EQ(sent(), before + 1);
  later(1);
  begin("d");
  EXPECT_EQ(sent(), before + 2);
  begin("e");
  EXPECT_EQ(sent(), before + 2) << "counted anew";
}

TEST_F(Coalescing, batches_behind_two_frames_share_one) {
  std::array<Batch, 4> batches;
  for (std::size_t each = 0; each < batches.size(); ++each) {
    for (int i = 0; i < 64; ++i) {
      const std::string key = std::to_string(each) + "." + std::to_string(i);
      ASSERT_EQ(batches[each].add({Opcode::kPut, as_bytes(key), as_bytes("v")}, {}), Code::kOk);
    }
  }
  const std::uint64_t before = sent();
  begun.push_back(batches[0].begin(driver, kForeverNs));
  EXPECT_EQ(sent(), before + 2) << "half and half, so that the shard begins early";
  for (std::size_t each = 1; each < batches.size(); ++each) begun.push_back(batches[each].begin(driver, kForeverNs));
  EXPECT_EQ(sent(), before + 2);
  driver.progress();
  EXPECT_EQ(sent(), before + 3);
  while (!begun.empty()) step();
  EXPECT_EQ(shards.counters_of(0).updates.value(), 1U + 4 * 64);
}

TEST_F(Coalescing, batches_behind_two_frames_wait_for_half_a_microsecond_at_most_while_calls_come) {
  std::array<Batch, 4> batches;
  for (std::size_t each = 0; each < batches.size(); ++each) {
    ASSERT_EQ(batches[each].add({Opcode::kPut, as_bytes("key"), as_bytes("v")}, {}), Code::kOk);
  }
  const std::uint64_t before = sent();
  for (Batch& batch : batches) {
    driver.read_clock();
    begun.push_back(batch.begin(driver, kForeverNs));
    later(250);
  }
  EXPECT_EQ(sent(), before + 2);
  driver.read_clock();
  begin("a");
  EXPECT_EQ(sent(), before + 3);
  while (!begun.empty()) step();
}

// A shard that only keeps calls waiting has nothing to work on.
TEST_F(Coalescing, a_batch_does_not_wait_behind_calls_that_the_shard_keeps_waiting) {
  for (int i = 0; i < 2; ++i) {
    const std::uint64_t since = 0;
    const Call call{.operation = {Opcode::kWait, as_bytes("never"), std::as_bytes(std::span(&since, 1))},
                    .target = {},
                    .deadline = kForeverNs,
                    .completion = {}};
    ASSERT_TRUE(driver.begin(call, driver.read_clock()));
    driver.push();
  }
  std::array<Batch, 2> batches;
  for (Batch& batch : batches) {
    ASSERT_EQ(batch.add({Opcode::kPut, as_bytes("key"), as_bytes("v")}, {}), Code::kOk);
    const std::uint64_t before = sent();
    begun.push_back(batch.begin(driver, kForeverNs));
    EXPECT_EQ(sent(), before + 1);
  }
  while (!begun.empty()) step();
}

TEST(FrameCost, follows_what_sends_take_within_its_bounds) {
  FrameCost cost;
  EXPECT_EQ(cost.ns(), 500U);
  cost.add_sample(100);
  EXPECT_EQ(cost.ns(), 500U);
  EXPECT_EQ(cost.operations(32), 32U);
  cost.add_sample(10'000'000);
  EXPECT_EQ(cost.ns(), 562U) << "the sender was not running";
  for (int i = 0; i < 100; ++i) cost.add_sample(8'000);
  EXPECT_NEAR(static_cast<double>(cost.ns()), 8'000, 10);
  EXPECT_GE(cost.operations(32), 480U);
  for (int i = 0; i < 100; ++i) cost.add_sample(1'000'000);
  EXPECT_EQ(cost.ns(), 16'000U);
  for (int i = 0; i < 100; ++i) cost.add_sample(0);
  EXPECT_LT(cost.ns(), 510U);
  int samples = 0;
  for (int i = 0; i < 160; ++i) samples += cost.wants_sample() ? 1 : 0;
  EXPECT_EQ(samples, 10);
}

TEST_F(Coalescing, a_full_frame_waits_for_nothing) {
  const std::uint64_t before = sent();
  begin("a");
  const std::string half(kFrameBytesGoal / 2, 'x');
  begin("b", half);
  EXPECT_EQ(sent(), before + 1);
  begin("c", half);
  EXPECT_EQ(sent(), before + 3) << "the one that b filled, and that of c which goes with it";
}

TEST_F(Coalescing, a_batch_that_is_begun_leaves_whole_and_another_goes_behind_it) {
  Batch first;
  Batch second;
  for (int i = 0; i < 300; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_EQ(first.add({Opcode::kPut, as_bytes(key), as_bytes("v")}, {}), Code::kOk);
    ASSERT_EQ(second.add({Opcode::kCounterAdd, as_bytes("n" + key), as_bytes(std::string_view("\1\0\0\0\0\0\0\0", 8))}, {}),
              Code::kOk);
  }
  const RequestId one = first.begin(driver, kForeverNs);
  const RequestId two = second.begin(driver, kForeverNs);
  driver.progress();
  EXPECT_EQ(driver.session().unsent_streams(), 0U);
  EXPECT_TRUE(first.is_under_way(driver.session()));
  EXPECT_EQ(driver.session().requests_in_use(), 604U);
  while (driver.session().is_under_way(two)) step();
  EXPECT_EQ(driver.session().take(one), Code::kOk);
  EXPECT_EQ(driver.session().take(two), Code::kOk);
  EXPECT_EQ(shards.counters_of(0).updates.value(), 601U);
  EXPECT_EQ(driver.session().requests_in_use(), 0U);
}

}  // namespace lath::test
