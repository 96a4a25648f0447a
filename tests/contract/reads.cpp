// The contract of one-sided reads, on every transport.
#include <cstring>

#include "suite.hpp"

namespace lath {

namespace {

struct OneSided : Contract {
  // Connects and exchanges a frame, so that both sides know of the connection.
  PeerId meet(Party& a, EchoPeer& echo) {
    const auto peer = a->connect(echo.address());
    EXPECT_TRUE(peer);
    EXPECT_EQ(send(a, *peer, pattern(8, 1), {&a}), Sent::kAccepted);
    EXPECT_TRUE(run({&a}, [&] { return !a.seen.frames.empty(); }));
    return *peer;
  }
  Reach probe(Party& a, PeerId peer) {
    a->probe(peer);
    EXPECT_TRUE(run({&a}, [&] { return a->reach(peer) != Reach::kProbing; }));
    return a->reach(peer);
  }
  // Reads, and waits for the end where there is anything to wait for.
  Code read(Party& a, const Attached& region, std::uint64_t offset, std::span<std::byte> room, const std::vector<Party*>& parties) {
    const std::size_t told = a.seen.reads.size();
    const std::uint64_t token = 1000 + told;
    const ReadBegun begun = a->read(region.id, region.base + offset, room, token);
    if (begun == ReadBegun::kDone) return Code::kOk;
    if (begun != ReadBegun::kUnderWay) return Code::kInvalid;
    if (!run(parties, [&] { return a.seen.reads.size() > told; })) return Code::kTimeout;
    EXPECT_EQ(a.seen.reads.back().first, token);
    return a.seen.reads.back().second;
  }
  static bool is_echo_region(Bytes bytes, std::size_t offset) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      if (bytes[at] != echo_region_byte(offset + at)) return false;
    }
    return true;
  }
};

struct NoReads : OneSided {};

}  // namespace

TEST_P(OneSided, a_probe_tells_whose_memory_can_be_read_while_it_does_nothing) {
  Party a = open();
  auto echo = network_->start_echo();
  const auto peer = a->connect(echo->address());
  ASSERT_TRUE(peer);
  EXPECT_EQ(a->reach(*peer), Reach::kUnknown);
  EXPECT_EQ(probe(a, *peer), network_->reach()) << "also where it was asked for before the connection was open";
  EXPECT_EQ(a->reach(PeerId{.index = 77, .generation = 1}), Reach::kNone);
  a->disconnect(*peer);
  EXPECT_EQ(a->reach(*peer), Reach::kNone);
}

TEST_P(OneSided, two_transports_of_one_thread_find_the_same) {
  Party a = open();
  Party b = open();
  const auto peer = a->connect(b->address());
  ASSERT_TRUE(peer);
  a->probe(*peer);
  ASSERT_TRUE(run({&a, &b}, [&] { return a->reach(*peer) != Reach::kProbing; }));
  EXPECT_EQ(a->reach(*peer), network_->reach());
}

TEST_P(OneSided, a_stopped_peer_is_never_found_readable) {
  Party a = open();
  auto echo = network_->start_echo();
  echo->stop();
  const auto connected = a->connect(echo->address());
  ASSERT_TRUE(connected);
  const PeerId peer = *connected;
  a->probe(peer);
  // Turns are counted, because the simulation's are so short that 0.3 s of them last longer than a hello's patience.
  constexpr int kTurnsMax = 500'000;
  int turns = 0;
  run(
      {&a}, [&] { return ++turns == kTurnsMax || a->reach(peer) != Reach::kProbing; }, 0.3);
  EXPECT_EQ(a->reach(peer), Reach::kProbing);
  echo->resume();
  EXPECT_TRUE(run({&a}, [&] { return a->reach(peer) == network_->reach(); }));
}

