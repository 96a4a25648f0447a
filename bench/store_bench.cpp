// What does one operation of the store cost, apart from everything around it? Uniform keys of 8 bytes over a table of 1 M (38 MB,
// more than the caches hold), so a lone lookup should cost about one miss (80 ns), and one of a batch of 128 with prefetch a few
// nanoseconds of work and a share of overlapped misses (25 ns). Every answer is checked. The growth to 10 M keys reports its
// longest insert: the extents are mapped beforehand, as the control thread would have.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/store.hpp"

namespace lath {
namespace {

constexpr WriterId kSelf{NodeId{1}, ShardId{0}, 1};
constexpr std::size_t kBatch = 128;

Key key_of(const std::uint64_t& number) {
  return {number * 0x9e3779b97f4a7c15ULL, std::as_bytes(std::span(&number, 1))};
}

struct Filled {
  explicit Filled(std::size_t bytes) : queue(bytes, 64UL << 20, 64UL << 20), store({kSelf, bytes}, queue) { refill(); }

  void refill() {
    if (queue.wants_more() && !queue.refill(provider)) std::abort();
  }
  void put(std::uint64_t number, std::size_t value_bytes) {
    value.resize(std::max(value_bytes, sizeof number));
    std::memcpy(value.data(), &number, sizeof number);
    if (store.update(key_of(number), Opcode::kPut, value, {kSelf, &clock, 1}, nullptr).status != Code::kOk) std::abort();
  }
  void get(std::uint64_t number) {
    reply.clear();
    std::uint64_t found = ~number;
    if (store.read(key_of(number), Opcode::kGet, {}, reply) == Code::kOk) std::memcpy(&found, reply.data(), sizeof found);
    if (found != number) std::abort();
  }

  HeapRegionProvider provider;
  ExtentQueue queue;
  Store store;
  HybridClock clock;
  std::vector<std::byte> value;
  FrameBuffer reply;
};

// One filled store a shape, kept for all the benches of that shape.
Filled& filled(std::uint64_t keys, std::size_t value_bytes) {
  static std::vector<std::pair<std::pair<std::uint64_t, std::size_t>, std::unique_ptr<Filled>>> stores;
  for (auto& [shape, store] : stores)
    if (shape == std::pair(keys, value_bytes)) return *store;
  auto made = std::make_unique<Filled>(4UL << 30);
  for (std::uint64_t key = 0; key < keys; ++key) {
    made->refill();
    made->put(key, value_bytes);
  }
  stores.emplace_back(std::pair(keys, value_bytes), std::move(made));
  return *stores.back().second;
}

enum class What { kGet, kPut };

template <What what>
void single(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const auto value_bytes = static_cast<std::size_t>(state.range(1));
  Filled& store = filled(keys, value_bytes);
  Random random(1);
  std::uint64_t key = 0;
  for (auto _ : state) {
    key = random.below(keys) ^ (store.reply.size() >> 32);  // the next key waits for the answer, as a blocking caller does
    if constexpr (what == What::kGet)
      store.get(key);
    else
      store.put(key, value_bytes);
  }
  state.SetItemsProcessed(state.iterations());
}

template <What what>
void batch(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const auto value_bytes = static_cast<std::size_t>(state.range(1));
  Filled& store = filled(keys, value_bytes);
  Random random(2);
  std::vector<std::uint64_t> chosen(kBatch);
  for (auto _ : state) {
    for (std::uint64_t& key : chosen) key = random.below(keys);
    for (const std::uint64_t& key : chosen) store.store.prefetch(key_of(key));
    for (const std::uint64_t key : chosen) {
      if constexpr (what == What::kGet)
        store.get(key);
      else
        store.put(key, value_bytes);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}

void grow(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const SystemClock clock;
  for (auto _ : state) {
    Filled store(2UL << 30);
    std::vector<std::uint32_t> took_ns;
    took_ns.reserve(keys);
    for (std::uint64_t key = 0; key < keys; ++key) {
      store.refill();
      const TimeNs begun = clock.now_ns();
      store.put(key, 8);
      took_ns.push_back(static_cast<std::uint32_t>(clock.now_ns() - begun));
    }
    std::uint64_t total = 0;
    for (const std::uint32_t took : took_ns) total += took;
    std::sort(took_ns.begin(), took_ns.end(), std::greater<>());
    state.SetIterationTime(static_cast<double>(total) / 1e9);
    state.counters["mean_ns"] = static_cast<double>(total) / static_cast<double>(keys);
    state.counters["p100_us"] = took_ns[0] / 1e3;
    state.counters["10th_us"] = took_ns[9] / 1e3;
    state.counters["p99.99_us"] = took_ns[keys / 10'000] / 1e3;
    state.counters["bytes_per_key"] = static_cast<double>(store.store.counters().bytes_used) / static_cast<double>(keys);
  }
}

BENCHMARK(single<What::kGet>)->Args({1'000'000, 8})->Args({10'000, 8})->Args({1'000'000, 64});
BENCHMARK(batch<What::kGet>)->Args({1'000'000, 8})->Args({10'000, 8})->Args({1'000'000, 64})->Args({10'000'000, 8});
BENCHMARK(single<What::kPut>)->Args({1'000'000, 8})->Args({10'000, 8})->Args({1'000'000, 64});
BENCHMARK(batch<What::kPut>)->Args({1'000'000, 8})->Args({10'000, 8})->Args({1'000'000, 64})->Args({10'000'000, 8});
BENCHMARK(grow)->Arg(1'000'000)->Arg(10'000'000)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lath

BENCHMARK_MAIN();
