// Large values over UCX: shared memory, where they are read, and TCP, where they go by messages.
#include <gtest/gtest.h>

#include <algorithm>

#include "ucx_shards.hpp"

namespace lath::test {

namespace {

constexpr std::size_t kMiB = 1 << 20;

class LargeOverUcx : public testing::TestWithParam<const char*> {
 protected:
  static bool is_tcp() { return std::string_view(GetParam()).starts_with("tcp"); }
};

}  // namespace

TEST_P(LargeOverUcx, values_of_every_size_come_back_as_they_were_put) {
  UcxShards shards(1, 1, 256 * kMiB, GetParam());
  UcxClient client(shards);
  std::vector<std::byte> room(40 * kMiB);
  for (const std::size_t size : {kValueBytesMax + 1, kMiB, 5 * kMiB + 3, 40 * kMiB}) {
    const std::vector<std::byte> value = pattern(size, size);
    for (int round = 0; round < 2; ++round) {
      ASSERT_EQ(client.put("k", value), Code::kOk) << client.error();
      std::size_t got = 0;
      std::ranges::fill(room, std::byte{0xee});
      ASSERT_EQ(client.get("k", room, got), Code::kOk) << client.error();
      ASSERT_EQ(got, size);
      EXPECT_TRUE(std::equal(value.begin(), value.end(), room.begin())) << size;
    }
  }
  const LargeTransfers::Counters& counters = client.driver.large().counters();
  if (is_tcp()) {
    EXPECT_EQ(client.driver.transport().counters().bytes_read, 0U) << "UCX emulates that";
    EXPECT_GE(counters.bytes_asked, 80 * kMiB);
  } else {
    EXPECT_EQ(counters.bytes_asked, 0U) << "the shard's memory is mapped";
    EXPECT_GE(client.driver.transport().counters().bytes_read, 80 * kMiB);
  }
}

TEST_P(LargeOverUcx, registered_memory_is_read_where_it_can_be_mapped) {
  UcxShards shards(1, 1, 128 * kMiB, GetParam());
  UcxClient client(shards);
  auto region = must(shards.context->allocate(16 * kMiB));
  const std::span<std::byte> memory = region->bytes();
  for (std::size_t round = 0; round < 4; ++round) {
    const std::vector<std::byte> value = pattern(9 * kMiB + round, round);
    const std::span<std::byte> place = memory.subspan(round * 8, value.size());
    std::ranges::copy(value, place.begin());
    ASSERT_EQ(client.put("k", place, region.get()), Code::kOk) << client.error();
    std::vector<std::byte> room(value.size());
    std::size_t got = 0;
    ASSERT_EQ(client.get("k", room, got), Code::kOk) << client.error();
    EXPECT_TRUE(room == value);
  }
  if (!is_tcp()) {
    EXPECT_EQ(client.driver.large().counters().bytes_given, 0U);
  }
}

TEST_P(LargeOverUcx, a_value_that_two_nodes_hold_is_read_from_either) {
  UcxShards shards(2, 2, 128 * kMiB, GetParam());
  UcxClient writer(shards, {.ack_nodes = 2, .one_sided = OneSidedMode::kOn, .local = {}});
  UcxClient first(shards, {.ack_nodes = 1, .one_sided = OneSidedMode::kOn, .local = NodeId{0}});
  UcxClient second(shards, {.ack_nodes = 1, .one_sided = OneSidedMode::kOn, .local = NodeId{1}});
  for (std::size_t round = 0; round < 3; ++round) {
    const std::vector<std::byte> value = pattern(10 * kMiB + 7, round);
    ASSERT_EQ(writer.put("k", value), Code::kOk) << writer.error();
    for (UcxClient* reader : {&first, &second}) {
      std::vector<std::byte> room(value.size());
      std::size_t got = 0;
      ASSERT_EQ(reader->get("k", room, got), Code::kOk) << reader->error();
      EXPECT_TRUE(room == value) << round;
    }
  }
  EXPECT_EQ(shards.counters_of(0).large_fetched.value() + shards.counters_of(1).large_fetched.value(), 3U);
}

// Memory that is allocated after some was freed may have its address and its key: it is other memory all the same.
TEST(LargeRegions, memory_that_was_allocated_anew_is_not_taken_for_what_was_freed) {
  UcxShards shards(1, 1, 128 * kMiB, "posix,self");
  UcxClient client(shards);
  for (std::size_t round = 0; round < 8; ++round) {
    auto region = must(shards.context->allocate(kMiB));
    const std::vector<std::byte> value = pattern(kMiB, round);
    std::ranges::copy(value, region->bytes().begin());
    ASSERT_EQ(client.put("k", region->bytes(), region.get()), Code::kOk) << client.error();
    std::vector<std::byte> room(kMiB);
    std::size_t got = 0;
    ASSERT_EQ(client.get("k", room, got), Code::kOk) << client.error();
    EXPECT_TRUE(room == value) << round;
  }
}

INSTANTIATE_TEST_SUITE_P(SharedMemory, LargeOverUcx, testing::Values("posix,sysv,cma,self"));
INSTANTIATE_TEST_SUITE_P(Tcp, LargeOverUcx, testing::Values("tcp,self"));

}  // namespace lath::test