TEST_P(OneSided, memory_is_read_while_its_owner_is_stopped) {
  Party a = open();
  auto echo = network_->start_echo();
  const PeerId peer = meet(a, *echo);
  if (probe(a, peer) == Reach::kNone) {
    EXPECT_EQ(network_->reach(), Reach::kNone);
    return;
  }
  const auto region = a->attach(peer, echo->exported());
  ASSERT_TRUE(region) << region.error().text;
  EXPECT_GE(region->bytes, kEchoRegionBytes);
  echo->stop();
  std::vector<std::byte> room(1000);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{123'456}, kEchoRegionBytes - room.size()}) {
    ASSERT_EQ(read(a, *region, offset, room, {&a}), Code::kOk);
    EXPECT_TRUE(is_echo_region(room, offset)) << offset;
  }
  ASSERT_EQ(region->mapping != nullptr, network_->reach() == Reach::kMapped);
  if (region->mapping != nullptr) {
    EXPECT_TRUE(is_echo_region({region->mapping, kEchoRegionBytes}, 0));
  }
  EXPECT_EQ(a->counters().reads, 3u);
  EXPECT_EQ(a->counters().bytes_read, 3000u);
}

TEST_P(OneSided, a_mapping_keeps_a_dead_owners_bytes_until_the_death_is_told) {
  Party a = open();
  auto echo = network_->start_echo();
  const PeerId peer = meet(a, *echo);
  if (network_->reach() != Reach::kMapped) return;
  const auto region = a->attach(peer, echo->exported());
  ASSERT_TRUE(region);
  ASSERT_NE(region->mapping, nullptr);
  echo->kill();
  EXPECT_TRUE(is_echo_region({region->mapping, kEchoRegionBytes}, 0));
  ASSERT_TRUE(run({&a}, [&] { return !a.seen.failed.empty(); }));
  std::byte room{};
  EXPECT_EQ(a->read(region->id, region->base, {&room, 1}, 1), ReadBegun::kClosed);
  EXPECT_FALSE(a->attach(peer, echo->exported()));
}

TEST_P(OneSided, reads_outside_a_region_are_refused) {
  Party a = open();
  auto echo = network_->start_echo();
  const PeerId peer = meet(a, *echo);
  const auto region = a->attach(peer, echo->exported());
  ASSERT_TRUE(region) << region.error().text;
  std::vector<std::byte> room(16);
  const std::uint64_t end = region->base + region->bytes;
  for (const std::uint64_t address : {region->base - 1, end - 15, end, std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{7}}) {
    EXPECT_EQ(a->read(region->id, address, room, 1), ReadBegun::kOutside) << address;
  }
  std::vector<std::byte> large(region->bytes + 1);
  EXPECT_EQ(a->read(region->id, region->base, large, 1), ReadBegun::kOutside);
  EXPECT_EQ(a->read(AttachedId{.index = 9, .generation = 1}, region->base, room, 1), ReadBegun::kClosed);
}

TEST_P(OneSided, garbage_exports_are_refused) {
  Party a = open();
  auto echo = network_->start_echo();
  const PeerId peer = meet(a, *echo);
  const std::vector<std::byte> good = echo->exported();
  ASSERT_FALSE(good.empty());
  ASSERT_LE(good.size(), kRegionExportBytesMax);
  for (std::size_t length = 0; length < good.size(); ++length) EXPECT_FALSE(a->attach(peer, Bytes(good).first(length))) << length;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::vector<std::byte> damaged = good;
    damaged[at] ^= std::byte{0x40};
    const auto answer = a->attach(peer, damaged);
    ASSERT_FALSE(answer) << at;
    EXPECT_EQ(answer.error().code, Code::kInvalid) << at;
  }
  EXPECT_FALSE(a->attach(PeerId{.index = 50, .generation = 1}, good));
}

TEST_P(OneSided, a_region_ends_with_detaching_and_with_its_connection) {
  Party a = open();
  auto echo = network_->start_echo();
  std::byte room{};
  for (int round = 0; round < 20; ++round) {
    const PeerId peer = meet(a, *echo);
    const auto first = a->attach(peer, echo->exported());
    const auto second = a->attach(peer, echo->exported());
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->id, second->id);
    a->detach(first->id);
    a->detach(first->id);  // again: nothing
    EXPECT_EQ(a->read(first->id, first->base, {&room, 1}, 1), ReadBegun::kClosed);
    a->disconnect(peer);
    EXPECT_EQ(a->read(second->id, second->base, {&room, 1}, 1), ReadBegun::kClosed);
    EXPECT_LT(second->id.index, 4u) << "places are used again";
    a.seen.frames.clear();
    run(
        {&a}, [] { return false; }, 0.01);
  }
}

