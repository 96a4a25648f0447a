// How soon, and at what rate, do updates at one node show at the other? Two ranks, each with a node of one shard inside, each on a core.
// Rank 0 writes batches of 128 round the keys; rank 1 waits (without polling) for a key that carries the time of its writing. A round of
// gossip leaves once a millisecond, so half of one to one is expected of the time, and of the rate what a core can merge beside what it
// serves. The answer check: after a flush to every replica, rank 1 finds each key's last value at its own node.
// usage: mpirun -n 2 --bind-to none lath_bench_gossip --seconds 1 --busy 1
#include <lath/lath_mpi.h>

#include <charconv>
#include <chrono>
#include <string_view>
#include <thread>

#include "bench/clients/lath_target.hpp"
#include "bench/clients/percentiles.hpp"
#include "bench/clients/stopwatch.hpp"

namespace lath::bench {
namespace {

constexpr std::uint32_t kKeys = 100'000;
constexpr std::uint64_t kClockKey = 0x6b636f6c63656874;  // in letters, as the others; none of theirs
constexpr std::size_t kBatch = 128;
constexpr std::uint64_t kOver = 1;

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::span<const std::byte> bytes_of(const std::uint64_t& number) {
  return std::as_bytes(std::span(&number, 1));
}

// Of all shards of both nodes; a node merges only what the other has written.
std::uint64_t merges(LathTarget& target) {
  std::uint64_t sum = 0;
  for (std::uint32_t node = 0; node < 2; ++node) {
    std::vector<char> list(1 << 16);
    std::size_t size = 0;
    if (lath_shard_stats(target.session(), {node, 0}, list.data(), list.size(), &size, kTimeoutNs) != LATH_OK)
      die(lath_last_error(target.session()));
    constexpr std::string_view kName = "merges_grown=";
    const std::size_t at = std::string_view(list.data(), size).find(kName);
    if (at == std::string_view::npos) die("a shard's counters have no merges_grown");
    std::uint64_t count = 0;
    std::from_chars(list.data() + at + kName.size(), list.data() + size, count);
    sum += count;
  }
  return sum;
}

// Writes until the time is over; gives how many values it wrote, which is the next value. Value v is of key v modulo kKeys.
std::uint64_t write(LathTarget& target, double seconds, bool busy) {
  std::uint64_t written = 0, next_clock = 0;
  for (const Deadline deadline(seconds); !deadline.over();) {
    const std::uint64_t now = now_ns();
    if (now >= next_clock) {
      target.put(kClockKey, bytes_of(now));
      next_clock = now + 5'000'000 + now % 1'000'000;  // not in step with the rounds
    }
    if (!busy) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      continue;
    }
    for (std::size_t i = 0; i < kBatch; ++i, ++written)
      target.begin_put(key_of(static_cast<std::uint32_t>(written % kKeys)), bytes_of(written));
    target.run();
  }
  return written;
}

Samples watch(LathTarget& target) {
  Samples staleness;
  std::uint64_t version = 0, written = 0;
  for (;;) {
    std::uint64_t seen = 0;
    const lath_status status = lath_wait(target.session(), &kClockKey, sizeof kClockKey, version, &seen, kTimeoutNs);
    if (status != LATH_OK) die(lath_last_error(target.session()));
    const std::uint64_t now = now_ns();
    version = seen;
    if (!target.get(kClockKey, std::as_writable_bytes(std::span(&written, 1)))) die("the clock's key holds nothing");
    if (written == kOver) return staleness;
    staleness.add(static_cast<double>(now - written));
  }
}

std::uint64_t wrong_values(LathTarget& target, std::uint64_t written) {
  std::uint64_t wrong = 0;
  for (std::uint64_t value = written - std::min<std::uint64_t>(written, kKeys); value < written; ++value) {
    std::uint64_t found = 0;
    const auto size = target.get(key_of(static_cast<std::uint32_t>(value % kKeys)), std::as_writable_bytes(std::span(&found, 1)));
    if (!size || found != value) ++wrong;
  }
  return wrong;
}

void run(lath_store* store, int rank, double seconds, bool busy) {
  LathTarget target(store);
  MPI_Barrier(MPI_COMM_WORLD);
  std::uint64_t written = 0;
  double totals[3] = {};  // rank 0's: values written, merged elsewhere, seconds
  Samples staleness;
  if (rank == 0) {
    const std::uint64_t before = merges(target);
    const Deadline whole(seconds);
    written = write(target, seconds, busy);
    totals[1] = static_cast<double>(merges(target) - before);
    totals[2] = whole.elapsed();
    if (lath_flush(target.session(), 0, kTimeoutNs) != LATH_OK) die(lath_last_error(target.session()));
    target.put(kClockKey, bytes_of(kOver));
    totals[0] = static_cast<double>(written);
  } else {
    staleness = watch(target);
  }
  MPI_Bcast(totals, 3, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  if (rank == 1) {
    Line line;
    line.add("written_rate", totals[0] / totals[2]).add("visible_rate", totals[1] / totals[2]).add_latencies(staleness, false);
    finish(line, wrong_values(target, static_cast<std::uint64_t>(totals[0])));
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  MPI_Init(&count, &texts);
  const Arguments arguments(count, texts, {{"seconds", "1"}, {"busy", "1"}});
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  pin(rank);
  const std::string core = std::to_string(rank);
  lath_options options = LATH_OPTIONS_INIT;
  options.shards = 1;
  options.cpus = core.c_str();
  options.replication_nodes = 2;
  lath_store* store = nullptr;
  if (lath_open_mpi(MPI_COMM_WORLD, &options, &store) != LATH_OK) die(lath_last_error(nullptr));
  run(store, rank, arguments.real("seconds"), arguments.number("busy") != 0);
  lath_close(store);
  MPI_Finalize();
}
