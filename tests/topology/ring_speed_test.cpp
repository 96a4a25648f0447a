// What a lookup and a build may cost. The limits are those of an optimised build; others have twenty times as long, which still
// catches a search where there should be none. Other processes share the machine: each figure is the best of several rounds, in
// time on a core.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "topology/membership.hpp"
#include "topology/ring.hpp"
#include "views.hpp"

namespace lath {
namespace {

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr double kPatience = 1;
#else
constexpr double kPatience = 20;
#endif
constexpr int kLookupRounds = kPatience > 1 ? 5 : 200;
constexpr int kBuildRounds = kPatience > 1 ? 3 : 15;

double thread_cpu_ns() {
  timespec now{};
  EXPECT_EQ(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Work>
double best_ns(int rounds, Work work) {
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    const double start = thread_cpu_ns();
    work();
    best = std::min(best, thread_cpu_ns() - start);
  }
  return best;
}

TEST(RingSpeed, a_lookup_takes_at_most_10_ns_up_to_64_nodes) {
  std::vector<std::uint64_t> hashes(1 << 18);
  Random random(1);
  for (std::uint64_t& hash : hashes) hash = random.next();
  const double count = static_cast<double>(hashes.size());
  for (const std::uint32_t nodes : {2U, 16U, 64U, 1024U}) {
    const Ring ring(view_of(nodes, 16));
    std::uint64_t sum = 0;
    const double primary_ns = best_ns(kLookupRounds,
                                      [&] {
                                        for (const std::uint64_t hash : hashes) sum += ring.primary(hash).shard.value;
                                      }) /
                              count;
    const double replicas_ns = best_ns(kLookupRounds,
                                       [&] {
                                         std::array<Place, 2> out;
                                         for (const std::uint64_t hash : hashes) {
                                           sum += ring.replicas(hash, {.nodes = 2, .shards = 1}, out) + out[1].shard.value;
                                         }
                                       }) /
                               count;
    EXPECT_NE(sum, 0U);
    std::printf("%u nodes: primary %.1f ns, replicas on 2 nodes %.1f ns\n", nodes, primary_ns, replicas_ns);
    if (nodes > 64) {  // 24 MB, which no core's own cache holds: a lookup waits for two lines of a farther one
      EXPECT_LE(primary_ns, 250 * kPatience);
      continue;
    }
    EXPECT_LE(primary_ns, 10 * kPatience) << nodes << " nodes";
    EXPECT_LE(replicas_ns, 20 * kPatience) << nodes << " nodes";
  }
}

TEST(RingSpeed, the_ring_of_1024_nodes_is_built_in_50_ms) {
  const View view = view_of(1024, 16);
  std::size_t nodes = 0;
  const double ms = best_ns(kBuildRounds, [&] { nodes += Ring(view).node_count(); }) / 1e6;
  EXPECT_EQ(nodes, kBuildRounds * 1024U);
  std::printf("1024 nodes: built in %.1f ms\n", ms);
  EXPECT_LE(ms, 50 * kPatience);
}

}  // namespace
}  // namespace lath