TEST_P(OneSided, enrolled_memory_of_every_size_is_read_while_its_owner_polls) {
  Party a = open();
  Party b = open();
  const auto peer = a->connect(b->address());
  ASSERT_TRUE(peer);
  ASSERT_EQ(send(a, *peer, pattern(8, 1), {&a, &b}), Sent::kAccepted);
  ASSERT_TRUE(run({&a, &b}, [&] { return !b.seen.frames.empty(); }));
  for (const std::size_t size : {std::size_t{1}, std::size_t{128}, std::size_t{9'001}, std::size_t{4} << 20}) {
    std::vector<std::byte> memory = pattern(size, size);
    auto region = network_->memory().enroll(memory);
    ASSERT_TRUE(region) << region.error().text;
    EXPECT_EQ((*region)->bytes().data(), memory.data());
    const auto attached = a->attach(*peer, (*region)->exported());
    ASSERT_TRUE(attached) << attached.error().text;
    EXPECT_EQ(attached->bytes, size);
    std::vector<std::byte> room(size);
    ASSERT_EQ(read(a, *attached, 0, room, {&a, &b}), Code::kOk) << size;
    EXPECT_TRUE(room == pattern(size, size)) << size;
    a->detach(attached->id);
    a->poll(1, a.seen);
  }
}

TEST_P(OneSided, reads_end_when_their_peer_dies) {
  Party a = open();
  auto echo = network_->start_echo();
  const PeerId peer = meet(a, *echo);
  const auto region = a->attach(peer, echo->exported());
  ASSERT_TRUE(region);
  echo->stop();
  std::vector<std::vector<std::byte>> rooms(8, std::vector<std::byte>(4096));
  std::size_t under_way = 0;
  for (std::size_t at = 0; at < rooms.size(); ++at) {
    const ReadBegun begun = a->read(region->id, region->base, rooms[at], at);
    ASSERT_LE(begun, ReadBegun::kUnderWay);
    under_way += begun == ReadBegun::kUnderWay ? 1U : 0U;
  }
  echo->kill();
  ASSERT_TRUE(run({&a}, [&] { return a.seen.reads.size() == under_way && !a.seen.failed.empty(); })) << a.seen.reads.size();
}

TEST_P(NoReads, nobodys_memory_can_be_read_over_sockets_and_that_is_told) {
  Party a = open();
  auto echo = network_->start_echo();
  const PeerId peer = meet(a, *echo);
  EXPECT_EQ(a->reach(peer), Reach::kUnknown);
  a->probe(peer);
  EXPECT_EQ(a->reach(peer), Reach::kNone);
  const auto attached = a->attach(peer, echo->exported());
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().code, Code::kUnreachable) << attached.error().text;
  std::byte room[8];
  EXPECT_EQ(a->read({.index = 0, .generation = 1}, 0, room, 1), ReadBegun::kClosed);
  a->disconnect(peer);
  EXPECT_EQ(a->attach(peer, echo->exported()).error().code, Code::kClosed);
}

INSTANTIATE_TEST_SUITE_P(Tcp, NoReads, ::testing::Values(&make_tcp));
INSTANTIATE_TEST_SUITE_P(JointTcp, NoReads, ::testing::Values(&make_joint_tcp));
INSTANTIATE_TEST_SUITE_P(UcxSharedMemory, OneSided, ::testing::Values(&make_ucx_shared_memory));
INSTANTIATE_TEST_SUITE_P(UcxTcp, OneSided, ::testing::Values(&make_ucx_tcp));
INSTANTIATE_TEST_SUITE_P(JointSharedMemory, OneSided, ::testing::Values(&make_joint_shared_memory));
INSTANTIATE_TEST_SUITE_P(UcxVerbs, OneSided, ::testing::ValuesIn(verbs_networks()));
INSTANTIATE_TEST_SUITE_P(Simulation, OneSided, ::testing::Values(&make_simulation));

}  // namespace lath
