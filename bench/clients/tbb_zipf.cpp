// How fast do two threads update a oneTBB concurrent_hash_map? The yardstick of contention: under zipf 4 nine updates in ten are of one
// key, whose lock and cache line pass between the cores each time (some 100 ns); under zipf 0.5 the table's own misses cost about as much.
#include <oneapi/tbb/concurrent_hash_map.h>

#include "bench/clients/program.hpp"
#include "bench/clients/records.hpp"
#include "bench/clients/zipf_updates.hpp"

namespace lath::bench {
namespace {

// oneTBB's own hash of a number keeps its low bits together, which would put keys of letters into few buckets; this one (the finalizer
// of SplitMix64) spreads them, as Lath's does.
struct Spread {
  static std::size_t hash(std::uint64_t key) {
    key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9ULL;
    key = (key ^ key >> 27) * 0x94d049bb133111ebULL;
    return key ^ key >> 31;
  }
  static bool equal(std::uint64_t a, std::uint64_t b) { return a == b; }
};
using Map = tbb::concurrent_hash_map<std::uint64_t, std::uint64_t, Spread>;

struct TbbWorker {
  explicit TbbWorker(Map& shared) : map(shared) {}
  void begin() {}
  void put(std::uint32_t number, std::uint64_t value) {
    Map::accessor found;
    map.insert(found, key_of(number));
    found->second = value;
  }
  void flush() {}
  void idle() {}
  std::optional<std::uint64_t> get(std::uint32_t number) {
    Map::const_accessor found;
    return map.find(found, key_of(number)) ? std::optional(found->second) : std::nullopt;
  }
  Map& map;
};

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  const Arguments arguments(count, texts, {{"keys", "1000000"}, {"exponent", "4"}, {"seconds", "0.3"}});
  const ZipfUpdates load{.keys = static_cast<std::uint32_t>(arguments.number("keys")),
                         .exponent = arguments.real("exponent"),
                         .seconds = arguments.real("seconds"),
                         .slack = 0};
  Map map(load.keys);
  for (std::uint32_t number = 0; number < load.keys; ++number) map.emplace(key_of(number), 0);
  std::vector<std::unique_ptr<TbbWorker>> workers;
  for (unsigned u = 0; u < kUpdaters; ++u) workers.push_back(std::make_unique<TbbWorker>(map));
  run_zipf_updates(load, workers, "accessor and assignment");
}
